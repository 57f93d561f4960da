"""Plans the journal of an imported case: one event for each milestone, each truthful about what is not known.

Pure. A milestone that the pathway would pass through without a day of its own is not invented: when no single
action leads from the state before to the state of the milestone, the event says that the journey is unknown.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal, Protocol

from app.imports.imported import ImportedCase, ImportedHold, Milestone
from app.pathways.facts import State

ON_HOLD = "on_hold"
END_STAGES = {"rehoused": "completed", "other_solution": "completed", "adapted": "completed",
              "advice_only": "signposted", "refused": "refused"}  # fmt: skip
NOT_PROCEEDING = "not_proceeding"

NEEDED_STAGES = ("received", NOT_PROCEEDING)
"""Stages that a pathway must have for an extract to be imported on it; for others there is a way round."""

# What each milestone stands for: the action that would have been taken, and the stage that it leads to.
_MEANING: Mapping[Milestone, tuple[str, str]] = {
    Milestone.FIRST_CONTACT: ("contact_made", "received"),
    Milestone.RECEIVED: ("log_referral", "received"),
    Milestone.SCREENED: ("screen", "awaiting_assessment"),
    Milestone.ASSESSED: ("start_assessment", "assessment"),
    Milestone.RECOMMENDED: ("recommend", "recommended"),
    Milestone.PANEL_DATE: ("schedule_for_panel", "panel_scheduled"),
    Milestone.APPROVED: ("approve_funding", "approved"),
    Milestone.ORDERED: ("place_order", "ordered"),
    Milestone.WORKS_STARTED: ("start_works", "works"),
    Milestone.WORKS_COMPLETED: ("complete_works", "installed"),
    Milestone.CHECKED: ("pass_check", "review"),
}
_CLOSING_ACTIONS = {"completed": "record_outcome", "signposted": "signpost", "refused": "refuse",
                    NOT_PROCEEDING: "close_not_proceeding"}  # fmt: skip
_SOLUTIONS = frozenset({"adapted", "rehoused", "other_solution"})
_ORDER = tuple(Milestone)
# Whether a case went to a panel is a choice, so a missing panel day says nothing.
_NOT_ALWAYS_PASSED = frozenset({Milestone.PANEL_DATE})


class Journeys(Protocol):
    """What the plan needs of a compiled pathway."""

    @property
    def states(self) -> frozenset[State]:
        """List every stage of every tier."""

    @property
    def destinations(self) -> Callable[[State, str], list[State]]:
        """List where an action can lead from a state. Raises KeyError for an action that it does not have."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedEvent:
    """One event to be. `occurred_on` is a day; events are in the order in which they must be written.

    `milestone` is None for the beginning and end of a hold. `journey_unknown` says that the case came from
    `from_` to `to` in steps nobody wrote down; `without_day` names the milestones among them. `solution`,
    `outcome` and `ends` are as in a pathway's own moves; a solution is dated by its event.
    """

    milestone: Milestone | None
    action: str
    from_: State | None
    to: State
    occurred_on: date
    journey_unknown: bool = False
    without_day: tuple[Milestone, ...] = ()
    solution: str | None = None
    outcome: str | None = None
    ends: bool = False
    hold: Literal["opens", "closes"] | None = None
    resume_stage: str | None = None


@dataclass(frozen=True, slots=True)
class Plan:
    """The journal of an imported case; `doubts` are those of the row and those that the pathway adds."""

    events: tuple[PlannedEvent, ...]
    doubts: tuple[str, ...]

    @property
    def final(self) -> PlannedEvent:
        """Give the event that says where the case stands."""
        return self.events[-1]


def plan_journal(case: ImportedCase, pathway: Journeys, *, tier: str) -> Plan:
    """Plan the events of an accepted row in a tier: the row's own, or the one that triage proposes."""
    planner = _Planner(case, pathway, tier)
    for day, milestone, hold in _in_order(case):
        if milestone is None:
            planner.hold(day, hold)
        elif milestone is Milestone.CLOSED:
            planner.close(day)
        else:
            planner.reach(milestone, day)
    if case.panel_decision and planner.reached is Milestone.PANEL_DATE:
        planner.doubts.append("Panel decision: no later day follows, so the case still stands before the panel.")
    return Plan(tuple(planner.events), (*case.doubts, *planner.doubts))


_Step = tuple[date, Milestone | None, Literal["opens", "closes"]]


def _in_order(case: ImportedCase) -> Iterator[_Step]:
    """Put milestones and hold in order of days. Of one day: a hold's end, milestones, a hold's start, closing."""
    steps: list[tuple[date, int, _Step]] = [
        (day, 4 if milestone is Milestone.CLOSED else 1, (day, milestone, "opens"))
        for milestone, day in case.milestones
    ]
    if case.hold:
        steps += _hold_steps(case.hold)
    # The sort keeps milestones of one day as they are, which is the pathway's order.
    return (step for _, _, step in sorted(steps, key=lambda step: step[:2]))


def _hold_steps(hold: ImportedHold) -> Iterator[tuple[date, int, _Step]]:
    yield hold.held_from, 2, (hold.held_from, None, "opens")
    if hold.held_to:
        rank = 3 if hold.held_to == hold.held_from else 0
        yield hold.held_to, rank, (hold.held_to, None, "closes")


class _Planner:
    """Walks through the steps, knowing where the case stands."""

    def __init__(self, case: ImportedCase, pathway: Journeys, tier: str) -> None:
        self.events: list[PlannedEvent] = []
        self.doubts: list[str] = []
        self._case = case
        self._pathway = pathway
        self._tier = tier
        self._state: State | None = None
        self.reached: Milestone | None = None

    def reach(self, milestone: Milestone, day: date) -> None:
        action, stage = _MEANING[milestone]
        if milestone is Milestone.SCREENED and not self._has(stage):
            stage = "approved"  # a tier that nobody needs to assess begins here
        target = State(self._tier, stage)
        if self._state and not self._has(stage):
            self.doubts.append(f"{milestone.column}: the tier has no such stage; the day is kept and the case stays.")
            target = self._state
        solution = "adapted" if milestone is Milestone.WORKS_COMPLETED else None
        self._move(milestone, action, target, day, solution=solution)

    def close(self, day: date) -> None:
        stage, outcome = self._ending()
        if not self._has(stage):
            stage = NOT_PROCEEDING  # another jurisdiction need not tell its endings apart
        action = _CLOSING_ACTIONS[stage]
        if stage == "refused" and self._state == State(self._tier, "panel_scheduled"):
            action = "panel_refuse"
        self._move(Milestone.CLOSED, action, State(self._tier, stage), day, outcome=outcome, ends=True)

    def hold(self, day: date, hold: Literal["opens", "closes"]) -> None:
        """Record a hold; the case stands on hold only when the hold has no end, for milestones go on within one."""
        state = self._state
        assert state is not None, "no hold begins before the first contact"
        lasting = self._case.hold is not None and self._case.hold.held_to is None and self._has(ON_HOLD)
        self.events.append(
            PlannedEvent(
                milestone=None,
                action="hold" if hold == "opens" else "resume",
                from_=state,
                to=State(self._tier, ON_HOLD) if lasting else state,
                occurred_on=day,
                hold=hold,
                resume_stage=state.stage if lasting else None,
            )
        )
        self._state = self.events[-1].to

    def _move(
        self,
        milestone: Milestone,
        action: str,
        target: State,
        day: date,
        *,
        solution: str | None = None,
        outcome: str | None = None,
        ends: bool = False,
    ) -> None:
        unknown = self._is_unknown(action, target)
        self.events.append(
            PlannedEvent(
                milestone=milestone,
                action=action,
                from_=self._state,
                to=target,
                occurred_on=day,
                journey_unknown=unknown,
                without_day=self._passed(milestone, target) if unknown else (),
                solution=solution,
                outcome=outcome,
                ends=ends,
            )
        )
        self._state, self.reached = target, milestone

    def _is_unknown(self, action: str, target: State) -> bool:
        if self._state is None or self._state == target:
            return False
        try:
            return target not in self._pathway.destinations(self._state, action)
        except KeyError:  # another jurisdiction's pathway need not have an action of this name
            return True

    def _passed(self, milestone: Milestone, target: State) -> tuple[Milestone, ...]:
        """Name the milestones between the last one and this that the tier has and that the row gives no day."""
        if milestone is Milestone.CLOSED and target.stage != "completed":
            return ()  # a case may end from anywhere, so nothing need have been passed
        start = _ORDER.index(self.reached) + 1 if self.reached else 0
        between = _ORDER[start : _ORDER.index(milestone)]
        return tuple(key for key in between if key not in _NOT_ALWAYS_PASSED and self._exists(key))

    def _exists(self, milestone: Milestone) -> bool:
        return milestone is Milestone.SCREENED or self._has(_MEANING[milestone][1])

    def _has(self, stage: str) -> bool:
        return State(self._tier, stage) in self._pathway.states

    def _ending(self) -> tuple[str, str | None]:
        """Say in which stage a closed case ends, and with which outcome."""
        outcome, built = self._case.outcome, self._case.day_of(Milestone.WORKS_COMPLETED) is not None
        if outcome is None and built:
            # Words that nobody understands are not taken for "adapted", though works were done.
            return "completed", None if self._case.outcome_words else "adapted"
        if outcome is None:
            self.doubts.append("Outcome: closed without an outcome and without works, so counted as not proceeding.")
            return NOT_PROCEEDING, None
        if built and outcome != "adapted":
            self.doubts.append("Outcome: works were completed, yet the outcome is another. Check which is right.")
        if not built and outcome in _SOLUTIONS:
            self.doubts.append("Outcome: no day says when the solution was in place, so no end-to-end time is counted.")
        return END_STAGES.get(outcome, NOT_PROCEEDING), outcome
