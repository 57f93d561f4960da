"""Turns an accepted row into a case: its events with their effects, and the state that they give. Pure."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from functools import lru_cache
from typing import Any

from app.cases import rules
from app.cases.rules import CaseState, Event
from app.cases.timekeeping import Timekeeper
from app.imports.imported import ImportedCase, ImportedHold, Milestone
from app.imports.limits import SheetRefused
from app.imports.milestones import NEEDED_STAGES, Plan, PlannedEvent, plan_journal
from app.imports.organisations import Organisation
from app.imports.tally import without_words
from app.pathways.facts import State
from app.pathways.pathway import CompiledPathway
from app.pathways.triage import Proposal


@dataclass(frozen=True, slots=True, kw_only=True)
class Provenance:
    """Where a case comes from: which import, run by whom (None for the database's owner)."""

    import_id: int
    source: str
    run_by: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Journey:
    """The journal of one imported case. `doubts` are those of the row and of the pathway, in full."""

    state: CaseState
    events: tuple[Event, ...]
    doubts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Ways:
    """The ways through a pathway, each looked up once."""

    states: frozenset[State]
    destinations: Callable[[State, str], list[State]]


@dataclass(frozen=True, slots=True)
class Traveller:
    """Makes journeys on one version of one pathway, all known at `now`."""

    pathway: CompiledPathway
    provenance: Provenance
    moment_of: Callable[[date], datetime]
    propose: Callable[[tuple[str, ...]], Proposal]
    tiers: frozenset[str] = field(repr=False)
    ways: _Ways = field(repr=False)

    @classmethod
    def on(
        cls, pathway: CompiledPathway, provenance: Provenance, *, timekeeper: Timekeeper, now: datetime
    ) -> "Traveller":
        """Remember days and proposals: a sheet has few of either beside its rows.

        Raises SheetRefused when the pathway lacks a stage that no case can do without.
        """
        tiers = frozenset(state.tier for state in pathway.states)
        if missing := [stage for stage in NEEDED_STAGES if not {State(t, stage) for t in tiers} <= pathway.states]:
            message = (
                f"Extracts cannot be imported on the pathway {pathway.title}: it has no {' and no '.join(missing)}."
            )
            raise SheetRefused(message)

        def moment(day: date) -> datetime:
            return timekeeper.moment_on(day, now=now, previous=None).astimezone(UTC)

        def propose(adaptations: tuple[str, ...]) -> Proposal:
            return pathway.propose_tier(adaptations, ())

        ways = _Ways(pathway.states, lru_cache(4_096)(pathway.destinations))
        return cls(pathway, provenance, lru_cache(8_192)(moment), lru_cache(1_024)(propose), tiers, ways)

    def journey(self, case: ImportedCase, organisation: Organisation, line: int) -> Journey:
        """Give the events of an accepted row and the state after the last."""
        proposal = self.propose(case.adaptations)
        tier = case.tier if case.tier in self.tiers else None
        plan = plan_journal(case, self.ways, tier=tier or proposal.tier)
        first = self._first(case, proposal, plan, line, tier_is_proposed=tier is None)
        events: list[Event] = []
        state: CaseState | None = None
        for planned in plan.events:
            event = self._event(case, planned, organisation, len(events) + 1, first if state is None else {})
            events.append(event)
            state = rules.begin(event) if state is None else rules.apply(state, event)
        assert state is not None, "a plan begins with the first contact"
        return Journey(state=state, events=tuple(events), doubts=plan.doubts)

    def _event(
        self,
        case: ImportedCase,
        planned: PlannedEvent,
        organisation: Organisation,
        sequence: int,
        first: Mapping[str, Any],
    ) -> Event:
        effects = dict(self._effects(case, planned))
        if not planned.from_:
            effects["sets"] = self._sets(case)
        return Event(
            sequence=sequence,
            kind="milestone_imported",
            action=planned.action,
            from_=planned.from_,
            to=planned.to,
            custody_id=organisation.id,
            occurred_at=self.moment_of(planned.occurred_on),
            actor_id=self.provenance.run_by,
            organisation_id=organisation.id,
            details={**_details(case, planned), **first},
            effects=effects,
        )

    def _effects(self, case: ImportedCase, planned: PlannedEvent) -> Iterator[tuple[str, Any]]:
        """Say what the event does to the case, in the words that live moves use; empty parts are left out."""
        yield "stage_group", self.pathway.stage_group(planned.to.stage)
        if planned.milestone is Milestone.RECEIVED:
            yield "receives", True
        if planned.resume_stage:
            yield "resume_stage", planned.resume_stage
        if planned.ends:
            yield "ends", True
        if planned.outcome:
            yield "outcome", planned.outcome
        if planned.solution:
            yield "clock", "stops"
            yield "solution", planned.solution
        if planned.hold:
            yield "hold", planned.hold
        if planned.hold == "opens" and case.hold:
            yield "hold_details", _hold_details(case.hold)

    def _sets(self, case: ImportedCase) -> dict[str, Any]:
        sets = {
            "proposed_tier": self.propose(case.adaptations).tier,
            # Nobody has asked these people: consent to share is theirs to give.
            "consent_to_share": False,
            "first_contact_on": case.milestones[0][1].isoformat(),
            "pathway_version": self.pathway.version,
            "priority": case.priority,
            "fast_track": case.fast_track,
        }
        return {name: value for name, value in sets.items() if value is not None}

    def _first(
        self, case: ImportedCase, proposal: Proposal, plan: Plan, line: int, *, tier_is_proposed: bool
    ) -> dict[str, Any]:
        """Say what is known of the whole case, never who the person is: that can be erased, the journal cannot."""
        details: dict[str, Any] = {
            "import": self.provenance.import_id,
            "row": line,
            "adaptations": list(case.adaptations),
            "tenure": case.home.tenure,
            "proposed_tier": proposal.tier,
        }
        if tier_is_proposed:
            details["proposed_because"] = list(proposal.reasons)
        if plan.doubts:
            details["doubts"] = [without_words(doubt) for doubt in plan.doubts]
        return details


def _details(case: ImportedCase, planned: PlannedEvent) -> dict[str, Any]:
    details: dict[str, Any] = {}
    if planned.milestone:
        details["milestone"] = planned.milestone.value
    if planned.journey_unknown:
        details["journey"] = "unknown"
    if planned.without_day:
        details["without_day"] = [milestone.value for milestone in planned.without_day]
    match planned.milestone:
        case Milestone.PANEL_DATE if case.panel_decision:
            details["decision"] = case.panel_decision
        case Milestone.APPROVED if case.funding_source:
            details["source"] = case.funding_source
        case Milestone.WORKS_COMPLETED if case.cost is not None:
            details["cost"] = str(case.cost)
        case _:
            pass
    if planned.hold == "opens" and case.hold:
        details |= {"reason": case.hold.cause, "waits_on": case.hold.waits_on}
    return details


def _hold_details(hold: ImportedHold) -> dict[str, Any]:
    """The row's own words for the reason stay with the row: they may be about the person."""
    return {"cause": hold.cause, "waits_on": hold.waits_on, "review_on": None, "evidence": None}
