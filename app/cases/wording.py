"""A case's journal in plain words: pure, from events as they are shown and the labels of the case's pathway."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any, Final

from app.edge.templating import day, moment
from app.pathways.form_definition import FieldDefinition, FieldType
from app.pathways.pathway import CompiledPathway

KIND_WORDS: Final[Mapping[str, str]] = {
    "milestone_imported": "Brought in from a spreadsheet",
    "conversation_recorded": "Housing Solutions conversation",
    "assigned": "Assigned",
    "note_added": "Note",
    "document_added": "Document added",
    "document_withdrawn": "Document taken away",
    "contact_made": "Contact",
    "handover_offered": "Offered to another organisation",
    "handed_over": "Handed over",
    "handover_declined": "Handover declined",
    "corrected": "Corrected",
    "consent_recorded": "Consent recorded",
    "repeat_linked": "Repeat: the same need",
    "repeat_separated": "Repeat: another need",
    "pathway_migrated": "Moved to a new version of the pathway",
    "quote_received": "Quote received",
    "survey_answered": "Asked how it went",
}
DETAIL_WORDS: Final[Mapping[str, str]] = {
    "with_whom": "With",
    "what_matters": "What matters",
    "options": "Talked about",
    "option": "Option",
    "outcome": "What came of it",
    "channel": "How",
    "summary": "What was said",
    "note": "Note",
    "reason": "Why",
    "other": "Other case",
    "why": "Why",
    "was": "It said",
    "now": "It should have been",
    "sequence": "Entry",
    "field": "What was wrong",
    "share_with_partners": "Agrees to sharing",
    "recorded_on": "Said on",
    "given_by": "Said by",
    "first_contact_on": "First contact",
    "adaptations": "Adaptations",
    "flags": "What is known of the person or the work",
    "tenure": "Tenure",
    "referrer_capacity": "Told to us by",
    "proposed_tier": "Tier proposed",
    "proposed_because": "Because",
    "consent": "Consent",
    "contractor": "Contractor",
    "amount": "Amount in pounds",
    "items": "For",
    "received_on": "Came on",
    "valid_until": "Holds until",
    "document": "Document",
    "how": "How",
    "answered_on": "Answered on",
    "answers": "Answers",
}
OPTION_WORDS: Final[Mapping[str, str]] = {
    "staying": "Staying in this home as it is",
    "rehousing": "Moving to another home",
    "equipment": "Equipment",
    "technology": "Technology",
    "reablement": "Reablement",
    "adaptation": "An adaptation",
}
"""What may be talked about in a conversation."""
_NEVER: Final = frozenset({"triage", "assigned_to", "before", "row", "sha256", "media_type", "survey"})
"""Kept for machines: numbers, checksums, and what triage said, which the tier's own words tell."""


@dataclass(frozen=True, slots=True)
class Line:
    """One thing that an event says. `values` are several where it lists them."""

    label: str
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """One event of the journal in words."""

    sequence: int
    title: str
    moved_to: str | None
    occurred_at: datetime
    recorded_at: datetime
    recorded_later: bool
    actor: str
    organisation: str
    lines: tuple[Line, ...]


def tell(event: Mapping[str, Any], pathway: CompiledPathway) -> Told:
    """Put one event, as `app.cases.events.shown` gives it, into words."""
    before, after = event["from"], event["to"]
    moved = before != after and after is not None
    return Told(
        sequence=event["sequence"],
        title=title_of(event, pathway),
        moved_to=state_words(pathway, after["tier"], after["stage"]) if moved else None,
        occurred_at=event["occurred_at"],
        recorded_at=event["recorded_at"],
        recorded_later=(event["recorded_at"] - event["occurred_at"]).total_seconds() > _A_DAY,
        actor=_ACTORS.get(event["actor"], event["actor"]),
        organisation=event["organisation"],
        lines=tuple(lines_of(event, pathway)),
    )


_A_DAY: Final = 24 * 3600
_ACTORS: Final = {"import": "Brought in from a spreadsheet", "system": "The service"}


def title_of(event: Mapping[str, Any], pathway: CompiledPathway) -> str:
    """What happened, in a word or two."""
    action = event["action"]
    if event["kind"] == "moved" and action in pathway.actions:
        return pathway.past_label(action)
    return KIND_WORDS.get(event["kind"]) or _words(action or event["kind"])


def state_words(pathway: CompiledPathway, tier: str, stage: str) -> str:
    """A tier and a stage by their labels; those of an earlier version by their names."""
    tiers, stages = pathway.definition.tiers, pathway.definition.stages
    named = stages[stage].label if stage in stages else _words(stage)
    return f"{named} ({(tiers[tier].label if tier in tiers else _words(tier)).lower()})"


def lines_of(event: Mapping[str, Any], pathway: CompiledPathway) -> Iterator[Line]:
    """What the event's details say; what is empty or for machines is left out."""
    action = event["action"]
    fields = pathway.fields(action) if action in pathway.actions else {}
    if event.get("assignee"):
        yield Line("To", (event["assignee"],))
    for name in _in_order(event["details"], [*fields, *DETAIL_WORDS]):
        value = event["details"][name]
        if name in _NEVER or value in (None, "", [], {}):
            continue
        field = fields.get(name)
        label = _short(field.label) if field else DETAIL_WORDS.get(name, _words(name))
        yield Line(label, tuple(_values(value, field, pathway)))


def _in_order(details: Mapping[str, Any], order: Sequence[str]) -> list[str]:
    """The names in the order in which they were asked for: the journal keeps none."""
    place = {name: number for number, name in reversed(list(enumerate(order)))}
    return sorted(details, key=lambda name: (place.get(name, len(order)), name))


def _values(value: Any, field: FieldDefinition | None, pathway: CompiledPathway) -> Iterator[str]:
    if isinstance(value, Mapping) and {"asked", "said"} <= value.keys():
        yield f"{value['asked']} {value['said']}"
    elif isinstance(value, Mapping):
        inner = field.fields if field and field.fields else {}
        known = _in_order(value, [*inner, *DETAIL_WORDS])
        said = {k: ", ".join(_values(value[k], inner.get(k), pathway)) for k in known if value[k] not in _NOTHING}
        yield _row(said, inner)
    elif isinstance(value, Sequence) and not isinstance(value, str):
        for one in value:
            yield from _values(one, field, pathway)
    else:
        yield _value(value, field, pathway)


_NOTHING: Final[tuple[object, ...]] = (None, "", [], {})
_SHORT_ROW: Final = 2


def _row(said: Mapping[str, str], fields: Mapping[str, FieldDefinition]) -> str:
    """A row that says one or two things needs no labels: "Equipment: there is no room for it"."""
    if len(said) <= _SHORT_ROW:
        return ": ".join(said.values())
    named = ((fields[k].label if k in fields else DETAIL_WORDS.get(k, _words(k)), v) for k, v in said.items())
    return "; ".join(f"{label}: {value}" for label, value in named)


def _value(value: Any, field: FieldDefinition | None, pathway: CompiledPathway) -> str:
    if isinstance(value, bool):
        return "Yes" if value else "No"
    written = str(value)
    if field is not None:
        if field.type is FieldType.MONEY:
            return pounds(written)
        if field.type is FieldType.PERCENT:
            return f"{written}%"
        if field.type is FieldType.MEETING:
            return f"Meeting {written}"
        offered = pathway.options(field)
        if offered:
            return offered.get(written, _words(written))
    return _plain(written, pathway)


def _plain(written: str, pathway: CompiledPathway) -> str:
    """Days and moments as people write them, keys of the pathway's lists by their labels."""
    return _time(written) or _label(written, pathway) or (_words(written) if _is_key(written) else written)


def _time(written: str) -> str | None:
    try:
        if len(written) == len("2026-01-31"):
            return day(date.fromisoformat(written))
        found = datetime.fromisoformat(written)
    except ValueError:
        return None
    return moment(found) if found.tzinfo else None


def _label(written: str, pathway: CompiledPathway) -> str | None:
    tiers, flags = pathway.definition.tiers, pathway.triage.flags
    if written in tiers:
        return tiers[written].label
    if written in flags:
        return flags[written].label
    return OPTION_WORDS.get(written) or pathway.choices["adaptations"].get(written)


def _is_key(written: str) -> bool:
    return "_" in written and " " not in written


def pounds(written: str) -> str:
    """Money as people write it: "£4,850.00"."""
    try:
        return f"£{Decimal(written):,.2f}"
    except InvalidOperation:
        return written


def _short(label: str) -> str:
    return label.rstrip("?")


def _words(name: str) -> str:
    return name.replace("_", " ").capitalize()
