"""What the demo's tests share: a moment, and casework put together as the service does."""

from dataclasses import dataclass
from datetime import UTC, datetime

from app.cases.casework import Casework
from app.cases.timekeeping import Timekeeper
from app.panels.meetings import PanelFollower, PanelMeetings
from app.pathways.calendar_files import load_calendars
from app.pathways.loader import load_pathways
from app.provision.homes import HomeFollower
from app.settings import Settings

AFTERNOON = datetime(2026, 3, 19, 15, 30, tzinfo=UTC)


@dataclass(frozen=True)
class FixedClock:
    """A clock that stands still."""

    moment: datetime

    def now(self) -> datetime:
        return self.moment


def casework(settings: Settings) -> Casework:
    """Casework with panels over the shipped pathways."""
    calendars = load_calendars(settings.pathways_dir / "calendars")
    pathways = load_pathways(settings.pathways_dir, calendars)
    timekeeper = Timekeeper(pathways, calendars)
    return Casework(
        pathways=pathways,
        timekeeper=timekeeper,
        default_pathway=pathways.default_key,
        meetings=PanelMeetings(),
        followers=(PanelFollower(timekeeper), HomeFollower(timekeeper)),
    )
