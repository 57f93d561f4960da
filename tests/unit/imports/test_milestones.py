from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.imports.columns import Column, match_columns
from app.imports.imported import Milestone
from app.imports.milestones import plan_journal
from app.imports.rows import Accepted, judge_row
from app.imports.sheets import Row
from app.pathways.facts import State
from tests.unit.imports.building import RULES, a_row

STAGES = (
    "received", "awaiting_assessment", "assessment", "recommended", "panel_scheduled", "funding", "approved", "ordered", "works",
    "installed", "review", "on_hold", "completed", "signposted", "not_proceeding", "refused",
)  # fmt: skip
MISSING = {
    "direct_access": {"awaiting_assessment", "assessment", "recommended", "panel_scheduled", "funding"},
    "moderate": {"panel_scheduled"},
    "complex": set[str](),
}
MOVES = {
    "screen": {"received": ("awaiting_assessment", "approved")},
    "signpost": {"received": ("signposted",)},
    "start_assessment": {"awaiting_assessment": ("assessment",)},
    "recommend": {"assessment": ("recommended",)},
    "approve_funding": {"funding": ("approved",)},
    "place_order": {"approved": ("ordered",)},
    "start_works": {"ordered": ("works",)},
    "complete_works": {"ordered": ("installed",), "works": ("installed",)},
    "pass_check": {"installed": ("review",)},
    "record_outcome": {"review": ("completed",)},
    "refuse": {"received": ("refused",), "recommended": ("refused",)},
    "panel_refuse": {"panel_scheduled": ("refused",)},
    "close_not_proceeding": dict.fromkeys(STAGES[:12], ("not_proceeding",)),
}


class SmallPathway:
    """A pathway with the shape of the real one, small enough to see through."""

    states = frozenset(
        State(tier, stage) for tier, missing in MISSING.items() for stage in STAGES if stage not in missing
    )

    def destinations(self, state, action, resume_stage=None):
        targets = (State(state.tier, stage) for stage in MOVES.get(action, {}).get(state.stage, ()))
        return [target for target in targets if target in self.states]


PATHWAY = SmallPathway()
COLUMNS = match_columns(tuple(Column))


def case_of(**changes):
    cells = a_row(first_contact="01/02/2025", **changes)
    verdict = judge_row(Row(2, tuple(cells.get(column, "") for column in Column)), COLUMNS, RULES, claimed=())
    assert isinstance(verdict, Accepted), verdict
    return verdict.case


def plan(tier="moderate", **changes):
    return plan_journal(case_of(**changes), PATHWAY, tier=tier)


def steps(planned):
    return [(event.action, event.to.stage, event.occurred_on.isoformat()) for event in planned.events]


def test_a_row_with_a_first_contact_alone_waits_for_screening():
    planned = plan()
    assert steps(planned) == [("contact_made", "received", "2025-02-01"), ("log_referral", "received", "2025-02-01")]
    assert planned.events[0].from_ is None
    assert not any(event.journey_unknown for event in planned.events)


def test_every_event_begins_where_the_one_before_it_ended():
    events = plan(
        screened="02/02/2025", assessed="03/02/2025", recommended="04/02/2025", approved="05/02/2025", ordered="06/02/2025",
        works_started="07/02/2025", works_completed="08/02/2025", checked="09/02/2025", closed="10/02/2025", outcome="adapted",
    ).events  # fmt: skip
    assert [event.milestone for event in events] == [m for m in Milestone if m is not Milestone.PANEL_DATE]
    assert [event.from_ for event in events[1:]] == [event.to for event in events[:-1]]
    assert [event.to.stage for event in events] == [
        "received", "received", "awaiting_assessment", "assessment", "recommended", "approved", "ordered", "works",
        "installed", "review", "completed",
    ]  # fmt: skip
    assert [event.milestone for event in events if event.journey_unknown] == [Milestone.APPROVED]
    assert [event.milestone for event in events if event.solution] == [Milestone.WORKS_COMPLETED]
    assert (events[-1].outcome, events[-1].ends) == ("adapted", True)


def test_a_tier_that_nobody_assesses_is_approved_when_it_is_screened():
    planned = plan("direct_access", screened="02/02/2025", ordered="03/02/2025", works_completed="04/02/2025")
    assert [event.to.stage for event in planned.events] == ["received", "received", "approved", "ordered", "installed"]
    assert not any(event.journey_unknown for event in planned.events)


def test_a_milestone_without_a_day_is_not_invented_but_named():
    planned = plan(screened="02/02/2025", ordered="09/02/2025")
    event = planned.final
    assert steps(planned)[2:] == [
        ("screen", "awaiting_assessment", "2025-02-02"),
        ("place_order", "ordered", "2025-02-09"),
    ]
    assert event.journey_unknown
    assert event.without_day == (Milestone.ASSESSED, Milestone.RECOMMENDED, Milestone.APPROVED)


def test_a_case_screened_without_a_day_says_so():
    event = plan("direct_access", ordered="09/02/2025").final
    assert (event.journey_unknown, event.without_day) == (True, (Milestone.SCREENED, Milestone.APPROVED))


def test_works_that_nobody_dated_the_start_of_are_no_gap_for_the_pathway_allows_it():
    event = plan("direct_access", screened="02/02/2025", ordered="03/02/2025", works_completed="09/02/2025").final
    assert not event.journey_unknown


def test_a_case_closed_before_its_check_was_dated_says_what_is_missing():
    event = plan(
        "direct_access", screened="02/02/2025", ordered="03/02/2025", works_completed="04/02/2025", closed="05/02/2025"
    ).final
    assert (event.to.stage, event.journey_unknown, event.without_day) == ("completed", True, (Milestone.CHECKED,))


def test_a_panel_day_moves_a_complex_case_only():
    complex_case = plan("complex", recommended="03/02/2025", panel_date="04/02/2025")
    assert complex_case.final.to == State("complex", "panel_scheduled")
    assert complex_case.doubts == ()
    moderate = plan("moderate", screened="02/02/2025", panel_date="04/02/2025")
    assert (moderate.final.action, moderate.final.to.stage) == ("schedule_for_panel", "awaiting_assessment")
    assert not moderate.final.journey_unknown
    assert [doubt.split(":")[0] for doubt in moderate.doubts] == ["Panel date"]


def test_a_panel_decision_after_which_nothing_is_dated_is_a_doubt():
    planned = plan("complex", panel_date="04/02/2025", panel_decision="agreed")
    assert planned.final.to.stage == "panel_scheduled"
    assert [doubt.split(":")[0] for doubt in planned.doubts] == ["Panel decision"]


def test_an_assessment_of_a_tier_without_one_keeps_its_day_and_does_not_move_the_case():
    planned = plan("direct_access", screened="02/02/2025", assessed="03/02/2025")
    assert planned.final.to.stage == "approved"
    assert planned.final.occurred_on == date(2025, 2, 3)
    assert [doubt.split(":")[0] for doubt in planned.doubts] == ["Assessed"]


@pytest.mark.parametrize(
    ("changes", "action", "stage", "outcome", "doubts"),
    [
        ({"outcome": "adapted", "works_completed": "02/02/2025"}, "record_outcome", "completed", "adapted", 0),
        ({"works_completed": "02/02/2025"}, "record_outcome", "completed", "adapted", 0),
        ({"outcome": "who knows", "works_completed": "02/02/2025"}, "record_outcome", "completed", None, 1),
        ({"outcome": "adapted"}, "record_outcome", "completed", "adapted", 1),
        ({"outcome": "rehoused"}, "record_outcome", "completed", "rehoused", 1),
        ({"outcome": "other solution"}, "record_outcome", "completed", "other_solution", 1),
        ({"outcome": "advice only"}, "signpost", "signposted", "advice_only", 0),
        ({"outcome": "refused"}, "refuse", "refused", "refused", 0),
        ({"outcome": "withdrawn"}, "close_not_proceeding", "not_proceeding", "withdrawn", 0),
        ({"outcome": "died", "works_completed": "02/02/2025"}, "close_not_proceeding", "not_proceeding", "died", 1),
        ({}, "close_not_proceeding", "not_proceeding", None, 1),
        ({"outcome": "who knows"}, "close_not_proceeding", "not_proceeding", None, 2),
    ],
)
def test_a_closed_case_ends_as_its_outcome_says(changes, action, stage, outcome, doubts):
    planned = plan(closed="10/02/2025", **changes)
    event = planned.final
    assert (event.action, event.to.stage, event.outcome, event.ends) == (action, stage, outcome, True)
    assert len(planned.doubts) == doubts


def test_only_works_completed_puts_a_solution_in_place_for_no_other_day_is_known():
    assert not any(event.solution for event in plan(closed="10/02/2025", outcome="rehoused").events)
    assert [e.solution for e in plan(works_completed="02/02/2025", closed="10/02/2025", outcome="rehoused").events] == [
        None, None, "adapted", None,
    ]  # fmt: skip


def test_a_refusal_at_the_panel_is_the_panels():
    event = plan(
        "complex", panel_date="04/02/2025", panel_decision="refused", closed="05/02/2025", outcome="refused"
    ).final
    assert (event.action, event.journey_unknown) == ("panel_refuse", False)


def test_an_end_that_may_come_from_anywhere_names_no_missing_milestones():
    event = plan(screened="02/02/2025", assessed="03/02/2025", closed="05/02/2025", outcome="advice only").final
    assert (event.journey_unknown, event.without_day) == (True, ())


def test_an_open_case_has_no_end():
    assert not any(event.ends for event in plan(screened="02/02/2025").events)


def test_a_hold_stands_between_the_milestones_and_does_not_move_the_case():
    planned = plan(
        screened="02/02/2025",
        hold_from="03/02/2025",
        hold_to="08/02/2025",
        assessed="05/02/2025",
        recommended="08/02/2025",
    )
    assert steps(planned)[2:] == [
        ("screen", "awaiting_assessment", "2025-02-02"),
        ("hold", "awaiting_assessment", "2025-02-03"),
        ("start_assessment", "assessment", "2025-02-05"),
        ("resume", "assessment", "2025-02-08"),
        ("recommend", "recommended", "2025-02-08"),
    ]
    assert [event.hold for event in planned.events] == [None, None, None, "opens", None, "closes", None]
    assert not any(event.journey_unknown for event in planned.events)


def test_a_hold_of_one_day_begins_before_it_ends_and_ends_before_the_case_does():
    one_day = {"hold_from": "02/02/2025", "hold_to": "02/02/2025", "closed": "02/02/2025", "outcome": "withdrawn"}
    assert [event.action for event in plan(screened="02/02/2025", **one_day).events] == [
        "contact_made", "log_referral", "screen", "hold", "resume", "close_not_proceeding",
    ]  # fmt: skip


def test_a_hold_that_goes_on_leaves_the_case_on_hold_and_remembers_its_stage():
    event = plan(screened="02/02/2025", hold_from="02/02/2025").final
    assert (event.to.stage, event.resume_stage, event.hold, event.milestone) == (
        "on_hold",
        "awaiting_assessment",
        "opens",
        None,
    )


def test_the_doubts_of_the_row_come_with_the_plan():
    assert len(plan(cost="about £5", panel_date="02/02/2025").doubts) == 2


DAYS = st.dates(date(2025, 2, 1), date(2025, 2, 12)).map(date.isoformat) | st.just("")


@given(
    tier=st.sampled_from([*MISSING]),
    days=st.lists(DAYS, min_size=11, max_size=11),
    outcome=st.sampled_from(["", "adapted", "rehoused", "died", "refused", "nonsense", "advice only"]),
    hold=st.tuples(DAYS, DAYS),
)
def test_any_accepted_row_gives_a_journal_that_could_be_written(tier, days, outcome, hold):
    in_order = iter(sorted(day for day in days if day))
    values = {m.value: next(in_order) if day else "" for m, day in zip([*Milestone][1:], days, strict=True)}
    case = case_of(**values, outcome=outcome, hold_from=hold[0], hold_to=hold[1])
    events = plan_journal(case, PATHWAY, tier=tier).events
    assert events[0].from_ is None
    assert [event.from_ for event in events[1:]] == [event.to for event in events[:-1]]
    assert [event.occurred_on for event in events] == sorted(event.occurred_on for event in events)
    assert [event.milestone for event in events if event.milestone] == [milestone for milestone, _ in case.milestones]
    assert all(event.to in PATHWAY.states for event in events)
    assert [event.ends for event in events[:-1]] == [False] * (len(events) - 1)
    assert [event.hold for event in events if event.hold] == ["opens", "closes"][
        : sum(event.hold is not None for event in events)
    ]
