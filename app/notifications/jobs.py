"""What the worker does: jobs with a name, by the clock or when something has put one in (`app.kernel.jobs.defer`)."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from app.cases.casework import Casework
from app.kernel.clock import Clock
from app.kernel.database import Database
from app.settings import Settings


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """What a job works with: the database as the schema's owner, casework as it is now, its arguments, the settings."""

    db: Database
    casework: Casework
    clock: Clock
    args: Mapping[str, Any] = field(default_factory=dict)
    settings: Settings = field(default_factory=Settings)

    @property
    def now(self) -> datetime:
        """The present moment."""
        return self.clock.now()

    @property
    def today(self) -> date:
        """The day it is for the people concerned."""
        return self.casework.timekeeper.day(self.now)


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """A job. `cron` says when it runs (five fields, UTC), None for one that runs only when it is put in.

    Running it twice must do no harm: a worker that is killed leaves its job to be run again. `run` answers with numbers
    for the log.
    """

    key: str
    title: str
    run: Callable[[Work], Awaitable[Mapping[str, Any]]] = field(repr=False)
    cron: str | None = None
