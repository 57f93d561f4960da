"""What a decision says: a move, a refusal with every blocker, or a form that is not complete."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from types import MappingProxyType
from typing import Literal

from app.pathways.facts import State

_NOTHING: Mapping[str, object] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Blocker:
    """Why an action is not possible now, in words a caseworker understands."""

    code: str
    message: str


@dataclass(frozen=True, slots=True)
class Refused:
    """The action is known and well formed, but something stands in its way: all of it, not the first."""

    blockers: tuple[Blocker, ...]


@dataclass(frozen=True, slots=True)
class FieldError:
    """What is wrong with one field. `pointer` is a JSON pointer into the details, such as `/tier_reason`."""

    pointer: str
    message: str


@dataclass(frozen=True, slots=True)
class Incomplete:
    """The form is not filled in properly; nothing has been decided."""

    errors: tuple[FieldError, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """A permitted move and everything the journal must keep of it.

    `details` are the form's fields, checked and ready for JSON, without `occurred_at`, which stands beside
    them; `happened_on` is the day a field of the form gives for the event (for "date finished" and such).
    `sets` maps case attributes to their new values. `recorded` is what the pathway itself adds to the event,
    such as triage's reasons. `remembers` names the parts that the actor has now played. `clock` speaks of the
    end-to-end clock. `resume_stage` is the stage to come back to, for a hold only.
    """

    action: str
    from_: State | None
    to: State
    resume_stage: str | None = None
    solution: str | None = None
    outcome: str | None = None
    ends: bool = False
    custody: Literal["stays", "actor"] = "stays"
    hold: Literal["opens", "closes"] | None = None
    remembers: tuple[str, ...] = ()
    sets: Mapping[str, object] = field(default_factory=lambda: _NOTHING)
    recorded: Mapping[str, object] = field(default_factory=lambda: _NOTHING)
    clock: Literal["stops", "restarts", "new_episode"] | None = None
    details: Mapping[str, object] = field(default_factory=lambda: _NOTHING)
    occurred_at: datetime | None = None
    happened_on: date | None = None


Decision = Move | Refused | Incomplete
