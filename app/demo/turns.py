"""What leads a case off its ordinary way: holds, other solutions, refusals, changes of tier, and its ends."""

from collections.abc import Callable, Mapping
from typing import Final

from app.access.roles import Role
from app.demo import words
from app.demo.chapters import COORDINATOR, MANAGER, OFFICER, assents, assign, finished, next_chapter, received, way
from app.demo.steps import InDays, Mend, OnTheDay
from app.demo.teller import Teller

_HOLDABLE: Final = ("assessment", "feasibility", "funding", "ordered", "works")
_OVERDUE_REVIEW_DAYS: Final = 14
THERAPIST: Final = Role.SENIOR_OCCUPATIONAL_THERAPIST.value


def reach(t: Teller, stage: str) -> None:
    """Lead the case along its ordinary way to a stage, with what happens beside it."""
    stops = [name for name in way(t) if name in _HOLDABLE and name != stage]
    held_at = t.pick(stops) if t.turn("held") and stops else None
    while t.stage != stage:
        next_chapter(t)
        if t.stage == held_at:
            pause(t, t.pick([hold.reason for hold in words.HOLDS]))
            held_at = None
        elif t.stage != stage and t.likely(0.2):
            _aside(t)


def _aside(t: Teller) -> None:
    if t.likely(0.4):
        t.jot(t.anyone(Role.HOUSING_OFFICER), "note_added", {"note": t.pick(words.NOTES)}, t.days(0, 3))
    else:
        details = {"with_whom": "the person", "channel": t.pick(("phone", "letter")), "summary": t.pick(words.CONTACTS)}
        t.jot(OFFICER, "contact_made", details, t.days(0, 3))


def hold(t: Teller, reason: str) -> None:
    """The case has to wait for something or somebody."""
    wait = next(wait for wait in words.HOLDS if wait.reason == reason)
    answers = {"reason": wait.reason, "waits_on": wait.waits_on, "evidence": wait.evidence}
    review = InDays(_OVERDUE_REVIEW_DAYS if t.turn("past_review") else 56)
    t.left = t.stage
    t.take("hold", OFFICER, "on_hold", t.days(1, 10), **answers, review_on=review)


def pause(t: Teller, reason: str) -> None:
    """The case is put on hold and goes on after a while."""
    hold(t, reason)
    t.take("resume", OFFICER, t.left, t.days(5, 40), note="The wait is over.")


def speak(t: Teller) -> None:
    """A conversation, where there has been none."""
    if not t.spoken:
        t.converse(t.assessor or THERAPIST, t.days(1, 6))


def refuse(t: Teller) -> None:
    """The service, the panel or the funder says no."""
    if t.stage == "funding":
        t.take("refuse_funding", Role.FUNDING_OFFICER.value, "refused", t.days(3, 15), reasons=words.FUNDING_REFUSED)
    elif t.stage == "panel_scheduled":
        assents(t)
        t.take("panel_refuse", COORDINATOR, "refused", 0, reasons=words.REFUSAL_REASONS[2][1], right_to_appeal=True)
    else:
        code, reasons = t.pick(words.REFUSAL_REASONS)
        answers = {"reason_codes": [code], "reasons": reasons, "right_to_appeal": True}
        t.take("refuse", t.pick((MANAGER, THERAPIST)), "refused", t.days(1, 8), **answers)


def appeal(t: Teller) -> None:
    """The person does not agree."""
    grounds = t.pick(words.GROUNDS)
    t.take("appeal", t.pick((OFFICER, "referrer")), "appeal", t.days(3, 12), grounds=grounds, received_on=OnTheDay())


def close(t: Teller, reason: str) -> None:
    """The case stops for a reason that lies with the person or the referral."""
    note = words.CLOSING_NOTES[reason]
    t.take("close_not_proceeding", OFFICER, "not_proceeding", t.days(2, 20), reason=reason, note=note)


def signpost(t: Teller) -> None:
    """Advice is all that is needed."""
    advice, services = t.pick(words.ADVICE), t.pick(words.SERVICES)
    t.take("signpost", OFFICER, "signposted", t.days(0, 4), advice=advice, services=services)


def recommend_rehousing(t: Teller) -> None:
    """Another home would suit the person better."""
    t.take(
        "recommend_rehousing",
        t.pick((THERAPIST, "occupational_therapist")),
        "rehousing",
        t.days(2, 12),
        reason="The stairs cannot be made safe, and the person wishes to live nearer to the family.",
        needs_of_new_home="Ground floor, level access, a shower without a step, near the bus.",
    )


def recommend_other_solution(t: Teller) -> None:
    """Equipment, technology or reablement will do it."""
    t.goals = ["To make my own tea"]
    t.take(
        "recommend_other_solution",
        t.assessor or "assessor",
        "other_solution",
        t.days(1, 10),
        solutions=[t.pick(("equipment", "technology", "reablement"))],
        description="A perching stool, a trolley for the kitchen, and three visits to practise.",
        goals=[{"goal": goal} for goal in t.goals],
    )


def escalate(t: Teller) -> None:
    """The situation is more complex than the tier allows for."""
    reach(t, "ordered" if t.tier == "direct_access" else "assessment")
    reason = t.pick(words.ESCALATED)
    t.take("escalate", OFFICER, "awaiting_assessment", t.days(2, 10), tier=t.outline.tier, reason=reason)
    t.turns_out(t.outline.tier)


def step_down(t: Teller) -> None:
    """The situation turns out simpler than the tier."""
    reach(t, "assessment")
    to = "approved" if t.outline.tier == "direct_access" else "awaiting_assessment"
    t.take("step_down", MANAGER, to, t.days(2, 10), tier=t.outline.tier, reason=words.STEPPED_DOWN)
    t.turns_out(t.outline.tier)


def _refused_first(t: Teller) -> None:
    reach(t, "assessment")
    refuse(t)
    appeal(t)
    reasons = "We have looked at everything again, and the need is there."
    t.take("uphold_appeal", Role.SERVICE_MANAGER.value, "assessment", t.days(5, 22), reasons=reasons)


def _rehousing_failed(t: Teller) -> None:
    reach(t, "assessment")
    speak(t)
    recommend_rehousing(t)
    t.take("rehousing_failed", OFFICER, "assessment", t.days(30, 110), reason="No suitable home came up.")


def _reopened(t: Teller) -> None:
    if t.likely(0.5):
        signpost(t)
    else:
        close(t, "withdrawn")
    t.take("reopen", OFFICER, "received", t.days(10, 60), reason=t.pick(words.REOPENED))


def begin(t: Teller) -> None:
    """The referral, and what comes before the case goes its way to where it stands."""
    received(t)
    if t.turn("reopened"):
        _reopened(t)
    if t.tier != t.outline.tier:
        (escalate if t.turn("escalated") else step_down)(t)
    if t.tier == "direct_access" or t.provided_directly:
        return
    if t.turn("refused_first"):
        _refused_first(t)
    if t.turn("rehousing_failed"):
        _rehousing_failed(t)


def _to_rehousing(t: Teller) -> None:
    reach(t, "panel_scheduled" if t.turn("panel") else t.pick(("assessment", "recommended")))
    speak(t)
    recommend_rehousing(t)


def _to_other_solution(t: Teller) -> None:
    reach(t, "assessment")
    speak(t)
    recommend_other_solution(t)


def _to_hold(t: Teller) -> None:
    assert t.outline.reason is not None
    reach(t, t.outline.at or "received")
    hold(t, t.outline.reason)


def _to_refusal(t: Teller) -> None:
    reach(t, t.outline.at or "received")
    refuse(t)
    if t.likely(0.6):
        appeal(t)
        dismissed = "We have looked at everything again. The first decision stands."
        t.take("dismiss_appeal", Role.SERVICE_MANAGER.value, "refused", t.days(5, 22), reasons=dismissed)


def _to_appeal(t: Teller) -> None:
    reach(t, "received" if t.tier == "direct_access" else "assessment")
    refuse(t)
    appeal(t)


def _to_closing(t: Teller) -> None:
    assert t.outline.reason is not None
    reach(t, t.outline.at or "received")
    close(t, t.outline.reason)


def _to_completion(t: Teller) -> None:
    assessed = t.tier != "direct_access" and not t.turn("direct_provision")
    if assessed and t.turn("rehousing"):
        _to_rehousing(t)
        t.take("rehoused", OFFICER, "review", t.days(30, 140), moved_on=OnTheDay())
    elif assessed and t.turn("other_solution"):
        _to_other_solution(t)
        t.take("provide_other_solution", t.assessor or "assessor", "review", t.days(3, 18), provided_on=OnTheDay())
    reach(t, "completed")


_ENDINGS: Final[Mapping[str, Callable[[Teller], None]]] = {
    "rehousing": _to_rehousing,
    "other_solution": _to_other_solution,
    "on_hold": _to_hold,
    "appeal": _to_appeal,
    "refused": _to_refusal,
    "not_proceeding": _to_closing,
    "signposted": signpost,
    "completed": _to_completion,
}


def tell(t: Teller) -> None:
    """Tell the story of an outline from its first step to its last."""
    begin(t)
    ending = _ENDINGS.get(t.outline.stage)
    if ending is not None:
        ending(t)
    else:
        reach(t, t.outline.stage)
    if t.stage == "works" and t.turn("snag"):
        finished(t)
    _loose_ends(t)


def _loose_ends(t: Teller) -> None:
    if t.turn("expired_training"):
        assign(t, "occupational_therapist.northburn")
    if t.turn("handover_waits"):
        t.offer(next(key for key in ("eastlaw", "glenmore") if key != t.custody), 1)
    completion = t.events.get("complete_works")
    if completion is not None and t.turn("corrected_time"):
        why = "The contractor's sheet shows an earlier day."
        t.add(OFFICER, Mend(sequence=completion, field="occurred_at", why=why), t.days(1, 6), lag=0)
    if t.turn("corrected_contact"):
        why = "The letter that came first was found in the post book."
        t.add(OFFICER, Mend(sequence=1, field="first_contact_on", why=why), t.days(1, 6), lag=0)
    order = t.events.get("place_order")
    if order is not None and t.turn("corrected_price"):
        mend = Mend(sequence=order, field="detail", detail="price", now=str(t.cost + 120), why="A digit was mistyped.")
        t.add(OFFICER, mend, t.days(1, 6), lag=0)
