"""Whatever happens to a case, its totals are those that can be read off its journal."""

from collections import Counter
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from tests.unit.provision.journeys import Told, complete, corrected, folded, order, quote, recommend, snag, start

SOURCES = ("hra", "rsl_adaptations_grant", "self_funded")
amounts = st.decimals(min_value=0, max_value=99_999, places=2).map(str)
paid = st.lists(st.tuples(st.sampled_from(SOURCES), amounts), max_size=4)
happenings = st.lists(
    st.one_of(
        st.tuples(st.just("order"), amounts),
        st.tuples(st.just("complete"), paid),
        st.sampled_from([("snag", None), ("start", None), ("quote", None), ("recommend", None), ("note", None)]),
    ),
    max_size=25,
)


def told(what: str, said: object) -> Told:
    if what == "complete":
        assert isinstance(said, list)
        return complete(1, *said)
    plain = {
        "order": order(1, price=said),
        "snag": snag(1),
        "start": start(1),
        "quote": quote(1, "Testcase Joiners", "5.00"),
        "recommend": recommend(1, "To wash alone"),
        "note": corrected(1, 9_999, "price", "1.00"),
    }
    return plain[what]


@given(happenings)
def test_costs_by_source_are_those_of_each_orders_last_completion(happened: list[tuple[str, object]]) -> None:
    found = folded(*(told(*one) for one in happened))
    # Read off the journal by hand: an order's cost is what was said the last time that it was said.
    last: list[list[tuple[str, str]]] = []
    for what, said in happened:
        if what == "order" or (what in ("complete", "start") and not last):
            last.append([])
        if what == "complete" and said:
            assert isinstance(said, list)
            last[-1] = said
    expected: Counter[str] = Counter()
    for rows in last:
        for source, pounds in rows:
            expected[source] += Decimal(pounds)  # type: ignore[assignment] # a Counter adds whatever can be added
    assert {cost.source: cost.amount for cost in found.costs} == expected
    assert (found.final_cost or Decimal(0)) == sum(expected.values())
    assert sum(order.final_cost or 0 for order in found.orders) == sum(expected.values())


@given(happenings)
def test_every_order_and_every_snag_of_the_journal_is_there_once(happened: list[tuple[str, object]]) -> None:
    found = folded(*(told(*one) for one in happened))
    counted = Counter(what for what, _ in happened)
    ordered = [one for one in found.orders if one.ordered_on is not None]
    assert (len(ordered), len(found.snags), len(found.quotes)) == (counted["order"], counted["snag"], counted["quote"])
    assert len({one.adaptation for one in found.placed}) == len(found.placed)
