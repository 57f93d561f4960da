"""The calendars, targets and time zone of a partnership, put together once so that moves can be timed."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from app.cases.deadlines import Deadlines, Targets, deadlines
from app.cases.rules import CaseState
from app.kernel.calendars import Calendar
from app.kernel.clock import LONDON, local_date, noon
from app.pathways.loader import PathwayCatalogue


@dataclass(frozen=True, slots=True)
class Timekeeper:
    """Gives deadlines for any case of the partnership."""

    pathways: PathwayCatalogue
    calendars: Mapping[str, Calendar]
    zone: ZoneInfo = LONDON

    def calendar(self, pathway_key: str, version: int) -> Calendar:
        """The calendar that a pathway counts in."""
        return self.calendars[self.pathways.get(pathway_key, version).calendar_key]

    def deadlines(self, pathway_key: str, state: CaseState) -> Deadlines:
        """What is due when for a case in this state."""
        pathway = self.pathways.get(pathway_key, state.pathway_version)
        targets = Targets(
            stage=pathway.target(state.tier, state.stage, state.priority, state.fast_track),
            end_to_end=pathway.end_to_end_target(state.tier),
        )
        return deadlines(state, targets, self.calendars[pathway.calendar_key], self.zone)

    def day(self, moment: datetime) -> date:
        """The day a moment falls on for the people concerned."""
        return local_date(moment, self.zone)

    def moment_on(self, day: date, *, now: datetime, previous: datetime | None) -> datetime:
        """The moment to give to an event of which only the day is known.

        Midday, but never later than now, and on the day of the case's previous event never before that event. A day
        before the previous event's stays midday: the journal will refuse it, which is right.
        """
        moment = min(noon(day, self.zone), now) if day == self.day(now) else noon(day, self.zone)
        if previous is not None and day == self.day(previous):
            return max(moment, previous)
        return moment
