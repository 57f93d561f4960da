"""Calendars as files: which weekdays a jurisdiction closes, with names, and a partnership's own days over them.

Adding a jurisdiction is adding a file. Those of Scotland and England are written by `calendar_generation`.
"""

from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints

from app.kernel.calendars import Calendar
from app.pathways.faults import Fault, PathwayFaults
from app.pathways.source import Source, read_source
from app.pathways.validation import validated


def _day(value: object) -> date:
    try:
        return date.fromisoformat(str(value))
    except ValueError:
        message = "it is not a real day written as in 2026-06-15."
        raise ValueError(message) from None


Day = Annotated[date, BeforeValidator(_day)]
Words = Annotated[str, StringConstraints(min_length=1, max_length=1000)]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class NamedDay(_Part):
    """A day and what people call it."""

    date: Day
    name: Words


class DayToConfirm(_Part):
    """A day on which good sources disagree, so that a partnership must say whether it is closed."""

    date: Day
    why: Words


class CalendarFile(_Part):
    """A calendar file: the jurisdiction's closed days with their source, then the partnership's own."""

    key: Words
    title: Words
    jurisdiction: Words
    source: Words = Field(description="Where the closed days come from.")
    closed_days: list[NamedDay] = Field(min_length=1)
    confirm: list[DayToConfirm] = Field([], description="Days on which sources disagree.")
    added: list[NamedDay] = Field([], description="Local days on which the partnership is closed.")
    removed: list[NamedDay] = Field([], description="Closed days on which the partnership works.")

    def calendar(self) -> Calendar:
        """Return the calendar to count in, with the local days applied."""
        base = Calendar(self.key, self.title, _dates(self.closed_days), self.source)
        return base.with_local(_dates(self.added), _dates(self.removed))


def load_calendars(folder: Path) -> dict[str, Calendar]:
    """Return the calendars of a folder by key. Raises PathwayFaults with every fault in every file."""
    return {key: file.calendar() for key, file in read_calendar_files(folder).items()}


def read_calendar_files(folder: Path) -> dict[str, CalendarFile]:
    """Return the calendar files of a folder by key, for their names, sources and days to confirm.

    Raises PathwayFaults with every fault in every file, or when there is none.
    """
    files: dict[str, CalendarFile] = {}
    faults: list[Fault] = []
    for path in sorted(folder.glob("*.yaml")):
        try:
            files[path.stem] = _read(path)
        except PathwayFaults as found:
            faults.extend(found.faults)
    if not files and not faults:
        faults.append(Fault(folder.name, 1, "No calendar is here.", "Put a calendar file in this folder."))
    if faults:
        raise PathwayFaults(faults)
    return files


def _read(path: Path) -> CalendarFile:
    source = read_source(path, f"{path.parent.name}/{path.name}")
    file = validated(CalendarFile, source)
    if faults := list(_contradictions(file, source, path.stem)):
        raise PathwayFaults(faults)
    return file


def _contradictions(file: CalendarFile, source: Source, stem: str) -> Iterator[Fault]:
    if file.key != stem:
        yield source.fault(("key",), f"The key is “{file.key}” and the file is “{stem}”.", "Name both alike.")
    yield from _twice("closed_days", file.closed_days, source)
    yield from _twice("added", file.added, source)
    yield from _twice("removed", file.removed, source)
    closed = _dates(file.closed_days)
    for place, day in enumerate(file.added):
        if day.date in closed:
            yield source.fault(("added", place), f"{day.date} is closed already.", "Take it out.")
    for place, day in enumerate(file.removed):
        if day.date not in closed:
            mend = "Correct the date, or take it out."
            yield source.fault(("removed", place), f"{day.date} is not one of the closed days.", mend)


def _twice(field: str, days: Sequence[NamedDay], source: Source) -> Iterator[Fault]:
    seen: set[date] = set()
    for place, day in enumerate(days):
        if day.date in seen:
            yield source.fault((field, place), f"{day.date} stands here a second time.", "Keep one of the two.")
        seen.add(day.date)


def _dates(days: Sequence[NamedDay]) -> frozenset[date]:
    return frozenset(day.date for day in days)
