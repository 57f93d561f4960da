"""Which stories the demo tells: one for every open stage of every tier and for every end, then others at random."""

from collections.abc import Iterator
from dataclasses import dataclass
from random import Random
from typing import Final, Literal

from app.demo.words import HOLDS
from app.pathways.pathway import CompiledPathway

Turn = Literal[
    "snag", "returned", "deferred", "declined", "handover_waits", "no_consent", "unresolved_repeat", "linked_repeat",
    "separate_repeat", "corrected_time", "corrected_contact", "corrected_price", "direct_provision", "panel", "dissent",
    "rehousing", "other_solution", "rehousing_failed", "escalated", "stepped_down", "refused_first", "reopened",
    "expired_training", "past_review", "unlike_proposal", "held",
]  # fmt: skip
"""Something out of the ordinary on the way."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outline:
    """A case of this tier (in the end) that now stands at `stage`.

    `reason` says why: of a hold, of closing. `at` is the stage at which a hold, a refusal or a closing came.
    """

    tier: str
    stage: str
    reason: str | None = None
    at: str | None = None
    turns: frozenset[Turn] = frozenset()
    fast_track: str | None = None


_CLOSED: Final = (
    ("withdrawn", "non_complex", "awaiting_assessment"),
    ("died", "complex", "feasibility"),
    ("moved_away", "moderate", "assessment"),
    ("lost_contact", "direct_access", "received"),
    ("declined_contribution", "moderate", "funding"),
    ("declined_works", "moderate", "approved"),
    ("duplicate", "non_complex", "received"),
)
_HELD_AT: Final = (
    ("non_complex", "assessment"), ("moderate", "feasibility"), ("moderate", "ordered"), ("complex", "feasibility"),
    ("moderate", "assessment"), ("moderate", "funding"), ("complex", "works"),
)  # fmt: skip


def programme(pathway: CompiledPathway, count: int, rng: Random) -> list[Outline]:
    """Give `count` outlines, the ones that must not be missing first. The same for the same seed."""
    told = [*_every_open_stage(pathway), *_every_end(), *_turns_of_events()]
    while len(told) < count:
        told.append(_ordinary(rng))
    return told[:count]


def _every_open_stage(pathway: CompiledPathway) -> Iterator[Outline]:
    holds = iter(HOLDS)
    for state in sorted(pathway.states):
        if not pathway.is_open(state.stage):
            continue
        if pathway.stage_group(state.stage) == "held":
            at = {"direct_access": "ordered", "complex": "feasibility"}.get(state.tier, "assessment")
            turns: frozenset[Turn] = frozenset({"past_review"}) if state.tier == "moderate" else frozenset()
            yield Outline(tier=state.tier, stage=state.stage, reason=next(holds).reason, at=at, turns=turns)
        else:
            yield Outline(tier=state.tier, stage=state.stage)


def _every_end() -> Iterator[Outline]:
    for tier in ("direct_access", "non_complex", "moderate", "complex"):
        yield Outline(tier=tier, stage="completed")
    yield Outline(tier="moderate", stage="completed", turns=frozenset({"rehousing"}))
    yield Outline(tier="non_complex", stage="completed", turns=frozenset({"other_solution"}))
    yield Outline(tier="direct_access", stage="signposted")
    for reason, tier, at in _CLOSED:
        yield Outline(tier=tier, stage="not_proceeding", reason=reason, at=at)
    yield Outline(tier="moderate", stage="refused", at="assessment")


def _turns_of_events() -> Iterator[Outline]:
    yield from _repeats()
    yield from _panel()
    yield from _changes_of_course()
    for wait, (tier, at) in zip(HOLDS[4:], [*_HELD_AT, *_HELD_AT], strict=False):
        late: frozenset[Turn] = frozenset({"past_review"}) if wait.reason in {"budget", "weather"} else frozenset()
        yield Outline(tier=tier, stage="on_hold", reason=wait.reason, at=at, turns=late)
    for track, tier, stage in (
        ("hospital_discharge", "moderate", "ordered"),
        ("end_of_life", "non_complex", "awaiting_assessment"),
        ("progressive_condition", "complex", "funding"),
        ("hospital_discharge", "moderate", "completed"),
        ("end_of_life", "moderate", "completed"),
    ):
        yield Outline(tier=tier, stage=stage, fast_track=track)


def _repeats() -> Iterator[Outline]:
    """Each one is a second referral of a person whose first case, a moderate one, is still open."""
    yield Outline(tier="non_complex", stage="received", turns=frozenset({"unresolved_repeat"}))
    yield Outline(tier="non_complex", stage="assessment", turns=frozenset({"separate_repeat"}))
    yield Outline(tier="moderate", stage="awaiting_assessment", turns=frozenset({"linked_repeat"}))


def _panel() -> Iterator[Outline]:
    yield Outline(tier="complex", stage="panel_scheduled", turns=frozenset({"dissent"}))
    yield Outline(tier="complex", stage="works", turns=frozenset({"panel", "deferred"}))
    yield Outline(tier="complex", stage="refused", at="panel_scheduled", turns=frozenset({"panel"}))
    yield Outline(tier="complex", stage="completed", turns=frozenset({"panel"}))
    yield Outline(tier="complex", stage="rehousing", turns=frozenset({"panel"}))
    yield Outline(tier="complex", stage="panel_scheduled")
    yield Outline(tier="complex", stage="panel_scheduled", fast_track="progressive_condition")


def _changes_of_course() -> Iterator[Outline]:
    many: tuple[tuple[str, str, Turn], ...] = (
        ("moderate", "completed", "escalated"), ("complex", "assessment", "escalated"),
        ("moderate", "awaiting_assessment", "escalated"), ("non_complex", "completed", "stepped_down"),
        ("moderate", "assessment", "stepped_down"), ("moderate", "completed", "snag"),
        ("direct_access", "works", "snag"), ("complex", "funding", "returned"), ("moderate", "completed", "returned"),
        ("moderate", "completed", "refused_first"), ("moderate", "completed", "rehousing_failed"),
        ("complex", "completed", "rehousing"), ("moderate", "completed", "other_solution"),
        ("moderate", "completed", "direct_provision"), ("moderate", "works", "direct_provision"),
        ("non_complex", "received", "reopened"), ("moderate", "completed", "reopened"),
        ("non_complex", "received", "no_consent"), ("moderate", "completed", "no_consent"),
        ("moderate", "awaiting_assessment", "handover_waits"), ("moderate", "completed", "declined"),
        ("complex", "awaiting_assessment", "expired_training"), ("moderate", "completed", "corrected_time"),
        ("moderate", "completed", "corrected_contact"), ("moderate", "completed", "corrected_price"),
        ("moderate", "awaiting_assessment", "unlike_proposal"), ("non_complex", "completed", "unlike_proposal"),
    )  # fmt: skip
    for tier, stage, turn in many:
        yield Outline(tier=tier, stage=stage, turns=frozenset({turn}))
    yield Outline(tier="non_complex", stage="refused", at="received")
    yield Outline(tier="moderate", stage="refused", at="funding")
    yield Outline(tier="complex", stage="refused", at="recommended", turns=frozenset({"refused_first"}))


_TIERS: Final = {"direct_access": 34, "non_complex": 26, "moderate": 28, "complex": 12}
_STAGES: Final = {
    "completed": 74, "signposted": 6, "not_proceeding": 8, "refused": 2, "received": 3, "awaiting_assessment": 4,
    "ordered": 3,
}  # fmt: skip
_OFTEN: Final[tuple[tuple[Turn, float], ...]] = (
    ("held", 0.15), ("snag", 0.08), ("returned", 0.05), ("corrected_time", 0.04), ("direct_provision", 0.1),
    ("rehousing", 0.06), ("other_solution", 0.07), ("escalated", 0.04),
)  # fmt: skip


def _ordinary(rng: Random) -> Outline:
    """A case like most; what a turn needs and the case has not, the telling leaves out."""
    tier = _chosen(rng, _TIERS)
    stage = _chosen(rng, _STAGES)
    if stage == "awaiting_assessment" and tier == "direct_access":
        stage = "ordered"
    happening = [turn for turn, likely in _OFTEN if rng.random() < likely]
    closings = [closed for closed in _CLOSED if closed[1] == tier]
    reason, _, at = rng.choice(closings)
    return Outline(
        tier=tier,
        stage=stage,
        reason=reason if stage == "not_proceeding" else None,
        at=at if stage == "not_proceeding" else "received" if stage == "refused" else None,
        turns=frozenset(happening if stage == "completed" else ()),
        fast_track=rng.choice(("hospital_discharge", "progressive_condition")) if rng.random() < 0.07 else None,
    )


def _chosen(rng: Random, weights: dict[str, int]) -> str:
    return rng.choices(list(weights), weights=list(weights.values()))[0]
