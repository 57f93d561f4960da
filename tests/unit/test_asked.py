"""Addresses of the worklist: read as they were written, and nothing in them can break the page."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.cases.asked import FILTERS, address_of, read_query
from app.cases.filters import Filters
from app.cases.lists import LISTS
from app.cases.orders import ORDERS
from app.cases.worklist import Wanted
from app.kernel.problems import Unprocessable

values = st.text(min_size=1, max_size=20).map(str.strip).filter(lambda text: text and "\x00" not in text)
wanteds = st.builds(
    Wanted,
    list=st.sampled_from([None, *LISTS]),
    order=st.sampled_from(list(ORDERS)),
    filters=st.builds(
        Filters,
        **{name: st.none() | values for name in FILTERS if name != "on_hold"},
        on_hold=st.none() | st.booleans(),
    ),
)


@given(wanteds)
def test_an_address_is_read_as_it_was_written(wanted: Wanted) -> None:
    asked = read_query(address_of(wanted).partition("?")[2])
    assert (asked.wanted, asked.faults) == (wanted, ())
    assert read_query(asked.query).wanted == wanted


@given(st.text(max_size=300).filter(lambda text: text.count("&") < 100))
def test_whatever_is_in_an_address_can_be_read(query: str) -> None:
    asked = read_query(query)
    again = read_query(asked.query)
    assert (again.wanted, again.view, again.found) == (asked.wanted, asked.view, asked.found)


def test_more_than_any_address_of_ours_has_is_refused() -> None:
    with pytest.raises(Unprocessable):
        read_query("&a=1" * 101)


@pytest.mark.parametrize(
    ("query", "faults"),
    [
        ("list=mine&sort=name&on_hold=true", []),
        ("list=gone", ["/list"]),
        ("sort=gone&on_hold=perhaps", ["/sort", "/on_hold"]),
        ("list=&tier=&sort=", []),  # what was left empty in the form
    ],
)
def test_what_cannot_be_is_named(query: str, faults: list[str]) -> None:
    assert [fault.pointer for fault in read_query(query).faults] == faults


def test_a_place_is_part_of_an_address_and_of_no_form() -> None:
    asked = read_query("list=team&tier=complex&cursor=abc&found=x")
    assert asked.address(cursor="next") == "/worklist?list=team&tier=complex&found=x&cursor=next"
    assert "cursor" not in asked.query
    assert list(asked.carried("tier")) == [("list", "team"), ("found", "x")]


def test_a_view_is_as_it_was_kept_until_the_address_says_otherwise() -> None:
    kept = Wanted(list="team", order="due", filters=Filters(on_hold=False, tier="complex"))
    plain = read_query("view=7&cursor=abc").of_view(kept)
    assert (plain.wanted, plain.as_kept, plain.query) == (kept, True, "view=7")
    assert plain.shown == {"on_hold": "false", "tier": "complex"}
    changed = read_query("view=7&list=team&tier=moderate").of_view(kept)
    assert not changed.as_kept
    assert changed.wanted == Wanted(list="team", filters=Filters(tier="moderate"))
