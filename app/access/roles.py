"""The roles a user may hold in an organisation, and how far each one sees."""

from enum import StrEnum
from typing import Final, Literal

Sight = Literal["organisation", "partnership", "meeting", "nothing"]


class Role(StrEnum):
    """Names are part of the public contract."""

    REFERRER = "referrer"
    HOUSING_OFFICER = "housing_officer"
    ASSESSOR = "assessor"
    OCCUPATIONAL_THERAPIST = "occupational_therapist"
    SENIOR_OCCUPATIONAL_THERAPIST = "senior_occupational_therapist"
    TEAM_MANAGER = "team_manager"
    FUNDING_OFFICER = "funding_officer"
    TECHNICAL_OFFICER = "technical_officer"
    PANEL_COORDINATOR = "panel_coordinator"
    PANEL_MEMBER = "panel_member"
    SERVICE_MANAGER = "service_manager"
    AUDITOR = "auditor"
    ADMINISTRATOR = "administrator"


SIGHT: Final[dict[Role, Sight]] = {
    **dict.fromkeys(Role, "organisation"),
    Role.PANEL_COORDINATOR: "partnership",
    Role.SERVICE_MANAGER: "partnership",
    Role.AUDITOR: "partnership",
    Role.PANEL_MEMBER: "meeting",
    Role.ADMINISTRATOR: "nothing",
}
"""Row-level security reads the same from the table `roles`; a test holds the two equal."""

LABELS: Final[dict[Role, str]] = {role: role.value.replace("_", " ") for role in Role}


def label(role: str) -> str:
    """The role in words: `senior_occupational_therapist` -> "senior occupational therapist"."""
    return role.replace("_", " ")
