"""What goes into the papers of a case: pure, from the case as it is shown, its journal and the options written down.

How to reach somebody, identity numbers and the exact day of birth are not in them: no decision needs them.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Final

from app.cases.answers import CaseOut
from app.cases.presenters import TENURE_WORDS
from app.cases.wording import lines_of, pounds, title_of
from app.edge.templating import day
from app.panels.papers import Pack, PackDocument, PackLine, PackPart
from app.pathways.pathway import CompiledPathway

_GOALS: Final = ("recommend", "recommend_other_solution")
_REFERRAL: Final = "refer_to_panel"
_REHOUSING: Final = ("recommend_rehousing", "rehousing_failed")
_SO_FAR: Final = ("recommend", "complete_feasibility", "panel_defer", "panel_agree", "escalate")


@dataclass(frozen=True, slots=True, kw_only=True)
class PanelOption:
    """A way forward that the panel may choose: its cost in pounds, None where unknown, and what it means."""

    name: str
    meaning: str
    cost: Decimal | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseDocument:
    """A document of the case in its newest version."""

    id: int
    version: int
    kind: str
    about: str | None
    added_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseForPanel:
    """What the papers are made of. `events` are as `app.cases.events` shows them, newest first."""

    case: CaseOut
    pathway: CompiledPathway
    events: Sequence[Mapping[str, Any]]
    options: Sequence[PanelOption]
    documents: Sequence[CaseDocument]
    today: date


def build(found: CaseForPanel) -> Pack:
    """Put the papers together in the order in which a panel asks: who, what for, in whose words, what can be done."""
    parts = (
        PackPart("person", "Who it is about", tuple(_person(found))),
        PackPart("need", "What is needed", tuple(_need(found))),
        PackPart("views", "In the person’s own words", tuple(_from(found, "conversation_recorded", "what_matters"))),
        PackPart("goals", "What the person wants to be able to do", tuple(_goals(found))),
        PackPart("conversation", "What was talked over", tuple(_conversation(found))),
        PackPart("referral", "Why it comes to the panel", tuple(_from(found, _REFERRAL))),
        PackPart("so_far", "What was found and done so far", tuple(_so_far(found))),
        PackPart("rehousing", "Moving to another home", tuple(_rehousing(found))),
        PackPart("options", "What can be decided", tuple(_options(found.options))),
        PackPart("documents", "Drawings, pictures and reports", tuple(_documents(found.documents))),
    )
    documents = tuple(PackDocument(one.id, one.version, f"documents.document_{one.id}") for one in found.documents)
    return Pack(reference=found.case.reference, parts=parts, documents=documents)


CHECKLIST: Final[Mapping[str, str]] = {
    "views": "What the person says, in their own words",
    "goals": "Goals agreed with the person",
    "conversation": "The conversation about options",
    "options": "Options, with their costs and what each means for the person",
    "rehousing": "Whether moving home was considered",
    "consent": "The person’s consent to sharing with partners",
}
"""What a referral should hold, by the keys that a panel's terms name."""


def missing(pack: Pack, wanted: Iterable[str], *, consent: bool) -> list[str]:
    """What of a checklist a referral does not hold, in the list's order. Keys that CHECKLIST lacks do not count."""
    held = {part.key for part in pack.parts if part.lines}
    if any("Moving" in text for part in pack.parts if part.key == "conversation" for text in _texts(part)):
        held.add("rehousing")
    if consent:
        held.add("consent")
    return [key for key in CHECKLIST if key in set(wanted) - held]


def _texts(part: PackPart) -> Iterator[str]:
    for line in part.lines:
        yield line.label
        yield from line.texts


def _person(found: CaseForPanel) -> Iterator[PackLine]:
    case = found.case
    yield PackLine("name", "Name", (case.person.name,))
    if case.person.date_of_birth is not None:
        yield PackLine("age", "Age", (f"{_age(case.person.date_of_birth, found.today)} years",))
    yield PackLine("home", "Home", (", ".join(filter(None, (case.home.address, case.home.postcode))),))
    yield PackLine("tenure", "Tenure", (TENURE_WORDS.get(case.home.tenure, case.home.tenure),))
    if case.home.landlord:
        yield PackLine("landlord", "Landlord", (case.home.landlord,))
    yield PackLine("waits_since", "First contact", (day(case.first_contact_on),))


def _age(born: date, today: date) -> int:
    return today.year - born.year - ((today.month, today.day) < (born.month, born.day))


def _need(found: CaseForPanel) -> Iterator[PackLine]:
    case, pathway = found.case, found.pathway
    yield PackLine("description", "What was asked for", (case.need.description,))
    yield PackLine("adaptations", "Adaptations", tuple(pathway.catalogue.label(key) for key in case.need.adaptations))
    flags = pathway.triage.flags
    if case.need.flags:
        labels = tuple(flags[key].label if key in flags else key for key in case.need.flags)
        yield PackLine("flags", "What is known of the person or the work", labels)
    if case.priority:
        yield PackLine("priority", "Priority", (case.priority.replace("_", " ").capitalize(),))
    if case.fast_track:
        yield PackLine("fast_track", "Fast track", (case.fast_track.replace("_", " ").capitalize(),))


def _goals(found: CaseForPanel) -> Iterator[PackLine]:
    for action in _GOALS:
        lines = list(_from(found, action, "goals"))
        if lines:
            yield from lines
            return


def _conversation(found: CaseForPanel) -> Iterator[PackLine]:
    yield from _from(found, "conversation_recorded", "with_whom")
    yield from _from(found, "conversation_recorded", "options")


def _rehousing(found: CaseForPanel) -> Iterator[PackLine]:
    """Every time that it was tried, the latest first."""
    for event in found.events:
        if _kind(event) in _REHOUSING:
            yield from _said(event, found.pathway, prefix=f"entry_{event['sequence']}_", name=True)


def _so_far(found: CaseForPanel) -> Iterator[PackLine]:
    for action in _SO_FAR:
        event = _newest(found, action)
        if event is not None:
            yield from _said(_without(event, "goals"), found.pathway, prefix=f"{action}_", name=True)


def _from(found: CaseForPanel, kind: str, *names: str) -> Iterator[PackLine]:
    """What the newest event of a kind or action says: all of it, or of some details only."""
    event = _newest(found, kind)
    if event is not None:
        yield from _said(_only(event, names) if names else event, found.pathway)


def _newest(found: CaseForPanel, kind: str) -> Mapping[str, Any] | None:
    return next((event for event in found.events if _kind(event) == kind), None)


def _kind(event: Mapping[str, Any]) -> str:
    return str(event["action"] if event["kind"] == "moved" else event["kind"])


def _only(event: Mapping[str, Any], names: Sequence[str]) -> dict[str, Any]:
    return {**event, "details": {name: value for name, value in event["details"].items() if name in names}}


def _without(event: Mapping[str, Any], name: str) -> dict[str, Any]:
    return {**event, "details": {key: value for key, value in event["details"].items() if key != name}}


def _said(
    event: Mapping[str, Any], pathway: CompiledPathway, *, prefix: str = "", name: bool = False
) -> Iterator[PackLine]:
    """Each thing that an event says. `name` puts before it what happened and when."""
    title = f"{title_of(event, pathway)}, {day(event['occurred_at'].date())}: " if name else ""
    for line in lines_of(event, pathway):
        label = f"{title}{line.label[:1].lower()}{line.label[1:]}" if title else line.label
        yield PackLine(f"{prefix}{_slug(line.label)}", label, line.values)


def _slug(label: str) -> str:
    return re.sub(r"[^a-z0-9]+", "_", label.lower()).strip("_")[:40]


def _options(options: Iterable[PanelOption]) -> Iterator[PackLine]:
    for number, one in enumerate(options, 1):
        cost = f"It would cost {pounds(str(one.cost))}." if one.cost is not None else "Its cost is not known yet."
        yield PackLine(f"option_{number}", one.name, (cost, f"For the person: {one.meaning}"))


def _documents(documents: Iterable[CaseDocument]) -> Iterator[PackLine]:
    for one in documents:
        told = f"Added {day(one.added_on)}"
        yield PackLine(
            f"document_{one.id}", one.about or one.kind, (f"{one.kind}. {told}." if one.about else f"{told}.",)
        )
