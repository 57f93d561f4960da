"""What leads a case off its ordinary way: holds, other solutions, refusals, changes of tier."""

from typing import Final

from app.access.roles import Role
from app.demo import words
from app.demo.chapters import MANAGER, OFFICER, next_chapter, way
from app.demo.panel_chapters import COORDINATOR, assents
from app.demo.steps import InDays, OnTheDay
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


def refused_first(t: Teller) -> None:
    """The case is refused, and an appeal brings it back."""
    reach(t, "assessment")
    refuse(t)
    appeal(t)
    reasons = "We have looked at everything again, and the need is there."
    t.take("uphold_appeal", Role.SERVICE_MANAGER.value, "assessment", t.days(5, 22), reasons=reasons)


def rehousing_failed(t: Teller) -> None:
    """A move is looked for and does not come about."""
    reach(t, "assessment")
    speak(t)
    recommend_rehousing(t)
    t.take("rehousing_failed", OFFICER, "assessment", t.days(30, 110), reason="No suitable home came up.")


def reopened(t: Teller) -> None:
    """The case has ended once before it goes its way."""
    if t.likely(0.5):
        signpost(t)
    else:
        close(t, "withdrawn")
    t.take("reopen", OFFICER, "received", t.days(10, 60), reason=t.pick(words.REOPENED))
