"""How a case's state follows from its journal: pure, the one definition that live moves and replays share.

An event carries its `effects`, decided by the pathway when it happened, so replaying needs no pathway and a later
version cannot change the past.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from types import MappingProxyType
from typing import Any, Literal

from app.pathways.facts import State

Kind = Literal[
    "moved", "milestone_imported", "conversation_recorded", "assigned", "note_added", "document_added", "contact_made",
    "handover_offered", "handed_over", "handover_declined", "corrected", "consent_recorded", "repeat_linked",
    "repeat_separated", "pathway_migrated", "quote_received", "survey_answered", "document_withdrawn",
]  # fmt: skip

ActorKind = Literal["user", "import", "system"]

SETTABLE = frozenset({
    "priority", "fast_track", "assigned_to", "consent_to_share", "first_contact_on", "proposed_tier", "pathway_version",
})  # fmt: skip
"""Case attributes with a column of their own that an event may set; others are kept in `memory["attributes"]`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One entry of the journal, as the rules see it."""

    sequence: int
    kind: Kind
    action: str | None
    from_: State | None
    to: State
    custody_id: int
    occurred_at: datetime
    actor_id: int | None
    organisation_id: int
    details: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))
    effects: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseState:
    """Everything about a case that its journal decides."""

    sequence: int
    tier: str
    stage: str
    stage_group: str
    resume_stage: str | None
    stage_since: datetime
    custody_id: int
    party_ids: tuple[int, ...]
    assigned_to: int | None
    priority: str | None
    fast_track: str | None
    proposed_tier: str
    consent_to_share: bool
    pathway_version: int
    first_contact_on: date
    received_at: datetime
    last_occurred_at: datetime
    ended_at: datetime | None
    outcome: str | None
    solution: str | None
    solution_at: datetime | None
    memory: Mapping[str, Any]

    @property
    def state(self) -> State:
        """The pair that the pathway decides on."""
        return State(self.tier, self.stage)

    @property
    def acting_party_ids(self) -> tuple[int, ...]:
        """The organisations that may act: one that was only offered the case may look and answer, no more."""
        pending = self.memory.get("attributes", {}).get("pending_handover")
        asked = pending["to"] if pending and pending["joined"] else None
        return tuple(party for party in self.party_ids if party != asked)


def begin(event: Event) -> CaseState:
    """Make the state that a journal's first event gives."""
    sets = event.effects.get("sets", {})
    blank = CaseState(
        sequence=0,
        tier=event.to.tier,
        stage=event.to.stage,
        stage_group=event.effects["stage_group"],
        resume_stage=None,
        stage_since=event.occurred_at,
        custody_id=event.custody_id,
        party_ids=(),
        assigned_to=None,
        priority=None,
        fast_track=None,
        proposed_tier=sets["proposed_tier"],
        consent_to_share=bool(sets["consent_to_share"]),
        pathway_version=int(sets["pathway_version"]),
        first_contact_on=_day(sets["first_contact_on"]),
        received_at=event.occurred_at,
        last_occurred_at=event.occurred_at,
        ended_at=None,
        outcome=None,
        solution=None,
        solution_at=None,
        memory={},
    )
    return apply(blank, event)


def apply(before: CaseState, event: Event) -> CaseState:
    """Give the state after one more event; `before` is left as it was."""
    effects = event.effects
    after = replace(
        before,
        sequence=event.sequence,
        tier=event.to.tier,
        stage=event.to.stage,
        custody_id=event.custody_id,
        last_occurred_at=event.occurred_at,
        party_ids=_parties(before, event),
        memory=_memory(before, event),
        **_columns(effects.get("sets", {})),
    )
    if event.kind in ("moved", "milestone_imported"):
        after = _moved(before, after, event)
    if event.kind == "pathway_migrated":
        after = _migrated(before, after, event)
    return _clocked(after, event)


def replay(events: Sequence[Event]) -> CaseState | None:
    """Give the state that a whole journal leads to, or None for an empty one; corrected times count from the start."""
    state: CaseState | None = None
    for event in as_corrected(events):
        state = begin(event) if state is None else apply(state, event)
    return state


def as_corrected(events: Sequence[Event]) -> list[Event]:
    """Give the events with the times that later corrections gave them; the newest correction of a time counts."""
    times = {
        int(event.details["sequence"]): datetime.fromisoformat(event.details["now"])
        for event in events
        if event.kind == "corrected" and event.details["field"] == "occurred_at"
    }
    return [replace(e, occurred_at=times[e.sequence]) if e.sequence in times else e for e in events]


def _moved(before: CaseState, after: CaseState, event: Event) -> CaseState:
    effects = event.effects
    ends = bool(effects.get("ends"))
    # An imported milestone may leave the case where it stands; the stage then still began when it began.
    stays = event.kind == "milestone_imported" and before.state == event.to and event.from_ is not None
    return replace(
        after,
        stage_group=effects["stage_group"],
        resume_stage=effects.get("resume_stage"),
        stage_since=before.stage_since if stays else event.occurred_at,
        ended_at=event.occurred_at if ends else None,
        outcome=effects.get("outcome") if ends else None,
        received_at=event.occurred_at if effects.get("receives") else before.received_at,
    )


def _migrated(before: CaseState, after: CaseState, event: Event) -> CaseState:
    """Nothing has happened to the case: its stage has another name or group, and every clock goes on."""
    group = event.effects.get("stage_group", before.stage_group)
    return replace(after, stage_group=group, resume_stage=event.effects.get("resume_stage", before.resume_stage))


def _clocked(after: CaseState, event: Event) -> CaseState:
    match event.effects.get("clock"):
        case "stops":
            return replace(after, solution=event.effects["solution"], solution_at=event.occurred_at)
        case "restarts" | "new_episode":
            return replace(after, solution=None, solution_at=None)
        case _:
            return after


def _columns(sets: Mapping[str, Any]) -> dict[str, Any]:
    columns = {name: value for name, value in sets.items() if name in SETTABLE}
    if "first_contact_on" in columns:
        columns["first_contact_on"] = _day(columns["first_contact_on"])
    return columns


def _parties(before: CaseState, event: Event) -> tuple[int, ...]:
    parties = {*before.party_ids, event.custody_id, *event.effects.get("joins", ())}
    left = set(event.effects.get("leaves", ())) - {event.custody_id}
    return tuple(sorted(parties - left))


def _memory(before: CaseState, event: Event) -> Mapping[str, Any]:
    effects = event.effects
    memory = dict(before.memory)
    if _enters(event):
        memory["entered"] = {**memory.get("entered", {}), event.to.stage: event.occurred_at.isoformat()}
    if effects.get("renames"):
        memory["entered"] = _renamed(memory.get("entered", {}), effects["renames"])
    others = {k: v for k, v in effects.get("sets", {}).items() if k not in SETTABLE}
    if others:
        memory["attributes"] = {**memory.get("attributes", {}), **others}
    if effects.get("remembers"):
        memory["remembered"] = _remembered(memory.get("remembered", {}), effects["remembers"], event.actor_id)
    if effects.get("hold"):
        memory["holds"] = _holds(memory.get("holds", []), event)
    if event.kind == "conversation_recorded":
        memory["conversations"] = memory.get("conversations", 0) + 1
        memory["options"] = sorted({*memory.get("options", []), *effects.get("options", [])})
    if effects.get("clock") == "new_episode":
        memory["episode_from"] = event.occurred_at.isoformat()
    return memory


def _enters(event: Event) -> bool:
    """Whether a stage's clock starts: not on coming back from a hold, nor where an imported milestone moves nothing."""
    moves = event.kind in ("moved", "milestone_imported") and event.effects.get("hold") != "closes"
    return moves and (event.from_ != event.to or bool(event.effects.get("receives")))


def _renamed(entered: Mapping[str, str], renames: Mapping[str, str]) -> dict[str, str]:
    """Keep when stages were entered under their new names too; where stages become one, the latest counts."""
    moments: dict[str, str] = {}
    for stage, moment in entered.items():
        name = renames.get(stage, stage)
        moments[name] = max(moments.get(name, moment), moment, key=datetime.fromisoformat)
    return {**entered, **moments}


def _remembered(known: Mapping[str, list[int]], parts: Iterable[str], actor_id: int | None) -> dict[str, list[int]]:
    if actor_id is None:
        return dict(known)
    return {**known, **{part: sorted({*known.get(part, []), actor_id}) for part in parts}}


def _holds(known: list[dict[str, Any]], event: Event) -> list[dict[str, Any]]:
    if event.effects["hold"] == "opens":
        hold = event.effects.get("hold_details", {})
        return [*known, {**hold, "from": event.occurred_at.isoformat(), "to": None, "opened_by": event.sequence}]
    *earlier, last = known
    return [*earlier, {**last, "to": event.occurred_at.isoformat(), "closed_by": event.sequence}]


def day(value: date | str | None) -> date | None:
    """Read a day as JSON keeps it."""
    return date.fromisoformat(value) if isinstance(value, str) else value


def _day(value: date | str) -> date:
    found = day(value)
    assert found is not None
    return found
