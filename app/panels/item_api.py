"""The JSON API of one case on an agenda: interests, the decision, and what others have to do because of it."""

from datetime import date

from fastapi import APIRouter, Response

from app.access.actor import Actor
from app.access.permissions import Permission
from app.access.policy import require
from app.cases import queries as cases
from app.cases.api import IfMatch, casework_of
from app.cases.reads import note_read
from app.edge.desk import ReadingDesk, WritingDesk, if_match
from app.edge.parameters import Id
from app.kernel.database import Session
from app.panels.actions.decide_item import DecideItem, decide_item
from app.panels.actions.declare_interest import DeclareInterest, declare_interest
from app.panels.actions.end_task import EndTask, end_task
from app.panels.case_schemas import CaseAtPanelOut
from app.panels.case_shown import show_case_at_panel
from app.panels.item_schemas import DecisionIn, InterestIn, OneItem, TaskEndIn, TaskList
from app.panels.item_shown import open_item, task_out
from app.panels.schemas import MeetingOut
from app.panels.shown import read_meeting
from app.panels.tasks import NewTask, own_tasks

router = APIRouter(tags=["panels"])
ITEM = "/meetings/{meeting_id}/cases/{reference}"


@router.get(ITEM, response_model=OneItem, summary="One case on an agenda")
async def get_item(meeting_id: Id, reference: str, desk: ReadingDesk) -> Response:
    """How it stands, what was declared and said, what was decided, and what has come of it."""
    today = casework_of(desk.request).timekeeper.day(desk.now())

    async def work(session: Session, actor: Actor) -> OneItem:
        opened = await open_item(session, actor, meeting_id, reference, today=today, route=f"GET {ITEM}")
        return opened.shown

    return await desk.read(work)


@router.post(f"{ITEM}/interests", status_code=201, response_model=MeetingOut, summary="Declare an interest")
async def post_interest(meeting_id: Id, reference: str, body: InterestIn, desk: WritingDesk) -> Response:
    """Declare an interest in the case; the answer is the meeting, without the case for whoever has left it."""
    command = DeclareInterest(meeting_id=meeting_id, reference=reference, **body.model_dump())

    async def work(session: Session, actor: Actor) -> MeetingOut:
        await declare_interest(session, actor, command, now=desk.now())
        return await read_meeting(session, actor, meeting_id, f"POST {ITEM}/interests")

    return await desk.write(work)


@router.post(f"{ITEM}/decision", status_code=201, response_model=OneItem, summary="Record the panel's decision")
async def post_decision(
    meeting_id: Id, reference: str, body: DecisionIn, desk: WritingDesk, match: IfMatch = None
) -> Response:
    """Move the case, keep how it was decided, and give out what others have to do."""
    casework = casework_of(desk.request)
    command = DecideItem(
        meeting_id=meeting_id,
        reference=reference,
        decision=body.decision,
        answers=body.answers,
        tasks=tuple(NewTask(**task.model_dump()) for task in body.tasks),
        expected_sequence=if_match(match),
    )

    async def work(session: Session, actor: Actor) -> OneItem:
        await decide_item(session, actor, command, casework=casework, now=desk.now())
        today = casework.timekeeper.day(desk.now())
        opened = await open_item(session, actor, meeting_id, reference, today=today, route=f"POST {ITEM}/decision")
        return opened.shown

    return await desk.write(work)


@router.get("/cases/{reference}/panel", response_model=CaseAtPanelOut, summary="A case's way through panels")
async def get_case_at_panel(reference: str, desk: ReadingDesk) -> Response:
    """Its referral's checks, the agendas it was on, what was decided, what others have to do, and appeals."""
    today = casework_of(desk.request).timekeeper.day(desk.now())

    async def work(session: Session, actor: Actor) -> CaseAtPanelOut:
        case = await cases.find(session, reference)
        require(actor, Permission.CASE_VIEW, case.state.party_ids)
        await note_read(session, actor, "GET /cases/{reference}/panel", [case.id])
        return await show_case_at_panel(session, actor, case, today=today)

    return await desk.read(work)


@router.get("/panel-tasks", response_model=TaskList, summary="What panels have asked of me")
async def get_tasks(desk: ReadingDesk) -> Response:
    """Open tasks of one's own, and those of one's organisations that nobody in particular has."""
    today = casework_of(desk.request).timekeeper.day(desk.now())

    async def work(session: Session, actor: Actor) -> TaskList:
        return await _own(session, actor, today, "GET /panel-tasks")

    return await desk.read(work)


@router.post("/panel-tasks/{task_id}/end", status_code=201, response_model=TaskList, summary="End a task")
async def post_task_end(task_id: Id, body: TaskEndIn, desk: WritingDesk) -> Response:
    """Say what became of a task; the answer is what is still open."""
    today = casework_of(desk.request).timekeeper.day(desk.now())
    command = EndTask(task_id=task_id, **body.model_dump())

    async def work(session: Session, actor: Actor) -> TaskList:
        await end_task(session, actor, command, now=desk.now())
        return await _own(session, actor, today, "POST /panel-tasks/{task_id}/end")

    return await desk.write(work)


async def _own(session: Session, actor: Actor, today: date, route: str) -> TaskList:
    tasks = await own_tasks(session, actor, today=today)
    await note_read(session, actor, route, [task.case_id for task in tasks])
    return TaskList(items=[task_out(row) for row in tasks])
