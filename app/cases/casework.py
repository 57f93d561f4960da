"""What every action on a case works with, put together once by `app.main`.

Features above cases (panels, provision) add facts and follow moves through here, so that cases never import them.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Protocol

from app.cases.models import Case, Recorded
from app.cases.timekeeping import Timekeeper
from app.kernel.database import Session
from app.pathways.facts import Meeting
from app.pathways.loader import PathwayCatalogue


class MeetingSource(Protocol):
    """Finds the panel meeting that a decision is about."""

    async def meeting(self, session: Session, case: Case, details: Mapping[str, Any]) -> Meeting | None:
        """The meeting named in the details, locked, else the one the case is on."""

    async def upcoming(self, session: Session, today: date) -> Sequence[int]:
        """Meetings that can still take an item, soonest first."""

    async def described(self, session: Session, today: date) -> Sequence["MeetingNamed"]:
        """The same meetings as people tell them apart."""


@dataclass(frozen=True, slots=True)
class MeetingNamed:
    """A meeting by its day and place."""

    id: int
    held_on: date
    place: str | None


class Follower(Protocol):
    """Keeps a feature's own records in step with a move or a correction, in the same transaction."""

    async def followed(self, session: Session, case: Case, recorded: Recorded) -> None:
        """Called after the event is in the journal; `case` is as it was before."""


class NoMeetings:
    """A partnership without a panel."""

    async def meeting(self, session: Session, case: Case, details: Mapping[str, Any]) -> Meeting | None:
        """There is none."""
        del session, case, details
        return None

    async def upcoming(self, session: Session, today: date) -> Sequence[int]:
        """There is none."""
        del session, today
        return ()

    async def described(self, session: Session, today: date) -> Sequence[MeetingNamed]:
        """There is none."""
        del session, today
        return ()


@dataclass(frozen=True, slots=True)
class Casework:
    """The compiled pathways, the timekeeper and the features that take part in moves."""

    pathways: PathwayCatalogue
    timekeeper: Timekeeper
    default_pathway: str
    allow_test_numbers: bool = False
    meetings: MeetingSource = field(default_factory=NoMeetings)
    followers: tuple[Follower, ...] = ()
