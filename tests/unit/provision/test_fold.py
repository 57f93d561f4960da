"""What a journal says of orders, costs, snags, goals and surveys."""

from copy import deepcopy
from decimal import Decimal

import pytest

from app.provision.fold import provision_of
from app.provision.rules import Goal, Order, Placed, same_contractor
from tests.unit.provision.journeys import (
    WANTED,
    Told,
    check,
    complete,
    corrected,
    folded,
    journal,
    march,
    moved_in_time,
    order,
    outcome,
    quote,
    recommend,
    snag,
    start,
)


def only(*told: Told) -> Order:
    [found] = folded(*told).orders
    return found


@pytest.mark.parametrize(
    ("told", "state", "late"),
    [
        # Ordered, expected by the 20th, and today is the 25th: five days late so far.
        ([order(2)], "ordered", 5),
        # Begun in time, but begun is not finished.
        ([order(2), start(10)], "in_works", 5),
        # Finished on the last day: in time.
        ([order(2), start(10), complete(20)], "finished", 0),
        # Finished before it was expected: not early by a negative number, simply in time.
        ([order(2), complete(12)], "finished", 0),
        # Two days late.
        ([order(2), complete(22)], "finished", 2),
        # A contractor who came back for a snag was in time the first time.
        ([order(2), complete(20), snag(21), complete(24)], "finished", 0),
        # The person changed their mind: nothing is late any more.
        ([order(2), Told("close_not_proceeding", 21)], "given_up", None),
        # What seemed a simple rail became a complex case: the order no longer stands.
        ([order(2), Told("escalate", 5)], "given_up", None),
        # On hold is not given up.
        ([order(2), Told("hold", 5)], "ordered", 5),
        # Nothing was expected, so nothing is late.
        ([order(2, expected_finish=None)], "ordered", None),
    ],
)  # fmt: skip
def test_an_order_stands_where_its_case_left_it(told: list[Told], state: str, late: int | None) -> None:
    found = only(*told)
    assert (found.state, found.days_late(march(25))) == (state, late)


@pytest.mark.parametrize(
    ("told", "final", "variance"),
    [
        # Nobody has said yet what it cost.
        ([order(2)], None, None),
        # As agreed.
        ([order(2), complete(12, ("hra", "1000.00"))], "1000.00", "0.00"),
        # Two payers; together a little more than agreed.
        ([order(2), complete(12, ("grant", "800.00"), ("self_funded", "250.50"))], "1050.50", "50.50"),
        # Cheaper than agreed.
        ([order(2), complete(12, ("hra", "900.00"))], "900.00", "-100.00"),
        # After a snag the whole is reported anew: it is not counted twice.
        ([order(2), complete(12, ("hra", "1000.00")), snag(13), complete(15, ("hra", "1100.00"))], "1100.00", "100.00"),
        # Without an agreed price there is nothing to compare with.
        ([order(2, price=None), complete(12, ("hra", "1000.00"))], "1000.00", None),
    ],
)  # fmt: skip
def test_the_final_cost_is_held_against_the_price(told: list[Told], final: str | None, variance: str | None) -> None:
    found = only(*told)
    assert found.final_cost == (Decimal(final) if final else None)
    assert found.variance == (Decimal(variance) if variance else None)


def test_what_each_source_paid_is_added_up_over_the_orders_of_a_case() -> None:
    found = folded(
        order(1), complete(2, ("grant", "800.00"), ("self_funded", "200.00")), check(3), outcome(4),
        Told("reopen", 5), order(6), complete(7, ("self_funded", "50.25")),
    )  # fmt: skip
    assert [(cost.source, str(cost.amount)) for cost in found.costs] == [("grant", "800.00"), ("self_funded", "250.25")]
    assert found.final_cost == Decimal("1050.25")


def test_a_snag_is_open_until_the_works_are_completed_again_or_the_check_is_passed() -> None:
    still = folded(order(1), complete(2), snag(3))
    assert [one.what_is_wrong for one in still.open_snags] == ["It squeaks."]
    mended = folded(order(1), complete(2), snag(3), complete(5), snag(6, "It drips."), check(8))
    assert [(one.raised_on, one.closed_on) for one in mended.snags] == [(march(3), march(5)), (march(6), march(8))]
    assert mended.open_snags == ()


def test_a_fault_reported_on_another_pathway_is_a_snag_too() -> None:
    found = folded(order(1), complete(2), Told("raise_snag", 3, {"reason": "The lift stops half-way."}))
    assert [one.what_is_wrong for one in found.snags] == ["The lift stops half-way."]


@pytest.mark.parametrize(
    ("quotes", "contractor", "chosen"),
    [
        # One quote, and the order goes to who made it.
        ([("Testcase Joiners", "900.00")], "Testcase Joiners", [True]),
        # However it is written.
        ([("TESTCASE  joiners.", "900.00")], "Testcase Joiners", [True]),
        # The other contractor's quote was not taken.
        ([("Dummie Lifts", "950.00"), ("Testcase Joiners", "900.00")], "Testcase Joiners", [False, True]),
        # Of two by one contractor the newer one stands.
        ([("Testcase Joiners", "900.00"), ("Testcase Joiners", "850.00")], "Testcase Joiners", [False, True]),
        # Ordered from somebody who had made no quote.
        ([("Dummie Lifts", "950.00")], "Testcase Joiners", [False]),
    ],
)  # fmt: skip
def test_the_order_takes_the_quote_of_its_contractor(
    quotes: list[tuple[str, str]], contractor: str, chosen: list[bool]
) -> None:
    offers = [quote(day, *offer) for day, offer in enumerate(quotes, 1)]
    found = folded(*offers, order(9, contractor=contractor))
    assert [one.chosen_by == found.orders[0].sequence for one in found.quotes] == chosen


def test_a_quote_that_came_after_the_order_was_not_taken_by_it() -> None:
    assert folded(order(2), quote(3, "Testcase Joiners", "900.00")).quotes[0].chosen_by is None


def test_a_quote_lapses_unless_it_was_taken() -> None:
    [open_, taken] = folded(
        quote(1, "Dummie Lifts", "950.00", valid_until="2026-03-05"),
        quote(1, "Testcase Joiners", "900.00", valid_until="2026-03-05"),
        order(3),
    ).quotes
    assert (open_.lapsed(march(5)), open_.lapsed(march(6)), taken.lapsed(march(6))) == (False, True, False)


def test_each_goal_has_its_result() -> None:
    found = folded(recommend(1, "To wash alone", "To sleep upstairs"), outcome(9, to_wash_alone="met"))
    assert found.goals == (
        Goal(goal="To wash alone", agreed_on=march(1), result="met", asked_on=march(9)),
        Goal(goal="To sleep upstairs", agreed_on=march(1)),
    )


def test_a_result_for_a_goal_that_nobody_wrote_down_is_kept() -> None:
    [goal] = folded(outcome(9, to_sit_outside="partly_met")).goals
    assert (goal.goal, goal.agreed_on, goal.result) == ("to sit outside", None, "partly_met")


def test_a_second_recommendation_replaces_goals_that_nobody_was_asked_about() -> None:
    found = folded(
        recommend(1, "To wash alone"), outcome(3, To_wash_alone="met"),
        recommend(5, "To cook"), recommend(6, "To cook for two"),
    )  # fmt: skip
    assert [goal.goal for goal in found.goals] == ["To wash alone", "To cook for two"]


def test_what_was_put_in_place_are_the_items_of_the_order_since_its_first_completion() -> None:
    found = folded(order(1), complete(4), snag(5), complete(9))
    assert found.placed == (
        Placed(adaptation="stairlift", installed_on=march(4), organisation_id=1),
        Placed(adaptation="grab_rails", installed_on=march(4), organisation_id=1),
    )


def test_what_a_later_order_puts_in_again_is_there_since_then() -> None:
    found = folded(order(1), complete(4), check(5), order(7, items=["grab_rails"]), complete(8))
    assert {one.adaptation: one.installed_on for one in found.placed} == {
        "stairlift": march(4),
        "grab_rails": march(8),
    }


@pytest.mark.parametrize(
    ("told", "items"),
    [
        # An extract knows the day of the works and nothing of an order: what the case asked for.
        ([Told("complete_works", 4, {"cost": "90.00"}, {"solution": "adapted"}, "milestone_imported")], WANTED),
        # An order without items, as an extract has it.
        ([Told("place_order", 2, kind="milestone_imported"), complete(4)], WANTED),
        # What was recommended stands before what was asked for.
        ([recommend(1, "To get up", adaptations=["riser"]), complete(4)], ("riser",)),
        # Rehoused: nothing was put in.
        ([Told("move_home", 4, {}, {"solution": "rehoused"})], ()),
        # An order that was given up put nothing in.
        ([order(2), Told("close_not_proceeding", 3)], ()),
    ],
)  # fmt: skip
def test_works_that_nobody_ordered_by_item_put_in_what_was_wanted(told: list[Told], items: tuple[str, ...]) -> None:
    assert tuple(one.adaptation for one in folded(*told).placed) == items


def test_an_imported_cost_is_paid_by_the_source_that_the_extract_names() -> None:
    money = Told("approve_funding", 1, {"source": "hra"}, kind="milestone_imported")
    works = Told("complete_works", 4, {"cost": "90.00"}, {"solution": "adapted"}, "milestone_imported")
    assert [(cost.source, str(cost.amount)) for cost in folded(money, works).costs] == [("hra", "90.00")]
    assert [(cost.source, str(cost.amount)) for cost in folded(works).costs] == [(None, "90.00")]


def test_corrections_of_times_and_days_count() -> None:
    told = (order(2), complete(12))
    by_time = only(*told, moved_in_time(20, 2, 11))
    by_detail = only(*told, corrected(20, 2, "finished_on", "2026-03-10"))
    assert (by_time.finished_on, by_detail.finished_on) == (march(11), march(10))


@pytest.mark.parametrize(
    ("detail", "now", "counts", "expected"),
    [
        ("contractor", "Dummie Lifts", True, {"contractor": "Dummie Lifts"}),
        ("price", "£1,250.50", True, {"price": Decimal("1250.50")}),
        ("items", "stairlift, handrails", True, {"items": ("stairlift", "handrails")}),
        ("expected_finish", "2026-03-30", True, {"expected_finish": march(30)}),
    ],
)
def test_a_corrected_detail_of_an_order_counts(
    detail: str, now: str, *, counts: bool, expected: dict[str, object]
) -> None:
    found = folded(order(2), corrected(5, 1, detail, now))
    assert [(remark.detail, remark.now, remark.counts) for remark in found.remarks] == [(detail, now, counts)]
    for name, value in expected.items():
        assert getattr(found.orders[0], name) == value


@pytest.mark.parametrize(
    ("paid", "now", "final"),
    [
        # One row: a person writes the amount.
        ([("hra", "1000.00")], "990", "990.00"),
        # Several rows: a program sends them all.
        (
            [("hra", "900.00"), ("self_funded", "100.00")],
            '[{"source": "hra", "amount": "1000.00"}, {"source": "self_funded", "amount": "50.00"}]',
            "1050.00",
        ),
        # Several rows, and words that cannot be told apart: what stood there goes on to count.
        ([("hra", "900.00"), ("self_funded", "100.00")], "990", "1000.00"),
    ],
)  # fmt: skip
def test_a_corrected_cost_counts_where_it_can_be_read(paid: list[tuple[str, str]], now: str, final: str) -> None:
    found = folded(order(2), complete(5, *paid), corrected(6, 2, "final_cost", now))
    assert found.final_cost == Decimal(final)
    assert found.remarks[0].counts == (final != "1000.00")


def test_the_newest_of_two_corrections_counts() -> None:
    told = (order(2), corrected(5, 1, "price", "1100.00"), corrected(6, 1, "price", "1200.00"))
    assert only(*told).price == Decimal("1200.00")


def test_a_correction_of_something_else_is_no_remark_here() -> None:
    note = Told("note_added", 1, {"note": "Key with the neighbour."}, kind="note_added")
    assert folded(note, corrected(2, 1, "note", "Key with the warden.")).remarks == ()


def test_a_survey_is_shown_as_it_was_asked() -> None:
    answers = [{"question": "helped", "asked": "Has it helped?", "answer": "a_lot", "said": "A lot"}]
    details = {"survey": 3, "given_by": "carer", "how": "visit", "answered_on": "2026-03-08", "answers": answers}
    [survey] = folded(Told("survey_answered", 9, details, kind="survey_answered")).surveys
    assert (survey.version, survey.given_by, survey.how, survey.answered_on) == (3, "carer", "visit", march(8))
    assert [(answer.asked, answer.said) for answer in survey.answers] == [("Has it helped?", "A lot")]


def test_an_event_that_holds_anything_is_lived_through() -> None:
    odd = Told("place_order", 2, {"price": True, "items": "rails", "contractor": 7, "expected_finish": "soon"})
    paid = Told("complete_works", 3, {"final_cost": ["?", {"amount": "much"}]}, {"solution": "adapted"})
    found = folded(odd, paid, Told("record_outcome", 4, {"results": [{"goal": 1}]}))
    assert (found.orders[0].price, found.orders[0].items, found.final_cost) == (None, WANTED, None)


def test_folding_leaves_the_journal_as_it_was() -> None:
    events = journal(order(2), corrected(5, 1, "price", "1.00"))
    before = deepcopy(events)
    assert provision_of(events, adaptations=WANTED, day_of=lambda moment: moment.date()).remarks
    assert events == before


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [("A. Smith Ltd.", "a smith ltd", True), ("A Smith", "A Smith & Sons", False), ("", "", True)],
)
def test_contractors_are_told_apart_by_their_words(one: str, other: str, *, same: bool) -> None:
    assert same_contractor(one, other) is same
