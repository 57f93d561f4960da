"""How stories end: each outline's last stage, and how a case comes to stand there."""

from collections.abc import Callable, Mapping
from typing import Final

from app.access.roles import Role
from app.demo.chapters import OFFICER, assign, finished, received
from app.demo.steps import Mend, OnTheDay
from app.demo.teller import Teller
from app.demo.turns import (
    appeal,
    close,
    escalate,
    hold,
    reach,
    recommend_other_solution,
    recommend_rehousing,
    refuse,
    refused_first,
    rehousing_failed,
    reopened,
    signpost,
    speak,
    step_down,
)


def begin(t: Teller) -> None:
    """The referral, and what comes before the case goes its way to where it stands."""
    received(t)
    if t.turn("reopened"):
        reopened(t)
    if t.tier != t.outline.tier:
        (escalate if t.turn("escalated") else step_down)(t)
    if t.tier == "direct_access" or t.provided_directly:
        return
    if t.turn("refused_first"):
        refused_first(t)
    if t.turn("rehousing_failed"):
        rehousing_failed(t)


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
