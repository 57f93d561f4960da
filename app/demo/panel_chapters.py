"""The chapters at the panel: referred, put on an agenda, perhaps deferred, and agreed."""

from typing import Final

from app.access.roles import Role
from app.demo import cast, words
from app.demo.steps import Assent, InDays, NextMeeting
from app.demo.teller import Teller

COORDINATOR: Final = Role.PANEL_COORDINATOR.value


def to_panel(t: Teller) -> None:
    """There is no straightforward solution."""
    t.take(
        "refer_to_panel",
        t.pick(("senior_occupational_therapist", "occupational_therapist")),
        "panel_referred",
        t.days(2, 14),
        why_no_straightforward_solution="The only downstairs room has no drainage, and the stair cannot take a lift.",
        options_exhausted="Two homes were offered and did not suit; equipment was tried for two months.",
    )


def on_agenda(t: Teller) -> None:
    """The coordinator finds a meeting; once, perhaps, the panel has to see the case a second time."""
    last = t.outline.stage == "panel_scheduled"
    deferred = t.turn("deferred")
    # What waits for its meeting today waits for one that is still to come, but for the one that is not agreed on.
    meeting = NextMeeting(ahead=last and not t.turn("dissent"), quorate=not deferred)
    t.take("schedule_for_panel", COORDINATOR, "panel_scheduled", t.days(0, 3), meeting=meeting)
    if deferred:
        needed, whom = t.pick(words.DEFERRALS)
        answers = {"what_is_needed": needed, "from_whom": whom, "by_when": InDays(21)}
        t.take("panel_defer", COORDINATOR, "panel_referred", 0, **answers)
        t.take("schedule_for_panel", COORDINATOR, "panel_scheduled", t.days(5, 15), meeting=NextMeeting())
    if last and t.turn("dissent"):
        assents(t, dissenting="clydeview")


def assents(t: Teller, dissenting: str | None = None) -> None:
    """Every organisation on the panel agrees, or all but one that wants to know more."""
    for organisation, member in cast.panel_voices().items():
        against = organisation == dissenting
        reasons = "The cost to the landlord is not settled yet." if against else None
        t.add(member.login, Assent(assents=not against, reasons=reasons), lag=0, at_meeting=True)


def agreed(t: Teller) -> None:
    """The panel agrees; on a condition where it had to see the case twice."""
    assents(t)
    conditions = {"conditions": "The landlord agrees to the change of use."} if t.turn("deferred") else {}
    t.take(
        "panel_agree",
        COORDINATOR,
        "funding",
        0,
        solution="The works as drawn, with a smaller shower room than first planned.",
        reasons="It meets the person's goals, and no suitable home is within reach of the carer.",
        review_on=InDays(180),
        **conditions,
    )
