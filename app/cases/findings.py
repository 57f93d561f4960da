"""What a referral would lead to, told while it is still being typed: the tier that triage proposes, and repeats."""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from app.cases import repeats
from app.cases.asked_for import AskedFor, read_asked_for
from app.cases.identify import home_from, person_from
from app.cases.repeats import PossibleRepeat, Sought
from app.cases.schemas import HomeIn, PersonIn
from app.kernel.database import Session
from app.kernel.problems import FieldProblem
from app.pathways.pathway import CompiledPathway


@dataclass(frozen=True, slots=True, kw_only=True)
class Findings:
    """What was found out. `tier` is None while nothing that is in the catalogue has been asked for."""

    asked: AskedFor
    labels: tuple[str, ...]
    tier: str | None
    tier_label: str | None
    at_once: bool
    """Whether nobody needs to assess in this tier: screening approves it."""
    reasons: tuple[str, ...]
    repeats: Sequence[PossibleRepeat]

    @property
    def blocking(self) -> list[PossibleRepeat]:
        """Repeats on which somebody has to decide before the case can be screened."""
        return [repeat for repeat in self.repeats if repeat.blocks]


async def look(session: Session, body: Mapping[str, Any], pathway: CompiledPathway) -> Findings:
    """Say what the answers so far would lead to; answers that are missing or wrong are passed over."""
    need = body.get("need", {})
    asked = read_asked_for(need.get("adaptations", ()), pathway.catalogue)
    flags = [flag for flag in need.get("flags", ()) if flag in pathway.triage.flags]
    proposal = pathway.propose_tier(asked.keys, flags) if asked.keys else None
    tier = pathway.definition.tiers[proposal.tier] if proposal else None
    sought = sought_from(body, asked.keys)
    return Findings(
        asked=asked,
        labels=tuple(pathway.catalogue.label(key) for key in asked.keys),
        tier=proposal.tier if proposal else None,
        tier_label=tier.label if tier else None,
        at_once=tier is not None and not tier.assessor_roles,
        reasons=proposal.reasons if proposal else (),
        repeats=await repeats.find(session, sought) if sought else (),
    )


def sought_from(body: Mapping[str, Any], adaptations: tuple[str, ...]) -> Sought | None:
    """Whom to look for, from answers that may not be complete; None while there is nothing to go by."""
    faults: list[FieldProblem] = []
    person = home = None
    with suppress(ValidationError):
        person = person_from(PersonIn(**body.get("person", {})), allow_test_numbers=True, errors=faults)
    with suppress(ValidationError):
        home = home_from(HomeIn(**{"tenure": "other", **body.get("home", {})}), errors=faults)
    if person is None and home is None:
        return None
    return Sought(
        name=person.name if person else "",
        date_of_birth=person.date_of_birth if person else None,
        chi_number=person.chi_number if person else None,
        nhs_number=person.nhs_number if person else None,
        name_keys=person.name_keys if person else (),
        uprn=home.uprn if home else None,
        address_key=home.address_key if home else "",
        adaptations=adaptations,
    )
