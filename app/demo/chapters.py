"""The ordinary way of a case, chapter by chapter: each one leads a story to the next stage."""

from collections.abc import Callable, Mapping
from typing import Final

from app.access.roles import Role
from app.demo import cast, words
from app.demo.panel_chapters import agreed, on_agenda, to_panel
from app.demo.provision_chapters import afterwards, quotes
from app.demo.steps import Assignment, InDays, Log, OnTheDay, Reply
from app.demo.teller import Teller

Days = Mapping[str, tuple[int, int]]
"""Tier -> from so many working days to so many."""

_UNTIL_ASSESSED: Final[Days] = {"non_complex": (2, 14), "moderate": (6, 46), "complex": (6, 44)}
_ASSESSING: Final[Days] = {"non_complex": (0, 7), "moderate": (2, 15), "complex": (5, 28)}
_FEASIBILITY: Final[Days] = {"moderate": (8, 48), "complex": (15, 58)}
_UNTIL_WORKS: Final[Days] = {
    "direct_access": (1, 9), "non_complex": (3, 16), "moderate": (8, 36), "complex": (30, 90),
}  # fmt: skip
_WORKS: Final[Days] = {"direct_access": (0, 2), "non_complex": (1, 5), "moderate": (2, 9), "complex": (15, 55)}
_WHO_LOGS: Final = (
    "referrer", "referrer", "referrer.eastlaw", "housing_officer", "housing_officer.northburn", "assessor",
    "occupational_therapist", "housing_officer.clydeview",
)  # fmt: skip
_BY_LANDLORD: Final = {"rsl_tenant": ("housing_officer", "referrer"), "council_tenant": ("assessor", "referrer")}
_ASSESSORS: Final = {
    "non_complex": ("assessor", "assessor", "occupational_therapist", "assessor.glenmore"),
    "moderate": ("occupational_therapist", "occupational_therapist.eastlaw", "senior_occupational_therapist"),
    "complex": ("senior_occupational_therapist", "occupational_therapist", "occupational_therapist.eastlaw"),
}
OFFICER: Final = Role.HOUSING_OFFICER.value
MANAGER: Final = Role.TEAM_MANAGER.value


def received(t: Teller) -> None:
    """The referral is logged."""
    t.add(who := t.pick((*_WHO_LOGS, *_BY_LANDLORD.get(t.tenure, ()))), Log())
    t.custody = cast.HOME[who]
    t.parties = {t.custody}
    t.stage = "received"


def screened(t: Teller) -> None:
    """The referral is read, the tier chosen, and the case sent on."""
    officer = t.anyone(Role.HOUSING_OFFICER)
    if not t.consent:
        details = {"share_with_partners": True, "recorded_on": OnTheDay(), "given_by": "the person"}
        t.jot(OFFICER, "consent_recorded", details, t.days(1, 6), sets={"consent_to_share": True})
        t.consent = True
    answers = {"tier": t.tier, "priority": t.priority, "eligibility": t.priority}
    if t.tier != t.pathway.propose_tier(t.need.adaptations, t.need.flags).tier:
        answers["tier_reason"] = words.TIER_REASONS[1]
    if t.outline.fast_track:
        answers["fast_track"] = t.outline.fast_track
    directly = t.turn("direct_provision") and t.tier == t.outline.tier == "moderate"
    t.provided_directly = directly
    to = "approved" if directly or t.tier == "direct_access" else "awaiting_assessment"
    t.take("screen", officer, to, t.days(0, 4), **answers, **({"direct_provision": True} if directly else {}))


def assessing(t: Teller) -> None:
    """Somebody with the training is found, perhaps in another organisation, and begins."""
    if t.turn("declined") and t.custody != "eastlaw":
        t.offer("eastlaw", t.days(0, 2))
        t.add("occupational_therapist", Reply(accepts=False, reason="Our list is closed until the first of the month."))
    if t.tier in {"moderate", "complex"} and t.likely(0.7):
        t.hand_over("eastlaw")
    if t.assessor not in _ASSESSORS[t.tier]:
        assign(t, t.pick(_ASSESSORS[t.tier]))
    assert t.assessor is not None
    t.take("start_assessment", t.assessor, "assessment", t.days(*_UNTIL_ASSESSED[t.tier]))


def assign(t: Teller, login: str) -> None:
    """The case is given to somebody, whose organisation is party to it from then on."""
    t.add(t.pick((MANAGER, OFFICER)), Assignment(login), t.days(0, 4))
    t.joins(login)
    t.assessor = login


def recommended(t: Teller) -> None:
    """The conversation, and what follows from it."""
    _recommend(t)
    if t.turn("returned") and "return_recommendation" not in t.events:
        t.take("return_recommendation", MANAGER, "assessment", t.days(0, 3), what_is_missing=t.pick(words.MISSING))
        _recommend(t)


def _recommend(t: Teller) -> None:
    assert t.assessor is not None
    if not t.spoken:
        t.converse(t.assessor, t.days(0, 3))
    t.goals = [t.need.goal]
    first, second = t.rng.sample(words.WHY_NOT, 2)
    t.take(
        "recommend",
        t.assessor,
        "recommended",
        t.days(*_ASSESSING[t.tier]),
        goals=[{"goal": t.need.goal}],
        adaptations=list(t.need.adaptations),
        alternatives=[{"alternative": alternative, "why_not": why} for alternative, why in (first, second)],
    )


def approved_recommendation(t: Teller) -> None:
    """A manager who had no part in it agrees; where it leads depends on the tier."""
    to = "feasibility" if "feasibility" in way(t) else "funding"
    step = {"next_step": to} if t.tier == "moderate" else {}
    t.take("approve_recommendation", MANAGER, to, t.days(0, 4), decision_note=t.pick(words.DECISION_NOTES), **step)


def feasible(t: Teller) -> None:
    """Visit, drawings and consents are done."""
    warrant = t.tier == "complex"
    t.take(
        "complete_feasibility",
        t.pick((t.anyone(Role.TECHNICAL_OFFICER), "senior_occupational_therapist")),
        "funding",
        t.days(*_FEASIBILITY[t.tier]),
        specification=f"Drawing {t.rng.randint(1, 40)}, revision {t.pick('AB')}, with the standard specification.",
        consent="not_needed" if t.tenure == "owner_occupier" else "given",
        warrant_needed=warrant,
        **({"warrant_state": t.pick(("granted", "applied"))} if warrant else {}),
    )


def funded(t: Teller) -> None:
    """The money is found."""
    source, level = t.paid_by
    t.take(
        "approve_funding",
        t.anyone(Role.FUNDING_OFFICER),
        "approved",
        t.days(2, 16),
        source=source,
        amount=str(t.cost),
        reference=f"DEMO-{t.rng.randint(1000, 9999)}",
        **({"level": level} if level else {}),
    )


def ordered(t: Teller) -> None:
    """Whoever sees to the works takes the case over, and orders."""
    if t.likely(0.55):
        t.hand_over(cast.LANDLORDS.get(t.tenure, "glenmore"))
    t.placer = t.pick((t.anyone(Role.HOUSING_OFFICER), t.anyone(Role.TECHNICAL_OFFICER)))
    start = 7 + 2 * _UNTIL_WORKS[t.tier][0]
    wait, contractor = t.days(0, 6), t.pick(words.CONTRACTORS)
    quotes(t, contractor)
    t.take(
        "place_order",
        t.placer,
        "ordered",
        wait,
        contractor=contractor,
        items=list(t.need.adaptations),
        price=str(t.cost),
        expected_start=InDays(start),
        expected_finish=InDays(start + 2 * _WORKS[t.tier][1]),
    )


def begun(t: Teller) -> None:
    """The contractor begins."""
    who = t.anyone(Role.TECHNICAL_OFFICER)
    t.take("start_works", who, "works", t.days(*_UNTIL_WORKS[t.tier]), started_on=OnTheDay())


def finished(t: Teller) -> None:
    """The works are finished. A fault may bring the contractor back."""
    _finish(t, _WORKS[t.tier] if t.stage == "works" else _UNTIL_WORKS[t.tier])
    if t.turn("snag"):
        t.take("raise_snag", "technical_officer", "works", t.days(1, 8), what_is_wrong=t.pick(words.SNAGS))
        if t.outline.stage != "works":
            _finish(t, (1, 12))


def _finish(t: Teller, days: tuple[int, int]) -> None:
    who = t.anyone(Role.TECHNICAL_OFFICER)
    t.take("complete_works", who, "installed", t.days(*days), finished_on=OnTheDay(), final_cost=t.shares())
    t.solution = "adapted"


def checked(t: Teller) -> None:
    """Somebody who did not place the order makes sure that the works are safe."""
    others = [who for who in (t.assessor, "technical_officer", "occupational_therapist") if who not in (None, t.placer)]
    who = t.pick(others) or "assessor"
    name = next(member.name for member in cast.MEMBERS if member.login == who)
    t.take("pass_check", who, "review", t.days(1, 15), checked_by=name, safe=True, fit_for_purpose=True)


def completed(t: Teller) -> None:
    """The person is asked about each goal."""
    results = ("met", "met", "met", "partly_met", "no_longer_wanted")
    answers = {
        "results": [{"goal": goal, "result": t.pick(results)} for goal in t.goals or [t.need.goal]],
        "satisfaction": t.rng.choices(
            ("very_satisfied", "satisfied", "neither", "dissatisfied", "not_answered"), weights=(45, 35, 8, 5, 7)
        )[0],
        "what_changed": t.pick(words.CHANGED),
    }
    t.take("record_outcome", t.anyone(Role.HOUSING_OFFICER), "completed", t.days(5, 28), **answers)
    afterwards(t)


def way(t: Teller) -> tuple[str, ...]:
    """The stages that the case goes through in order, as its tier stands now."""
    if t.tier == "direct_access" or t.provided_directly:
        first: tuple[str, ...] = ("received", "approved")
    else:
        study = t.tier == "complex" or (t.tier == "moderate" and t.needs_feasibility)
        panel = ("panel_referred", "panel_scheduled") if t.goes_to_panel and t.tier == "complex" else ()
        deciding = (*(("feasibility",) if study else ()), *panel, "funding")
        first = ("received", "awaiting_assessment", "assessment", "recommended", *deciding, "approved")
    # Small works are often reported when they are done.
    works = () if t.skips_works and t.tier in {"direct_access", "non_complex"} else ("works",)
    return (*first, "ordered", *works, "installed", "review", "completed")


_LEADING_FROM: Final[Mapping[str, Callable[[Teller], None]]] = {
    "received": screened,
    "awaiting_assessment": assessing,
    "assessment": recommended,
    "recommended": approved_recommendation,
    "panel_referred": on_agenda,
    "panel_scheduled": agreed,
    "funding": funded,
    "approved": ordered,
    "works": finished,
    "installed": checked,
    "review": completed,
}


def next_chapter(t: Teller) -> None:
    """Lead the story one stage on along its way."""
    if t.stage == "feasibility":
        (to_panel if "panel_referred" in way(t) else feasible)(t)
    elif t.stage == "ordered":
        (begun if "works" in way(t) else finished)(t)
    else:
        _LEADING_FROM[t.stage](t)
