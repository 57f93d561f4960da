"""The journeys that are walked: from a referral to an end, so that together they take every action of every tier."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from tests.support.walks import GRANT, HOUSING

Step = str | tuple[str, dict[str, Any]]


@dataclass(frozen=True, kw_only=True)
class Journey:
    """What happens to one case after its referral. `ends`: tier, stage and outcome."""

    name: str
    starts: str
    steps: tuple[Step, ...]
    ends: tuple[str, str, str]
    pathway: str = HOUSING

    def taken(self) -> Iterator[tuple[str, str]]:
        """Every (tier, action), as the script says; the walk itself proves the script right."""
        tier = self.starts
        yield tier, "log_referral"
        for step in self.steps:
            action, answers = step if isinstance(step, tuple) else (step, {})
            yield tier, action
            tier = answers.get("tier", tier)


_OTHER_TIER = {"tier": "complex", "tier_reason": "The lift that was asked for needs a hole in the floor."}
_BUILD = ("place_order", "start_works", "complete_works", "raise_snag", "complete_works", "pass_check")
_ASSESS = ("screen", "start_assessment")
_APPEALED = ("appeal", "dismiss_appeal", "appeal", "uphold_appeal")
_FEASIBLE = ("approve_recommendation", {"next_step": "feasibility"})
_LONG_WAY: dict[str, tuple[Step, ...]] = {
    "non_complex": ("recommend", "return_recommendation", "recommend", "approve_recommendation"),
    "moderate": ("recommend", "return_recommendation", "recommend", _FEASIBLE, "complete_feasibility"),
    "complex": ("recommend", "return_recommendation", "recommend", "approve_recommendation", "complete_feasibility"),
}


def _assessed_tier(tier: str) -> Iterator[Journey]:
    """What happens alike in every tier that is assessed."""
    yield Journey(
        name=f"a {tier} adaptation is recommended, funded and built, with a fault mended, and opened anew",
        starts=tier,
        steps=(*_ASSESS, *_LONG_WAY[tier], "approve_funding", *_BUILD, "record_outcome", "reopen", "signpost"),
        ends=(tier, "signposted", "advice_only"),
    )
    yield Journey(
        name=f"a {tier} case is completed",
        starts=tier,
        steps=(*_ASSESS, *_LONG_WAY[tier], "approve_funding", "place_order", "complete_works", "pass_check",
               "record_outcome"),
        ends=(tier, "completed", "adapted"),
    )  # fmt: skip
    yield Journey(
        name=f"in a {tier} case the person moves home after a first home fell through",
        starts=tier,
        steps=(*_ASSESS, "recommend_rehousing", "rehousing_failed", "recommend", "recommend_rehousing", "rehoused",
               "record_outcome"),
        ends=(tier, "completed", "rehoused"),
    )  # fmt: skip
    yield Journey(
        name=f"in a {tier} case equipment does it",
        starts=tier,
        steps=(*_ASSESS, "recommend_other_solution", "provide_other_solution", "record_outcome"),
        ends=(tier, "completed", "other_solution"),
    )
    yield Journey(
        name=f"a {tier} case is held twice and then the person withdraws",
        starts=tier,
        steps=("hold", "resume", *_ASSESS, "hold", "close_not_proceeding"),
        ends=(tier, "not_proceeding", "withdrawn"),
    )
    yield Journey(
        name=f"a {tier} case is refused funding, appealed twice, and refused again",
        starts=tier,
        steps=(*_ASSESS, *_LONG_WAY[tier], "refuse_funding", *_APPEALED, "refuse"),
        ends=(tier, "refused", "refused"),
    )


_DIRECT = (
    Journey(
        name="rails are ordered without an assessment, with a fault mended",
        starts="direct_access",
        steps=("screen", *_BUILD, "record_outcome"),
        ends=("direct_access", "completed", "adapted"),
    ),
    Journey(
        name="a completed direct access case is opened anew and advice is enough",
        starts="direct_access",
        steps=("screen", "place_order", "complete_works", "pass_check", "record_outcome", "reopen", "signpost"),
        ends=("direct_access", "signposted", "advice_only"),
    ),
    Journey(
        name="a refused direct access case is appealed twice, looked at again, held, and the person dies",
        starts="direct_access",
        steps=("refuse", *_APPEALED, "hold", "resume", ("close_not_proceeding", {"reason": "died"})),
        ends=("direct_access", "not_proceeding", "died"),
    ),
    Journey(
        name="a direct access case is refused at the door",
        starts="direct_access",
        steps=("refuse",),
        ends=("direct_access", "refused", "refused"),
    ),
)
_BETWEEN_TIERS = (
    Journey(
        name="an order for rails turns out complex and steps down to non-complex",
        starts="direct_access",
        steps=("screen", "place_order", ("escalate", {"tier": "complex"}), "start_assessment",
               ("step_down", {"tier": "moderate"}), ("step_down", {"tier": "non_complex"}),
               ("escalate", {"tier": "moderate"}), ("escalate", {"tier": "complex"}),
               ("step_down", {"tier": "non_complex"}), ("step_down", {"tier": "direct_access"}),
               "place_order", "complete_works", "pass_check", "record_outcome"),
        ends=("direct_access", "completed", "adapted"),
    ),
    Journey(
        name="the officer chooses another tier than the one proposed and says why",
        starts="moderate",
        steps=(("screen", _OTHER_TIER), "start_assessment", ("close_not_proceeding", {"reason": "moved_away"})),
        ends=("complex", "not_proceeding", "moved_away"),
    ),
)  # fmt: skip
_PANEL = (
    Journey(
        name="the panel defers and then agrees",
        starts="complex",
        steps=(*_ASSESS, "refer_to_panel", "schedule_for_panel", "panel_defer", "schedule_for_panel", "panel_agree",
               "approve_funding", "place_order", "complete_works", "pass_check", "record_outcome"),
        ends=("complex", "completed", "adapted"),
    ),
    Journey(
        name="the panel refuses a case that was found feasible",
        starts="complex",
        steps=(*_ASSESS, "recommend", "approve_recommendation", "refer_to_panel", "schedule_for_panel", "panel_refuse"),
        ends=("complex", "refused", "refused"),
    ),
    Journey(
        name="the panel finds that another home is better",
        starts="complex",
        steps=(*_ASSESS, "recommend", "refer_to_panel", "schedule_for_panel", "recommend_rehousing", "rehoused",
               "record_outcome"),
        ends=("complex", "completed", "rehoused"),
    ),
    Journey(
        name="a case on an agenda is held, goes back on it, and is decided",
        starts="complex",
        steps=(*_ASSESS, "refer_to_panel", "schedule_for_panel", "hold", "resume", "panel_refuse"),
        ends=("complex", "refused", "refused"),
    ),
)  # fmt: skip
_WHY_CLOSED = (
    "withdrawn", "died", "moved_away", "lost_contact", "declined_contribution", "declined_works", "duplicate",
)  # fmt: skip
_CLOSED = tuple(
    Journey(
        name=f"{pathway}: a case is closed because of {reason}",
        pathway=pathway,
        starts=tier,
        steps=("screen", ("close_not_proceeding", {"reason": reason})),
        ends=(tier, "not_proceeding", reason),
    )
    for pathway, tier in ((HOUSING, "non_complex"), (GRANT, "simple"))
    for reason in _WHY_CLOSED
)


def _grant(tier: str, *, moved_to: str, between: str) -> Iterator[Journey]:
    built = ("identify_works", "apply", "approve_grant", "start_works", "complete_works", "raise_snag",
             "complete_works", "pass_check")  # fmt: skip
    yield Journey(
        name=f"a {tier} grant is approved and the works are built",
        pathway=GRANT,
        starts=tier,
        steps=("screen", *built),
        ends=(tier, "completed", "adapted"),
    )
    yield Journey(
        name=f"a {tier} grant is refused, and the case opened anew ends with advice",
        pathway=GRANT,
        starts=tier,
        steps=("screen", "identify_works", "apply", "refuse_grant", "reopen", "signpost"),
        ends=(tier, "signposted", "advice_only"),
    )
    yield Journey(
        name=f"a {tier} grant case is refused",
        pathway=GRANT,
        starts=tier,
        steps=("screen", "identify_works", "apply", "refuse_grant"),
        ends=(tier, "refused", "refused"),
    )
    yield Journey(
        name=f"a {tier} grant case is held and closed",
        pathway=GRANT,
        starts=tier,
        steps=("screen", "hold", "resume", "hold", "close_not_proceeding"),
        ends=(tier, "not_proceeding", "withdrawn"),
    )
    yield Journey(
        name=f"a {tier} grant case turns out {moved_to}",
        pathway=GRANT,
        starts=tier,
        steps=("screen", (between, {"tier": moved_to}), *built),
        ends=(moved_to, "completed", "adapted"),
    )


JOURNEYS: tuple[Journey, ...] = (
    *_DIRECT,
    *_assessed_tier("non_complex"),
    *_assessed_tier("moderate"),
    *_assessed_tier("complex"),
    *_BETWEEN_TIERS,
    *_PANEL,
    *_CLOSED,
    *_grant("simple", moved_to="complex", between="escalate"),
    *_grant("complex", moved_to="simple", between="step_down"),
)
