"""Possible repeats: the same person, or the same home, already known. Advice with reasons; a person decides.

Found through `door.repeat_candidates`, which also looks into cases the finder may not open; of those only the
reference, the organisation and the reason are shown.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import text

from app.kernel.database import Session
from app.kernel.names import LIKELY_SAME_NAME, name_similarity


@dataclass(frozen=True, slots=True, kw_only=True)
class Sought:
    """Whom and which home to look for. Keys come from `app.kernel.names`."""

    name: str
    date_of_birth: date | None
    chi_number: str | None
    nhs_number: str | None
    name_keys: tuple[str, ...]
    uprn: str | None
    address_key: str
    adaptations: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """One case that the door let through for scoring."""

    case_id: int
    reference: str
    stage_group: str
    adaptations: tuple[str, ...]
    name: str
    date_of_birth: date | None
    chi_number: str | None
    nhs_number: str | None
    uprn: str | None
    address_key: str
    organisation: str
    visible: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class PossibleRepeat:
    """A case that may be about the same need. `blocks`: screening waits until somebody decides."""

    case_id: int
    reference: str
    organisation: str
    open: bool
    reasons: tuple[str, ...]
    score: float
    blocks: bool
    visible: bool


def compare(sought: Sought, other: Candidate) -> PossibleRepeat | None:
    """Say why a candidate may be a repeat, or None when nothing but a loose key matched."""
    reasons: list[str] = []
    score = 0.0
    if sought.chi_number and sought.chi_number == other.chi_number:
        reasons.append("same CHI number")
        score = 1.0
    if sought.nhs_number and sought.nhs_number == other.nhs_number:
        reasons.append("same NHS number")
        score = 1.0
    likeness = name_similarity(sought.name, other.name)
    if sought.date_of_birth and sought.date_of_birth == other.date_of_birth and likeness >= LIKELY_SAME_NAME:
        reasons.append("same name and birth date" if likeness > 0.99 else "similar name, same birth date")
        score = max(score, 0.9 * likeness)
    same_person = bool(reasons)
    if _same_home(sought, other):
        reasons.append("same home")
        score = max(score, 0.6)
    if not reasons:
        return None
    same_adaptation = not set(sought.adaptations).isdisjoint(other.adaptations)
    is_open = other.stage_group != "ended"
    return PossibleRepeat(
        case_id=other.case_id,
        reference=other.reference,
        organisation=other.organisation,
        open=is_open,
        reasons=(*reasons, *(("same adaptation",) if same_adaptation else ())),
        score=round(score, 3),
        # Two people may share a home: a home alone holds a case up only where the same adaptation is already asked for.
        blocks=is_open and (same_person or same_adaptation),
        visible=other.visible,
    )


def _same_home(sought: Sought, other: Candidate) -> bool:
    if sought.uprn and other.uprn:
        return sought.uprn == other.uprn
    return sought.address_key != "" and sought.address_key == other.address_key


_CANDIDATES = text(
    """
    SELECT * FROM door.repeat_candidates(
      :chi, :nhs, CAST(:born AS date), CAST(:keys AS text[]), :uprn, :home_key, CAST(:but_not AS bigint))
    """
)


async def find(session: Session, sought: Sought, *, but_not: int | None = None) -> list[PossibleRepeat]:
    """Look for possible repeats in the whole partnership, likeliest first."""
    values = {
        "chi": sought.chi_number,
        "nhs": sought.nhs_number,
        "born": sought.date_of_birth,
        "keys": list(sought.name_keys),
        "uprn": sought.uprn,
        "home_key": sought.address_key,
        "but_not": but_not,
    }
    rows = (await session.execute(_CANDIDATES, values)).all()
    candidates = [Candidate(**{**row._asdict(), "adaptations": tuple(row.adaptations)}) for row in rows]
    found = [repeat for repeat in (compare(sought, candidate) for candidate in candidates) if repeat is not None]
    return sorted(found, key=lambda repeat: (not repeat.blocks, -repeat.score, repeat.reference))


_KEEP = text(
    """
    INSERT INTO case_repeats (case_id, other_case_id, other_reference, reasons, score, blocks)
    VALUES (:case_id, :other_case_id, :other_reference, :reasons, :score, :blocks)
    """
)


async def keep(session: Session, case_id: int, repeats: Sequence[PossibleRepeat]) -> None:
    """Write down what was found, for somebody to decide on."""
    for repeat in repeats:
        values = {
            "case_id": case_id,
            "other_case_id": repeat.case_id,
            "other_reference": repeat.reference,
            "reasons": list(repeat.reasons),
            "score": repeat.score,
            "blocks": repeat.blocks,
        }
        await session.execute(_KEEP, values)
