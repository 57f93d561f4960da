"""Walks every story through the real actions, in order of time, on the journal's simulated clock."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import text

from app.access.actor import Actor
from app.cases.actions.advance import Advance, advance
from app.cases.actions.assign import Assign, assign
from app.cases.actions.correct import Correct, correct
from app.cases.actions.decide_repeat import DecideRepeat, decide_repeat
from app.cases.actions.hand_over import AnswerHandover, OfferHandover, answer_handover, offer_handover
from app.cases.actions.log_referral import LogReferral, log_referral
from app.cases.actions.record import Record, record
from app.cases.casework import Casework
from app.demo import cast, panel_work, steps
from app.demo.provided import provide
from app.demo.timetable import Timed, first_contact_on
from app.edge.doors import enter_as
from app.kernel.database import Session
from app.panels.actions.give_assent import GiveAssent, give_assent

# One statement sets the journal's clock and lets the next actor in.
_NEXT = text("SELECT set_config('adapt.simulated_now', :now, true), e.user_id FROM door.enter_as(:user_id) e")
_STOP_CLOCK = text("SELECT set_config('adapt.simulated_now', '', true)")


@dataclass(slots=True)
class Walk:
    """What is known while walking: who is who by login, and the reference of each story's case."""

    session: Session
    casework: Casework
    users: dict[str, int]
    references: dict[int, str] = field(default_factory=dict)
    _actors: dict[str, Actor] = field(default_factory=dict)

    async def all(self, timed: Sequence[Timed], stepped: Callable[[], None]) -> None:
        """Take every step in turn. Raises what the actions raise: a story that cannot happen is a fault in the demo."""
        for login in sorted({step.step.who for step in timed}):
            self._actors[login] = await enter_as(self.session, self.users[login])
        for step in timed:
            who = {"now": step.at.isoformat(), "user_id": self.users[step.step.who]}
            await self.session.execute(_NEXT, who)
            await self._take(step, self._actors[step.step.who])
            stepped()
        await self.session.execute(_STOP_CLOCK)

    async def _take(self, timed: Timed, actor: Actor) -> None:
        match timed.step.deed:
            case steps.Log():
                await self._log(timed, actor)
            case steps.Take(action=action):
                await self._advance(timed, actor, action)
            case steps.Assent() as assent:
                await self._assent(timed, actor, assent)
            case steps.Mend() as mend:
                await self._mend(timed, actor, mend)
            case steps.Quoted() | steps.Surveyed() | steps.Marked():
                await provide(self.session, actor, timed, self._reference(timed), casework=self.casework)
            case _:
                await self._beside(timed, actor)

    async def _log(self, timed: Timed, actor: Actor) -> None:
        logged = await log_referral(self.session, actor, _referral(timed), casework=self.casework, now=timed.at)
        self.references[timed.story.number] = logged.case.reference

    async def _advance(self, timed: Timed, actor: Actor, action: str) -> None:
        details = {**timed.answers, "occurred_at": timed.happened_at.astimezone(UTC)}
        reference = self._reference(timed)
        known: dict[str, Any] = {"casework": self.casework, "now": timed.at}
        if action == "schedule_for_panel":
            await panel_work.accept(self.session, actor, reference, **known)
        command = Advance(reference=reference, action=action, details=details)
        await advance(self.session, actor, command, **known)
        if action == "schedule_for_panel":
            await panel_work.circulate(self.session, actor, (details["meeting"], reference), **known)
        elif action in panel_work.TOLD and timed.meeting is not None:
            await panel_work.tell(self.session, actor, (timed.meeting, reference), **known)

    async def _assent(self, timed: Timed, actor: Actor, assent: steps.Assent) -> None:
        assert timed.meeting is not None
        command = GiveAssent(
            meeting_id=timed.meeting,
            reference=self._reference(timed),
            assents=assent.assents,
            reasons=assent.reasons,
        )
        await give_assent(self.session, actor, command)

    async def _mend(self, timed: Timed, actor: Actor, mend: steps.Mend) -> None:
        command = Correct(
            reference=self._reference(timed),
            sequence=mend.sequence,
            field=mend.field,
            detail=mend.detail,
            now=timed.answers["now"],
            why=mend.why,
        )
        await correct(self.session, actor, command, casework=self.casework, now=timed.at)

    async def _beside(self, timed: Timed, actor: Actor) -> None:
        reference, when = self._reference(timed), _when(timed)
        shared: dict[str, Any] = {"casework": self.casework}
        match timed.step.deed:
            case steps.Jot(kind=kind, effects=effects):
                command = Record(
                    reference=reference,
                    kind=kind,
                    details=dict(timed.answers),
                    effects=dict(effects),
                    occurred_at=when,
                )
                await record(self.session, actor, command, **shared)
            case steps.Assignment(to=to):
                assignment = Assign(reference=reference, assigned_to=self.users[to], occurred_at=when)
                await assign(self.session, actor, assignment, **shared)
            case steps.Offer(organisation=organisation, reason=reason):
                offer = OfferHandover(reference=reference, organisation=organisation, reason=reason, occurred_at=when)
                await offer_handover(self.session, actor, offer, **shared)
            case steps.Reply(accepts=accepts, reason=reason):
                reply = AnswerHandover(reference=reference, accepts=accepts, reason=reason, occurred_at=when)
                await answer_handover(self.session, actor, reply, **shared)
            case steps.Judge(other=other, decision=decision, reason=reason):
                judgement = DecideRepeat(
                    reference=reference, other_reference=self.references[other], decision=decision, reason=reason
                )
                await decide_repeat(self.session, actor, judgement, **shared)
            case _:
                raise AssertionError

    def _reference(self, timed: Timed) -> str:
        return self.references[timed.story.number]


def _when(timed: Timed) -> datetime | None:
    return timed.happened_at.astimezone(UTC) if timed.happened_at < timed.at else None


def _referral(timed: Timed) -> LogReferral:
    story = timed.story
    contact = first_contact_on(timed)
    home = next(o.name for o in cast.ORGANISATIONS if o.key == cast.HOME[timed.step.who])
    return LogReferral(
        person=story.resident.person,
        home=story.resident.home,
        referrer={"capacity": story.referrer, "organisation": home},
        description=story.need.description,
        adaptations=story.need.adaptations,
        flags=story.need.flags,
        first_contact_on=contact,
        consent={
            "share_with_partners": story.consent,
            "recorded_on": contact.isoformat(),
            "given_by": "the person",
        },
    )
