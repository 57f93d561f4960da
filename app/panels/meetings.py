"""The panel's part in a case's moves: the meeting that a decision is about, and the agenda kept in step."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from sqlalchemy import Row, text

from app.cases.casework import MeetingNamed
from app.cases.models import Case, Recorded
from app.cases.rules import CaseState
from app.cases.timekeeping import Timekeeper
from app.edge.parameters import LARGEST_ID
from app.kernel.database import Session
from app.kernel.problems import FieldProblem, NotFound, Unprocessable
from app.panels import hearings, queries
from app.panels.decisions import write_decision
from app.panels.exceptions import Exceptional, note_exception
from app.pathways.facts import Meeting

SCHEDULED: Final = "panel_scheduled"
DECISIONS: Final[Mapping[str, str]] = {
    "panel_agree": "agreed",
    "panel_defer": "deferred",
    "panel_refuse": "refused",
    "recommend_rehousing": "rehouse",
}
"""What an action that takes a case off the agenda says about it; whatever is not here withdraws it."""
UNDECIDED: Final = frozenset({"withdrawn", "moved"})

_LOCK_TO_SCHEDULE = text("SELECT id FROM panel_meetings WHERE id = :id FOR UPDATE")
_LOCK_TO_DECIDE = text("SELECT id FROM panel_meetings WHERE id = :id FOR SHARE")
_LOCK_ITEM = text("SELECT id FROM panel_items WHERE id = :id FOR UPDATE")
_OPEN_ITEM = text("SELECT id, meeting_id FROM panel_items WHERE case_id = :case_id AND closed_at IS NULL")
_HAS_ITEMS = text("SELECT EXISTS (SELECT FROM panel_items WHERE meeting_id = :id)")
_UPCOMING = text(
    """
    SELECT m.id, m.held_on, m.place FROM panel_meetings m
     WHERE m.kind = 'meeting' AND m.cancelled_at IS NULL AND m.papers_due_on >= :today
       AND door.booked(m.id) < m.capacity
     ORDER BY m.held_on, m.id LIMIT 100
    """
)
_SCHEDULE = text(
    """
    INSERT INTO panel_items (meeting_id, case_id, reference, position, scheduled_at, scheduled_by)
    SELECT :meeting_id, c.id, c.reference,
           1 + coalesce((SELECT max(position) FROM panel_items WHERE meeting_id = :meeting_id), 0), :at, :by
      FROM cases c WHERE c.id = :case_id RETURNING id
    """
)
# What was prepared for an earlier meeting goes along; above all what members were not to see.
_EARLIER = "(SELECT max(id) FROM panel_items WHERE case_id = :case_id AND id < :item_id)"
_KEEP_OPTIONS = text(
    f"""
    INSERT INTO panel_options (item_id, position, name, cost, meaning, written_by, written_at)
    SELECT :item_id, position, name, cost, meaning, written_by, written_at FROM panel_options WHERE item_id = {_EARLIER}
    """
)
_KEEP_WITHHELD = text(
    f"""
    INSERT INTO panel_redactions (item_id, part, reason, redacted_by, redacted_at)
    SELECT :item_id, part, reason, redacted_by, redacted_at FROM panel_redactions WHERE item_id = {_EARLIER}
    """
)
_CHECKED = text(
    """
    SELECT EXISTS (SELECT FROM panel_referral_checks k WHERE k.case_id = :case_id AND k.outcome = 'accepted'
                      AND k.sequence >= (SELECT max(e.sequence) FROM case_events e
                                          WHERE e.case_id = :case_id AND e.action = 'refer_to_panel'))
    """
)
_REFUSED = text(
    """
    SELECT i.id, i.meeting_id, m.panel_id FROM panel_items i JOIN panel_meetings m ON m.id = i.meeting_id
     WHERE i.case_id = :case_id AND i.decision = 'refused' ORDER BY i.id DESC LIMIT 1
    """
)
_HAS_BEEN = text("SELECT EXISTS (SELECT FROM panel_items WHERE case_id = :case_id AND id < :item_id)")
_CLOSE = text("UPDATE panel_items SET closed_at = :at, decision = :decision WHERE id = :id")


class PanelMeetings:
    """Finds the panel meeting that a decision is about (`app.cases.casework.MeetingSource`)."""

    async def meeting(self, session: Session, case: Case, details: Mapping[str, Any]) -> Meeting | None:
        """The meeting named in the details, locked, else the one the case is on.

        Raises Unprocessable for a meeting that does not exist or was cancelled.
        """
        named = details.get("meeting")
        # What is no whole number is refused by the form, with the form's own words.
        if isinstance(named, int) and not isinstance(named, bool):
            return await self._named(session, named)
        item = (await session.execute(_OPEN_ITEM, {"case_id": case.id})).one_or_none()
        if item is None:
            return None
        if details:  # a decision is being taken, not looked for: attendance stays as it is until it is recorded
            await session.execute(_LOCK_TO_DECIDE, {"id": item.meeting_id})
            # Words and interests too: whoever changes one has done so before, or comes too late.
            await session.execute(_LOCK_ITEM, {"id": item.id})
        return await _as_fact(session, await queries.find_meeting(session, item.meeting_id), item_id=item.id)

    async def upcoming(self, session: Session, today: date) -> Sequence[int]:
        """Meetings that can still take a case: papers are not due yet and a place is free; soonest first."""
        return [meeting.id for meeting in await self.described(session, today)]

    async def described(self, session: Session, today: date) -> Sequence[MeetingNamed]:
        """The same meetings as people tell them apart."""
        rows = await session.execute(_UPCOMING, {"today": today})
        return [MeetingNamed(row.id, row.held_on, row.place) for row in rows]

    async def _named(self, session: Session, number: int) -> Meeting:
        known = {"id": number if 0 < number <= LARGEST_ID else 0}
        await session.execute(_LOCK_TO_SCHEDULE, known)
        # A statement of its own: one that had waited for the lock would still count as before the wait.
        try:
            row = await queries.find_meeting(session, known["id"])
        except NotFound:
            message = "There is no such meeting. Choose one of the panel's."
            raise Unprocessable([FieldProblem("/meeting", message)]) from None
        if row.cancelled_at is not None:
            raise Unprocessable([FieldProblem("/meeting", "This meeting was cancelled. Choose another.")])
        if row.kind == "correspondence" and await session.scalar(_HAS_ITEMS, known):
            raise Unprocessable([FieldProblem("/meeting", "This is a round by correspondence about another case.")])
        return await _as_fact(session, row, item_id=None)


async def _as_fact(session: Session, row: Row[Any], *, item_id: int | None) -> Meeting:
    stands = await queries.item_standing(session, row, item_id)
    return Meeting(
        id=row.id,
        held_on=row.held_on,
        capacity=row.capacity,
        booked=row.booked,
        papers_due_on=row.papers_due_on,
        quorate=stands.quorate,
        missing_assents=stands.missing,
    )


@dataclass(frozen=True, slots=True)
class PanelFollower:
    """Keeps the agenda in step with a case's moves (`app.cases.casework.Follower`).

    A case is on the agenda while it is scheduled, also while a hold has taken it from there. `decision` is what leaving
    it means where the move alone does not tell: a case that is moved to another meeting, or referred on, is deferred.
    """

    timekeeper: Timekeeper
    decision: str | None = None

    async def followed(self, session: Session, case: Case, recorded: Recorded) -> None:
        """Put the case on the agenda, or take it off with what was decided."""
        before, after = _on_agenda(case.state), _on_agenda(recorded.state)
        event = recorded.event
        if after and not before and "meeting" in event.details:
            meeting_id = event.details["meeting"]
            values = {"meeting_id": meeting_id, "case_id": case.id, "at": event.occurred_at, "by": event.actor_id}
            item_id = await session.scalar(_SCHEDULE, values)
            await session.execute(_KEEP_OPTIONS, {"case_id": case.id, "item_id": item_id})
            await session.execute(_KEEP_WITHHELD, {"case_id": case.id, "item_id": item_id})
            await self._unless_checked(session, case, recorded, item_id)
        if before and not after:
            await self._close(session, case, recorded)
        if await hearings.keep_in_step(session, case, recorded):
            await self._unheard(session, case, recorded)

    async def _unless_checked(self, session: Session, case: Case, recorded: Recorded, item_id: int) -> None:
        """Write down that a case came onto an agenda though nobody had accepted its referral; a case moved once was."""
        earlier = await session.scalar(_HAS_BEEN, {"case_id": case.id, "item_id": item_id})
        if earlier or await session.scalar(_CHECKED, {"case_id": case.id}):
            return
        event = recorded.event
        meeting = await queries.find_meeting(session, event.details["meeting"])
        what = Exceptional(
            kind="scheduled_unchecked",
            panel_id=meeting.panel_id,
            meeting_id=meeting.id,
            item_id=item_id,
            case_id=case.id,
        )
        await note_exception(session, what, by=event.actor_id)

    async def _unheard(self, session: Session, case: Case, recorded: Recorded) -> None:
        """Write down that an appeal against a panel's refusal was decided without a hearing."""
        item = (await session.execute(_REFUSED, {"case_id": case.id})).one_or_none()
        if item is not None:
            what = Exceptional(
                kind="appeal_unheard",
                panel_id=item.panel_id,
                meeting_id=item.meeting_id,
                item_id=item.id,
                case_id=case.id,
            )
            await note_exception(session, what, by=recorded.event.actor_id)

    async def _close(self, session: Session, case: Case, recorded: Recorded) -> None:
        """Take a case off its agenda; a decision is written down with how it was taken."""
        event = recorded.event
        item = (await session.execute(_OPEN_ITEM, {"case_id": case.id})).one_or_none()
        if item is None:
            return
        decision = self.decision or _decision(event.action, event.details)
        if decision not in UNDECIDED:
            await write_decision(session, case, recorded, item, decision, timekeeper=self.timekeeper)
        await session.execute(_CLOSE, {"id": item.id, "at": event.occurred_at, "decision": decision})


def _decision(action: str | None, details: Mapping[str, Any]) -> str:
    decision = DECISIONS.get(action or "", "withdrawn")
    conditions = decision == "agreed" and str(details.get("conditions") or "").strip()
    return "agreed_with_conditions" if conditions else decision


def _on_agenda(state: CaseState) -> bool:
    return SCHEDULED in (state.stage, state.resume_stage)
