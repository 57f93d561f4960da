"""People and homes that we know from their cases, so that nobody types them again."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from app.access.actor import Actor
from app.access.permissions import Permission
from app.access.policy import permits
from app.cases.answers import CaseOut
from app.cases.casework import Casework
from app.cases.opened import open_case
from app.cases.presenters import case_line
from app.cases.reads import note_read
from app.cases.worklist import Wanted, condition, worklist
from app.edge.templating import day
from app.kernel.database import Session
from app.kernel.problems import NotFound

KNOWN: Final = "known"
"""The field that says who is meant: `person:HS-…`, `home:HS-…` for somebody else who lives there, or nothing."""
SHOWN: Final = 8
_PERSON: Final = ("name", "date_of_birth", "chi_number", "nhs_number", "phone", "email", "preferred_contact")
_HOME: Final = ("address", "postcode", "uprn", "tenure", "landlord")


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """Somebody we know, in words; `cases` say what each of their cases is for and how it stands."""

    reference: str
    person: str
    born: str
    home: str
    cases: tuple[str, ...]


async def look_up(session: Session, actor: Actor, typed: str, *, casework: Casework, now: datetime) -> list[Known]:
    """Find people whom the actor may see by postcode, name, number or reference; the reads are recorded."""
    if not typed.strip() or not permits(actor, Permission.CASE_VIEW):
        return []
    today = casework.timekeeper.day(now)
    where = await condition(session, actor, Wanted(q=typed), casework=casework, today=today)
    page = await worklist(session, where, today=today, limit=SHOWN)
    await note_read(session, actor, "POST /referrals/look-up", page.ids)
    return list(_people([one.case for one in page.items], casework))


def _people(cases: Sequence[CaseOut], casework: Casework) -> Iterator[Known]:
    """One entry for each person at a home, with all of their cases that were found."""
    together: dict[tuple[Any, ...], list[CaseOut]] = {}
    for case in cases:
        key = (case.person.name.casefold(), case.person.date_of_birth, case.home.address.casefold(), case.home.postcode)
        together.setdefault(key, []).append(case)
    for found in together.values():
        newest = max(found, key=lambda case: case.received_at)
        born = newest.person.date_of_birth
        yield Known(
            reference=newest.reference,
            person=newest.person.name,
            born=f"born {day(born)}" if born else "",
            home=", ".join(part for part in (newest.home.address, newest.home.postcode) if part),
            cases=tuple(_in_words(case, casework) for case in found),
        )


def _in_words(case: CaseOut, casework: Casework) -> str:
    pathway = casework.pathways.get(case.pathway.key, case.pathway.version)
    wanted = ", ".join(pathway.catalogue.label(key) for key in case.need.adaptations)
    return f"{case.reference}: {wanted}. {case_line(case, pathway).stage}"


async def known_answers(
    session: Session, actor: Actor, choice: str, *, casework: Casework, now: datetime
) -> dict[str, Any] | None:
    """What we know of whoever was chosen, as the API takes it; nothing where nobody was, None who cannot be found."""
    what, _, reference = choice.partition(":")
    if what not in ("person", "home"):
        return {}
    try:
        opened = await open_case(session, actor, reference, casework=casework, now=now, route="POST /referrals/new")
    except NotFound:
        return None
    shown = opened.shown.model_dump(mode="json", exclude_none=True)
    home = {name: shown["home"][name] for name in _HOME if name in shown["home"]}
    if what == "home":
        return {"home": home}
    return {"person": {name: shown["person"][name] for name in _PERSON if name in shown["person"]}, "home": home}
