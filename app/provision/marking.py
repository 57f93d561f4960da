"""Which marks an adaptation in a home can be given: pure."""

from dataclasses import dataclass
from datetime import date
from typing import Protocol


class Markable(Protocol):
    """What is asked of an item."""

    @property
    def installed_on(self) -> date:
        """Since when it is there."""

    @property
    def reusable(self) -> bool:
        """Whether it can be taken out and used again."""

    @property
    def mark(self) -> str | None:
        """Its newest mark."""

    @property
    def marked_on(self) -> date | None:
        """The day of its newest mark."""


@dataclass(frozen=True, slots=True)
class Wrong:
    """Why a mark cannot be given; `field` is the answer to mend, or None where the item itself forbids it."""

    code: str
    message: str
    field: str | None = None


USED_AGAIN = frozenset({"for_recycling", "recycled"})


def check_mark(item: Markable, mark: str, marked_on: date, *, today: date) -> Wrong | None:
    """Say why the item cannot be marked so on that day, or nothing.

    Something can be seen to be still in use any number of times; anything else is news only once.
    """
    if marked_on > today:
        return Wrong("in_the_future", "This cannot have been seen in the future.", "marked_on")
    if marked_on < item.installed_on:
        return Wrong(
            "before_installation", f"It was put in on {_said(item.installed_on)}. Look at the day.", "marked_on"
        )
    if item.marked_on is not None and marked_on < item.marked_on:
        return Wrong(
            "before_last_mark", f"The mark before is of {_said(item.marked_on)}. Look at the day.", "marked_on"
        )
    if mark in USED_AGAIN and not item.reusable:
        return Wrong("not_reusable", "This kind of adaptation stays with the home: it cannot be used again elsewhere.")
    if mark == item.mark and mark != "still_in_use":
        return Wrong("marked_already", "It is marked so already.")
    return None


def _said(day: date) -> str:
    return f"{day.day} {day:%B %Y}"
