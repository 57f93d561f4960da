"""What an adaptation in a home can be marked as, and when."""

from dataclasses import dataclass
from datetime import date

import pytest

from app.provision.marking import check_mark

TODAY = date(2026, 3, 20)


@dataclass(frozen=True)
class Item:
    reusable: bool = True
    mark: str | None = None
    marked_on: date | None = None
    installed_on: date = date(2026, 3, 2)


@pytest.mark.parametrize(
    ("item", "mark", "day", "code"),
    [
        # Seen on a visit today.
        (Item(), "still_in_use", 20, None),
        # On the day it was put in.
        (Item(), "still_in_use", 2, None),
        # The day before it was put in, it was not there.
        (Item(), "removed", 1, "before_installation"),
        # Nobody has seen tomorrow.
        (Item(), "removed", 21, "in_the_future"),
        # Marks go forward in time.
        (Item(mark="still_in_use", marked_on=date(2026, 3, 10)), "removed", 9, "before_last_mark"),
        (Item(mark="still_in_use", marked_on=date(2026, 3, 10)), "removed", 10, None),
        # Still in use can be seen again and again; removed is news once.
        (Item(mark="still_in_use", marked_on=date(2026, 3, 10)), "still_in_use", 12, None),
        (Item(mark="removed", marked_on=date(2026, 3, 10)), "removed", 12, "marked_already"),
        # A mistake is put right by another mark.
        (Item(mark="removed", marked_on=date(2026, 3, 10)), "still_in_use", 12, None),
        # A shower stays where it is.
        (Item(reusable=False), "for_recycling", 12, "not_reusable"),
        (Item(reusable=False), "recycled", 12, "not_reusable"),
        (Item(reusable=False), "removed", 12, None),
        # A stairlift finds another home.
        (Item(mark="for_recycling", marked_on=date(2026, 3, 10)), "recycled", 12, None),
    ],
)
def test_a_mark_is_given_when_it_can_be_true(item: Item, mark: str, day: int, code: str | None) -> None:
    wrong = check_mark(item, mark, date(2026, 3, day), today=TODAY)
    assert (wrong.code if wrong else None) == code
    if wrong is not None:
        assert wrong.message.endswith(".")
        assert (wrong.field == "marked_on") == (code not in ("marked_already", "not_reusable"))
