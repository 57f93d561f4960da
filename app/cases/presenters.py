"""Cases in the words of a page: pure, from a case as it is shown and the labels of its pathway."""

from dataclasses import dataclass
from datetime import date
from typing import Final

from app.cases.answers import CaseOut, DueStatus
from app.pathways.pathway import CompiledPathway

DUE_WORDS: Final[dict[DueStatus, str]] = {
    "overdue": "Overdue",
    "due_soon": "Due soon",
    "on_track": "On track",
    "on_hold": "On hold until reviewed",
    "none": "No due date",
}

TENURE_WORDS: Final[dict[str, str]] = {
    "owner_occupier": "Owns the home",
    "private_rented": "Rents from a private landlord",
    "council_tenant": "Council tenant",
    "rsl_tenant": "Housing association tenant",
    "other": "Something else",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseLine:
    """One line of a worklist. `due_status` is the contract's word, for the eye; `due_words` say the same."""

    reference: str
    person: str
    tier: str
    stage: str
    fast_track: str | None
    due_on: date | None
    due_status: DueStatus
    due_words: str
    assigned_to: str | None


def case_line(case: CaseOut, pathway: CompiledPathway) -> CaseLine:
    """Put one case of this pathway into words."""
    ended = case.stage_group == "ended"
    return CaseLine(
        reference=case.reference,
        person=case.person.name,
        tier=pathway.definition.tiers[case.tier].label,
        stage=pathway.stage(case.stage).label,
        fast_track=_fast_track(case, pathway),
        due_on=case.due_on,
        due_status=case.due_status,
        due_words="Ended" if ended else DUE_WORDS[case.due_status],
        assigned_to=case.assigned_to.name if case.assigned_to else None,
    )


def _fast_track(case: CaseOut, pathway: CompiledPathway) -> str | None:
    if case.fast_track is None:
        return None
    known = pathway.definition.choices.get("fast_track", {}).get(case.fast_track)
    return known.label if known else case.fast_track.replace("_", " ")
