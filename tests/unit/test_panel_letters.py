"""Letters about a panel's decision say what was decided, why, and what can be done, and name nobody else."""

from datetime import date

import pytest

from app.panels.letters import Told, draft
from app.panels.wording import DECISIONS

AGREED = {
    "solution": "A shower room on the ground floor.",
    "conditions": "typed",
    "reasons": "It meets your goals.",
    "review_on": "2026-09-01",
}


def told(decision: str = "agreed", **more: object) -> Told:
    known: dict[str, object] = {
        "person": "Nettie Sample",
        "reference": "HS-000001-B",
        "panel": "Complex cases panel",
        "decided_on": date(2026, 6, 3),
        "decision": decision,
        "details": {},
        "appeal_days": 28,
    }
    return Told(**{**known, **more})  # type: ignore[arg-type]


@pytest.mark.parametrize("decision", sorted(set(DECISIONS) - {"withdrawn", "moved"}))
def test_every_decision_has_its_own_words(decision: str) -> None:
    letter = draft(told(decision))
    assert letter.startswith(
        "Dear Nettie Sample,\n\nThe complex cases panel looked at your case HS-000001-B on 3 June 2026."
    )
    others = {draft(told(other)) for other in DECISIONS if other not in ("withdrawn", "moved", decision)}
    assert letter not in others


def test_only_a_refusal_tells_how_to_appeal_and_until_when() -> None:
    assert "Tell us by 1 July 2026" in draft(told("refused"))
    assert all(
        "appeal" not in draft(told(other)) for other in DECISIONS if other not in ("withdrawn", "moved", "refused")
    )
    assert "appeal" not in draft(told("refused", appeal_days=None))


def test_conditions_are_listed_with_their_days_and_typed_ones_as_they_were_typed() -> None:
    conditions = [("The landlord agrees.", date(2026, 7, 1))]
    letter = draft(told("agreed_with_conditions", details=AGREED, conditions=conditions))
    assert "* The landlord agrees. (by 1 July 2026)" in letter
    assert "typed" not in letter
    assert "The conditions: typed" in draft(told("agreed_with_conditions", details=AGREED))
    assert "What will be done: A shower room on the ground floor." in letter
    assert "Why: It meets your goals." in letter
    assert "We will look at it again on 1 September 2026." in letter


def test_who_was_asked_for_more_is_not_named_to_the_person() -> None:
    details = {"what_is_needed": "A drawing.", "from_whom": "Doctor Dummie", "by_when": "2026-06-20"}
    letter = draft(told("deferred", details=details))
    assert "What we need: A drawing. We have asked for it by 20 June 2026." in letter
    assert "Dummie" not in letter
