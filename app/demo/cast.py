"""Who works in the demo partnership: four organisations, one user for each role, and colleagues bound to one of them.

The users named after a role hold it in every organisation, so that one person can follow a case wherever it goes at a
demonstration. Colleagues see what their own organisation is party to: they show the walls. Nobody here is real.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final

from app.access.roles import SIGHT, Role
from app.panels.actions.set_up_panel import Sector
from app.people.actions.add_organisation import AddOrganisation

NAME: Final = "Demo partnership of Sampleshire"
DOMAIN: Final = "demo.example"

ORGANISATIONS: Final = (
    AddOrganisation(key="clydeview", name="Clydeview Housing Association", kind="housing_association"),
    AddOrganisation(key="eastlaw", name="Eastlaw HSCP Occupational Therapy", kind="health_and_social_care"),
    AddOrganisation(key="glenmore", name="Care & Repair Glenmore", kind="care_and_repair"),
    AddOrganisation(key="northburn", name="Northburn Council Housing", kind="council"),
)
LANDLORDS: Final[Mapping[str, str]] = {"rsl_tenant": "clydeview", "council_tenant": "northburn"}
"""Tenure -> the organisation that is the landlord."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """A user. `modules`: training module -> days from today until it expires (negative: it has expired)."""

    login: str
    name: str
    home: str
    role: Role
    modules: Mapping[int, int] = field(default_factory=lambda: MappingProxyType({}))
    sector: Sector | None = None
    """For whom a member of the panel speaks."""

    @property
    def email(self) -> str:
        """Where the user signs in."""
        return f"{self.login}@{DOMAIN}"

    @property
    def organisations(self) -> tuple[str, ...]:
        """Keys of the organisations in which the role is held, home first."""
        if "." in self.login or SIGHT[self.role] != "organisation":
            return (self.home,)
        others = (organisation.key for organisation in ORGANISATIONS if organisation.key != self.home)
        return (self.home, *others)


_LONG: Final = 900
_ASSESSOR: Final = MappingProxyType({1: _LONG, 2: _LONG})
_THERAPIST: Final = MappingProxyType({1: _LONG, 2: _LONG, 3: _LONG})

MEMBERS: Final = (
    Member(login="referrer", name="Rita Referral-Sample", home="glenmore", role=Role.REFERRER),
    Member(login="housing_officer", name="Hector Housing-Sample", home="clydeview", role=Role.HOUSING_OFFICER),
    Member(login="assessor", name="Asha Assessor-Sample", home="northburn", role=Role.ASSESSOR, modules=_ASSESSOR),
    Member(
        login="occupational_therapist",
        name="Orla Therapist-Sample",
        home="eastlaw",
        role=Role.OCCUPATIONAL_THERAPIST,
        modules=_THERAPIST,
    ),
    Member(
        login="senior_occupational_therapist",
        name="Sorley Senior-Sample",
        home="eastlaw",
        role=Role.SENIOR_OCCUPATIONAL_THERAPIST,
        modules=_THERAPIST,
    ),
    Member(login="team_manager", name="Tavish Team-Sample", home="eastlaw", role=Role.TEAM_MANAGER),
    Member(login="funding_officer", name="Farah Funding-Sample", home="northburn", role=Role.FUNDING_OFFICER),
    Member(login="technical_officer", name="Tam Technical-Sample", home="glenmore", role=Role.TECHNICAL_OFFICER),
    Member(login="panel_coordinator", name="Petra Panel-Sample", home="eastlaw", role=Role.PANEL_COORDINATOR),
    Member(
        login="panel_member", name="Mungo Member-Sample", home="northburn", role=Role.PANEL_MEMBER, sector="housing"
    ),
    Member(login="service_manager", name="Sheena Service-Sample", home="eastlaw", role=Role.SERVICE_MANAGER),
    Member(login="auditor", name="Aulay Auditor-Sample", home="northburn", role=Role.AUDITOR),
    Member(login="administrator", name="Ada Admin-Sample", home="northburn", role=Role.ADMINISTRATOR),
    # Colleagues, each bound to one organisation.
    Member(login="referrer.eastlaw", name="Ronan Placeholder", home="eastlaw", role=Role.REFERRER),
    Member(login="housing_officer.clydeview", name="Catriona Fixture", home="clydeview", role=Role.HOUSING_OFFICER),
    Member(login="housing_officer.northburn", name="Nasreen Testcase", home="northburn", role=Role.HOUSING_OFFICER),
    Member(
        login="assessor.glenmore",
        name="Gillespie Mockford",
        home="glenmore",
        role=Role.ASSESSOR,
        modules=MappingProxyType({1: 500, 2: 500}),
    ),
    Member(
        login="occupational_therapist.eastlaw",
        name="Eilidh Specimen",
        home="eastlaw",
        role=Role.OCCUPATIONAL_THERAPIST,
        modules=MappingProxyType({1: 700, 2: 700, 3: 400}),
    ),
    # May not assess complex cases any more: module 3 has expired.
    Member(
        login="occupational_therapist.northburn",
        name="Nairn Examplar",
        home="northburn",
        role=Role.OCCUPATIONAL_THERAPIST,
        modules=MappingProxyType({1: 300, 2: 300, 3: -40}),
    ),
    # Module 3 expires within the month.
    Member(
        login="senior_occupational_therapist.eastlaw",
        name="Esme Dummie",
        home="eastlaw",
        role=Role.SENIOR_OCCUPATIONAL_THERAPIST,
        modules=MappingProxyType({1: 600, 2: 600, 3: 21}),
    ),
    Member(login="team_manager.clydeview", name="Callum Instance", home="clydeview", role=Role.TEAM_MANAGER),
    Member(login="technical_officer.glenmore", name="Greer Trial", home="glenmore", role=Role.TECHNICAL_OFFICER),
    Member(login="technical_officer.clydeview", name="Conall Sample", home="clydeview", role=Role.TECHNICAL_OFFICER),
    Member(login="funding_officer.northburn", name="Niamh Mockford", home="northburn", role=Role.FUNDING_OFFICER),
    Member(
        login="panel_member.health", name="Hana Placeholder", home="eastlaw", role=Role.PANEL_MEMBER, sector="health"
    ),
    Member(
        login="panel_member.social_care",
        name="Struan Fixture",
        home="eastlaw",
        role=Role.PANEL_MEMBER,
        sector="social_care",
    ),
    Member(
        login="panel_member.housing", name="Honor Testcase", home="clydeview", role=Role.PANEL_MEMBER, sector="housing"
    ),
    Member(
        login="panel_member.third_sector",
        name="Torquil Dummie",
        home="glenmore",
        role=Role.PANEL_MEMBER,
        sector="third_sector",
    ),
)

HOME: Final[Mapping[str, str]] = {member.login: member.home for member in MEMBERS}
"""Login -> key of the home organisation."""


def colleagues(role: Role) -> tuple[Member, ...]:
    """Who else holds the role, in one organisation each, with every training module they need in date for years."""
    return tuple(
        member
        for member in MEMBERS
        if member.role is role and "." in member.login and all(days > 365 for days in member.modules.values())
    )


def panel_voices() -> dict[str, Member]:
    """For each organisation on the panel the first member that speaks for it, by the organisation's key."""
    voices: dict[str, Member] = {}
    for member in MEMBERS:
        if member.sector is not None:
            voices.setdefault(member.home, member)
    return voices
