"""Wherever a case wanders, its row is what its journal says, and the chain of its journal is whole."""

import os
from dataclasses import dataclass, fields
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from app.access.actor import Actor
from app.access.roles import Role
from app.cases import queries, rules
from app.cases.actions.advance import Advance, advance
from app.cases.actions.assign import Assign, assign
from app.cases.actions.correct import Correct, correct
from app.cases.actions.hand_over import AnswerHandover, OfferHandover, answer_handover, offer_handover
from app.cases.actions.record import Record, record
from app.cases.available import available_actions
from app.cases.casework import Casework
from app.cases.events import load_events
from app.cases.models import SELECT_CASE, STATE_COLUMNS, Case, case_from
from app.cases.rules import Event
from app.edge.doors import enter_as
from app.kernel.database import Session
from app.kernel.problems import Problem, Unprocessable
from app.panels.actions.give_assent import GiveAssent, give_assent
from app.panels.actions.record_attendance import RecordAttendance, record_attendance
from app.pathways.pathway import CompiledPathway
from tests.support.service import Service
from tests.support.walks import ADAPTATION, CONVERSATION, GRANT, HOUSING, PEOPLE, log, set_meeting

FEWEST, MOST = 6, 18
WALKS = int(os.environ.get("ADAPT_RANDOM_WALKS", "20"))
"""How many walks over each pathway; more for a long look, such as ADAPT_RANDOM_WALKS=500."""
STEERED = ("act",) * 12 + ("converse", "assign", "note", "consent", "offer", "answer", "retime", "recontact", "sit")


@dataclass
class Stroll:
    """One case that wanders as Hypothesis draws."""

    service: Service
    reference: str
    draw: Any
    meeting: int | None

    @property
    def casework(self) -> Casework:
        casework: Casework = self.service.app.state.casework
        return casework

    async def step(self) -> None:
        """Take one drawn step as somebody; it may be refused, but then nothing has happened."""
        what = self.draw(st.sampled_from(STEERED))
        now = datetime.now(UTC)  # noqa: TID251 # the database's clock is the real one
        async with self.service.app.state.db.transaction() as session:
            case = await self._case(session)
            if what == "act" and self.draw(st.sampled_from([True, True, False])):
                await self._prepare(session, case, now)
                case = await self._case(session)
            actor = await enter_as(session, self.service.cast[self._who(case, what)].id)
            try:
                async with session.begin_nested():
                    await getattr(self, f"_{what}")(session, actor, case, now)
            except Problem as problem:
                # An example that the API itself gives is never wrong; it can only come at the wrong time.
                if what == "act" and isinstance(problem, Unprocessable):
                    raise
                event(f"{what}: {problem.slug}")
            else:
                event(f"{what}: done")

    async def _case(self, session: Session) -> Case:
        await enter_as(session, self.service.cast["service_manager"].id)
        return await queries.find(session, self.reference)

    def _who(self, case: Case, what: str) -> str:
        """Mostly somebody who may; who must do it to get on is drawn like the rest."""
        if what == "sit":
            return "panel_coordinator"
        if what != "act":
            return str(self.draw(st.sampled_from(["housing_officer", "occupational_therapist", "referrer"])))
        pathway = self.casework.pathways.get(case.pathway_key, case.state.pathway_version)
        self.action = self.draw(st.sampled_from(self._likely(pathway, case)))
        roles = pathway.roles_for(self.action)
        return str(self.draw(st.sampled_from([who for who, role in PEOPLE.items() if role in roles])))

    def _likely(self, pathway: CompiledPathway, case: Case) -> list[str]:
        """What stands here; what leads on is drawn more often, or most walks would end at once."""
        likely = []
        for action in pathway.actions_from(case.state.state):
            ways = pathway.destinations(case.state.state, action, case.state.resume_stage)
            leads_on = any(pathway.stage_group(to.stage) not in ("ended", "held") for to in ways)
            likely += [action] * (4 if leads_on else 1)
        return likely

    async def _prepare(self, session: Session, case: Case, now: datetime) -> None:
        """Do what most actions ask for first."""
        therapist = await enter_as(session, self.service.cast["occupational_therapist"].id)
        if not case.state.memory.get("conversations"):
            await self._converse(session, therapist, case, now)
        if case.state.assigned_to is None and case.state.stage_group != "ended":
            command = Assign(reference=self.reference, assigned_to="me")
            await assign(session, therapist, command, casework=self.casework)
        if case.state.stage == "panel_scheduled":
            coordinator = await enter_as(session, self.service.cast["panel_coordinator"].id)
            await self._sit(session, coordinator, case, now)

    async def _act(self, session: Session, actor: Actor, case: Case, now: datetime) -> None:
        offers = await available_actions(session, actor, case, casework=self.casework, now=now)
        [offer] = [offer for offer in offers if offer["action"] == self.action]
        details = dict(offer["form"]["examples"][0])
        if "meeting" in details:
            details["meeting"] = self.meeting
        if self.draw(st.booleans()):
            details["occurred_at"] = case.state.last_occurred_at.isoformat()
        command = Advance(reference=self.reference, action=self.action, details=details)
        recorded = await advance(session, actor, command, casework=self.casework, now=now)
        assert {"tier": recorded.state.tier, "stage": recorded.state.stage} in offer["to"]
        event(f"moved: {self.action}")

    async def _record(self, session: Session, actor: Actor, kind: rules.Kind, effects: dict[str, Any]) -> None:
        command = Record(reference=self.reference, kind=kind, details={"note": "On the way."}, effects=effects)
        await record(session, actor, command, casework=self.casework)

    async def _converse(self, session: Session, actor: Actor, _case: Case, _now: datetime) -> None:
        options = [option["option"] for option in CONVERSATION["options"]]
        await self._record(session, actor, "conversation_recorded", {"options": sorted(options)})

    async def _note(self, session: Session, actor: Actor, _case: Case, _now: datetime) -> None:
        await self._record(session, actor, "note_added", {})

    async def _consent(self, session: Session, actor: Actor, _case: Case, _now: datetime) -> None:
        given = self.draw(st.booleans())
        await self._record(session, actor, "consent_recorded", {"sets": {"consent_to_share": given}})

    async def _assign(self, session: Session, actor: Actor, _case: Case, _now: datetime) -> None:
        colleague = self.draw(st.sampled_from(["occupational_therapist", "assessor"]))
        command = Assign(reference=self.reference, assigned_to=self.service.cast[colleague].id)
        await assign(session, actor, command, casework=self.casework)

    async def _offer(self, session: Session, actor: Actor, _case: Case, _now: datetime) -> None:
        to = self.draw(st.sampled_from(["clydeview", "eastlaw", "elsewhere"]))
        command = OfferHandover(reference=self.reference, organisation=to, reason="Nearer to the person.")
        await offer_handover(session, actor, command, casework=self.casework)

    async def _answer(self, session: Session, _actor: Actor, _case: Case, _now: datetime) -> None:
        who = self.draw(st.sampled_from(["housing_officer", "occupational_therapist", "stranger"]))
        actor = await enter_as(session, self.service.cast[who].id)
        command = AnswerHandover(reference=self.reference, accepts=self.draw(st.booleans()), reason="Not ours.")
        await answer_handover(session, actor, command, casework=self.casework)

    async def _retime(self, session: Session, actor: Actor, case: Case, now: datetime) -> None:
        events = rules.as_corrected(await load_events(session, case.id))
        index = self.draw(st.integers(0, len(events) - 1))
        latest = events[index + 1].occurred_at if index + 1 < len(events) else now
        earliest = events[index - 1].occurred_at if index else events[0].occurred_at - timedelta(days=3)
        moment = self.draw(st.sampled_from([earliest, latest, earliest + (latest - earliest) / 2]))
        zone = self.draw(st.sampled_from([UTC, timezone(timedelta(hours=1))]))
        await self._correct(session, actor, index + 1, "occurred_at", moment.astimezone(zone).isoformat(), now)

    async def _recontact(self, session: Session, actor: Actor, case: Case, now: datetime) -> None:
        day = case.state.first_contact_on - timedelta(days=self.draw(st.integers(0, 30)))
        await self._correct(session, actor, 1, "first_contact_on", day.isoformat(), now)

    async def _correct(
        self, session: Session, actor: Actor, sequence: int, field: Any, value: str, now: datetime
    ) -> None:
        command = Correct(
            reference=self.reference, sequence=sequence, field=field, detail=None, now=value, why="A slip of the pen."
        )
        await correct(session, actor, command, casework=self.casework, now=now)

    async def _sit(self, session: Session, actor: Actor, _case: Case, _now: datetime) -> None:
        """The panel comes together and everybody agrees."""
        if self.meeting is None:
            return
        present = (self.service.cast["panel_member"].email, self.service.cast["senior_occupational_therapist"].email)
        await record_attendance(session, actor, RecordAttendance(meeting_id=self.meeting, present=present))
        for organisation in ("clydeview", "eastlaw"):
            assent = GiveAssent(
                meeting_id=self.meeting, reference=self.reference, assents=True, organisation=organisation
            )
            await give_assent(session, actor, assent)

    async def check(self) -> None:
        """The row follows the journal in every projected column, the ledgers too, and the chain is whole."""
        async with self.service.owner.transaction() as session:
            found = await session.execute(text(f"{SELECT_CASE} WHERE c.reference = :r"), {"r": self.reference})
            case = case_from(found.one())
            events = await load_events(session, case.id)
            replayed = rules.replay(events)
            assert replayed is not None
            for name in STATE_COLUMNS:
                assert getattr(case.state, name) == getattr(replayed, name), name
            due = self.casework.timekeeper.deadlines(case.pathway_key, replayed)
            assert {f.name: getattr(case, f.name) for f in fields(due)} == {
                f.name: getattr(due, f.name) for f in fields(due)
            }
            await _chain_is_whole(session, case)
            await _ledgers_agree(session, case, events)


async def _chain_is_whole(session: Session, case: Case) -> None:
    broken = text(
        """
        SELECT sequence FROM (
          SELECT e.sequence, e.hash, e.previous_hash, journal_hash(e.previous_hash, e) AS right_hash,
                 lag(e.hash, 1, '\\x'::bytea) OVER (ORDER BY e.sequence) AS hash_before
            FROM case_events e WHERE e.case_id = :id) chain
         WHERE hash <> right_hash OR previous_hash <> hash_before
        """
    )
    assert (await session.scalars(broken, {"id": case.id})).all() == []
    head = text("SELECT hash FROM case_events WHERE case_id = :id ORDER BY sequence DESC LIMIT 1")
    assert await session.scalar(head, {"id": case.id}) == case.head_hash


async def _ledgers_agree(session: Session, case: Case, events: list[Event]) -> None:
    statement = text("SELECT held_from, held_to, opened_by, closed_by FROM holds WHERE case_id = :id ORDER BY id")
    ledger = [tuple(row) for row in await session.execute(statement, {"id": case.id})]
    remembered = [
        (_moment(hold["from"]), _moment(hold["to"]), hold["opened_by"], hold.get("closed_by"))
        for hold in case.state.memory.get("holds", ())
    ]
    assert ledger == remembered
    assert [opened_by for *_, opened_by, _ in ledger] == [
        event.sequence for event in events if event.effects.get("hold") == "opens"
    ]
    waiting = text("SELECT count(*) FROM panel_items WHERE case_id = :id AND closed_at IS NULL")
    on_agenda = "panel_scheduled" in (case.state.stage, case.state.resume_stage)
    assert await session.scalar(waiting, {"id": case.id}) == int(on_agenda)


def _moment(value: str | None) -> datetime | None:
    return datetime.fromisoformat(value) if value else None


@pytest.mark.database
@pytest.mark.parametrize("pathway", [HOUSING, GRANT])
@settings(
    max_examples=WALKS,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture, HealthCheck.data_too_large],
)
@given(data=st.data())
async def test_a_wandering_case_is_what_its_journal_says(service: Service, pathway: str, data: st.DataObject) -> None:
    tier = data.draw(st.sampled_from([tier for key, tier in ADAPTATION if key == pathway]))
    walk = await log(service, pathway=pathway, tier=tier)
    # Whatever the tier now: the walk may escalate it to one that comes before the panel.
    meeting = await set_meeting(service) if pathway == HOUSING else None
    stroll = Stroll(service, walk.reference, data.draw, meeting)
    for _ in range(data.draw(st.integers(FEWEST, MOST))):
        await stroll.step()
    await stroll.check()


def test_the_walks_draw_every_role() -> None:
    assert set(PEOPLE.values()) == set(Role)
