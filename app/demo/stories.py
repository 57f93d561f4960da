"""Turns outlines into stories: whose they are, what is needed, who referred them, and every step."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from random import Random
from typing import Final

from app.demo import cast
from app.demo.endings import tell
from app.demo.needs import NEEDS, Need
from app.demo.outlines import Outline, Turn, programme
from app.demo.people import Resident, resident
from app.demo.steps import Judge, Step, Story
from app.demo.teller import Teller
from app.pathways.pathway import CompiledPathway

_TENURES: Final = {"owner_occupier": 38, "rsl_tenant": 30, "council_tenant": 22, "private_rented": 8, "other": 2}
_REFERRERS: Final = (
    "the person", "the person", "carer", "district nurse", "housing officer", "GP", "hospital discharge team",
    "third sector",
)  # fmt: skip
_FIRST_STORIES: Final[dict[Turn, tuple[str, str]]] = {
    "unresolved_repeat": ("moderate", "works"),
    "separate_repeat": ("moderate", "installed"),
    "linked_repeat": ("complex", "works"),
}
"""A repeat -> tier and stage of the case that was there first."""


def stories(pathway: CompiledPathway, count: int, *, today: date) -> list[Story]:
    """Tell `count` stories: the same for the same day."""
    rng = Random(f"demo partnership of {today.isoformat()}")  # noqa: S311 - nothing here is secret
    outlines = programme(pathway, count, rng)
    told: list[Story] = []
    for number, outline in enumerate(outlines):
        first = _first_story(outline, outlines)
        told.append(_story(number, outline, pathway, told[first] if first is not None else None, rng, today))
        if first is not None:
            told[first] = replace(told[first], logged_before=number)
    return told


def _first_story(outline: Outline, outlines: Sequence[Outline]) -> int | None:
    """The number of the story about the same person that began before this one."""
    for turn, (tier, stage) in _FIRST_STORIES.items():
        if turn in outline.turns:
            return next(n for n, other in enumerate(outlines) if (other.tier, other.stage) == (tier, stage))
    return None


def _story(
    number: int, outline: Outline, pathway: CompiledPathway, first: Story | None, rng: Random, today: date
) -> Story:
    tier = _first_tier(outline, pathway)
    tenure = first.resident.home.tenure if first else _tenure(outline, rng)
    need = _need(outline, tier, rng)
    t = Teller(outline, need, tier=tier, tenure=tenure, pathway=pathway, rng=rng)
    tell(t)
    steps = list(t.steps)
    if first is not None and "unresolved_repeat" not in outline.turns:
        steps.insert(1, _judgement(outline, first.number))
    return Story(
        number=number,
        resident=first.resident if first else _resident(number, need, tenure, today),
        need=need,
        consent="no_consent" not in outline.turns,
        referrer=rng.choice(_REFERRERS),
        first_contact=rng.choice((0, 0, 0, 1, 1, 2, 3, 6)),
        steps=tuple(steps),
        rest=_rest(t, rng) if pathway.is_open(t.stage) else None,
    )


def _resident(number: int, need: Need, tenure: str, today: date) -> Resident:
    landlord = cast.LANDLORDS.get(tenure)
    name = next((o.name for o in cast.ORGANISATIONS if o.key == landlord), None)
    return resident(number, tenure=tenure, landlord=name, child_on=today if "child" in need.flags else None)


def _first_tier(outline: Outline, pathway: CompiledPathway) -> str:
    order = list(pathway.definition.tiers)
    place = order.index(outline.tier)
    if "escalated" in outline.turns and place > 0:
        return order[place - 1]
    if "stepped_down" in outline.turns and place < len(order) - 1:
        return order[place + 1]
    return outline.tier


def _tenure(outline: Outline, rng: Random) -> str:
    drawn = rng.choices(list(_TENURES), weights=list(_TENURES.values()))[0]
    return "rsl_tenant" if "direct_provision" in outline.turns else drawn


def _need(outline: Outline, tier: str, rng: Random) -> Need:
    if "direct_provision" in outline.turns and tier == "moderate":
        return NEEDS["moderate"][0]
    if "unlike_proposal" in outline.turns:
        tiers = list(NEEDS)
        tier = tiers[tiers.index(tier) - 1]
    return rng.choice(NEEDS[tier])


def _judgement(outline: Outline, other: int) -> Step:
    if "linked_repeat" in outline.turns:
        judge = Judge(other, "linked", "The same bathroom: to be looked at together.")
    else:
        judge = Judge(other, "separate", "Another need of the same person: both go on.")
    return Step(who="housing_officer", deed=judge, wait=1)


def _rest(t: Teller, rng: Random) -> int:
    """How long an open case has been where it is: most in time, some due soon, some late."""
    if t.stage == "on_hold":
        return rng.randint(15, 30) if t.turn("past_review") else rng.randint(2, 20)
    if t.stage == "panel_scheduled":
        return rng.randint(1, 3)
    target = t.pathway.target(t.tier, t.stage, t.priority, t.outline.fast_track)
    most = target.working_days if target is not None and target.working_days else 10
    share = rng.choices((rng.uniform(0.1, 0.75), rng.uniform(0.8, 1.0), rng.uniform(1.1, 1.7)), weights=(60, 20, 20))[0]
    return max(1, round(most * share))
