"""What a pathway may know about a case when it decides: plain values, no database, no web.

The caller loads them; `CompiledPathway.needs(action)` says which of the costlier ones an action reads.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from types import MappingProxyType

from typing_extensions import override


def _nothing_remembered() -> Mapping[str, frozenset[int]]:
    return MappingProxyType({})


@dataclass(frozen=True, slots=True, order=True)
class State:
    """Where a case stands: how complex the person's situation is, and what the case waits for."""

    tier: str
    stage: str

    @override
    def __str__(self) -> str:
        """Write the state as reports and the machine do, such as `moderate/funding`."""
        return f"{self.tier}/{self.stage}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Assignee:
    """Who the case is assigned to. `training`: module number -> the last day on which it is valid."""

    id: int
    roles: frozenset[str]
    training: Mapping[int, date]


@dataclass(frozen=True, slots=True, kw_only=True)
class Meeting:
    """A panel meeting as far as the pathway needs it. `capacity` and `booked` count cases."""

    id: int
    held_on: date
    capacity: int
    booked: int
    papers_due_on: date
    quorate: bool
    missing_assents: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """Everything a decision may read.

    `resume_stage` is the stage that a hold left; `unresolved_repeats` are references of possible repeats
    nobody has linked or confirmed separate; `remembered` says who did an earlier part ("recommender",
    "order_placer", "refuser" -> user ids); `direct_provision_items` are catalogue keys that the case's
    landlord has agreed to provide directly; `meeting` is the one named in the details, else the one that
    the case is on; `solution` is what was put in place (adapted, rehoused, other_solution), if anything yet.
    """

    actor_id: int | None
    actor_roles: frozenset[str]
    today: date
    state: State
    proposed_tier: str
    tenure: str
    adaptations: tuple[str, ...] = ()
    flags: tuple[str, ...] = ()
    priority: str | None = None
    fast_track: str | None = None
    resume_stage: str | None = None
    consent_to_share: bool = False
    unresolved_repeats: tuple[str, ...] = ()
    assignee: Assignee | None = None
    options_discussed: frozenset[str] = frozenset()
    conversations: int = 0
    goals: tuple[str, ...] = ()
    remembered: Mapping[str, frozenset[int]] = field(default_factory=_nothing_remembered)
    refused_on: date | None = None
    direct_provision_items: frozenset[str] = frozenset()
    meeting: Meeting | None = None
    solution: str | None = None
