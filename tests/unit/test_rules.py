"""How a state follows from its journal, where it is easy to get wrong."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from app.cases.rules import CaseState, Event, begin, replay
from app.pathways.facts import State

START = datetime(2026, 3, 2, 12, tzinfo=UTC)
FIRST = Event(
    sequence=1,
    kind="moved",
    action="log_referral",
    from_=None,
    to=State("moderate", "received"),
    custody_id=1,
    occurred_at=START,
    actor_id=7,
    organisation_id=1,
    effects={
        "stage_group": "intake",
        "sets": {
            "proposed_tier": "moderate",
            "consent_to_share": True,
            "first_contact_on": "2026-03-01",
            "pathway_version": 1,
        },
    },
)


def after(previous: Event, *, days: int = 1, **changes: Any) -> Event:
    plain = {
        "sequence": previous.sequence + 1,
        "from_": previous.to,
        "occurred_at": previous.occurred_at + timedelta(days=days),
        "effects": {"stage_group": "intake"},
        "details": {},
    }
    return replace(previous, **{**plain, **changes})


def state_of(*events: Event) -> CaseState:
    state = replay(events)
    assert state is not None
    return state


def test_a_hold_that_an_extract_tells_of_does_not_start_the_stage_again() -> None:
    approved = after(FIRST, kind="milestone_imported", to=State("moderate", "approved"))
    opens = after(
        approved,
        kind="milestone_imported",
        effects={"stage_group": "delivering", "hold": "opens", "hold_details": {"cause": "other", "waits_on": "other"}},
    )
    closes = after(opens, kind="milestone_imported", effects={"stage_group": "delivering", "hold": "closes"})
    state = state_of(FIRST, approved, opens, closes)
    assert state.memory["entered"]["approved"] == approved.occurred_at.isoformat()
    assert state.memory["holds"][0]["to"] == closes.occurred_at.isoformat()


def test_coming_back_from_a_hold_does_not_start_the_stage_again() -> None:
    hold = {"hold": "opens", "hold_details": {"cause": "weather", "waits_on": "weather"}, "resume_stage": "received"}
    held = after(FIRST, to=State("moderate", "on_hold"), effects={"stage_group": "held", **hold})
    back = after(held, to=FIRST.to, effects={"stage_group": "intake", "hold": "closes"})
    assert state_of(FIRST, held, back).memory["entered"]["received"] == START.isoformat()


def test_a_corrected_time_counts_from_the_start_and_the_newest_correction_of_it() -> None:
    works = {"stage_group": "checking", "clock": "stops", "solution": "adapted"}
    done = after(FIRST, days=9, to=State("moderate", "installed"), effects=works)
    first, second = (START + timedelta(days=d) for d in (4, 6))
    corrections = [
        after(
            done,
            kind="corrected",
            action=None,
            details={"field": "occurred_at", "sequence": 2, "now": first.isoformat()},
        )
    ]
    corrections.append(
        after(corrections[0], details={"field": "occurred_at", "sequence": 2, "now": second.isoformat()})
    )
    assert state_of(FIRST, done, *corrections).solution_at == second


def test_a_snag_takes_the_solution_back_until_the_works_are_done_again() -> None:
    works = {"stage_group": "checking", "clock": "stops", "solution": "adapted"}
    done = after(FIRST, to=State("moderate", "installed"), effects=works)
    snag = after(done, to=State("moderate", "works"), effects={"stage_group": "delivering", "clock": "restarts"})
    again = after(snag, to=State("moderate", "installed"), effects=works)
    assert state_of(FIRST, done, snag).solution_at is None
    assert state_of(FIRST, done, snag, again).solution_at == again.occurred_at


def test_who_declines_a_handover_is_no_longer_party_and_who_holds_the_case_always_is() -> None:
    offered = after(FIRST, kind="handover_offered", action=None, effects={"joins": [2]})
    declined = after(offered, kind="handover_declined", effects={"leaves": [2, 1]})
    assert state_of(FIRST, offered).party_ids == (1, 2)
    assert state_of(FIRST, offered, declined).party_ids == (1,)


def test_the_first_event_alone_makes_a_whole_state() -> None:
    assert begin(FIRST).sequence == 1
    assert begin(FIRST).received_at == START
