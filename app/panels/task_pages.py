"""What panels have asked of me, and what became of it."""

from typing import Final

from fastapi import APIRouter, Response

from app.access.actor import Actor
from app.access.permissions import Permission
from app.cases.reads import note_read
from app.cases.sheets import casework_at
from app.edge.form_sheets import FormSheet, form_page
from app.edge.forms import NOTHING, Filled
from app.edge.pages import AtPageDesk, NavItem, PageDesk, View
from app.edge.parameters import Id
from app.edge.problem_answers import validated
from app.edge.questions import Option, Question, read_answers
from app.kernel.database import Session
from app.kernel.problems import NotFound, Problem
from app.panels import wording
from app.panels.actions.end_task import EndTask, end_task
from app.panels.home_notes import panel_notes
from app.panels.item_schemas import TaskEndIn
from app.panels.tasks import find_task, own_tasks

router = APIRouter(include_in_schema=False)
HOME_NOTES: Final = (panel_notes,)
NAV: Final = (NavItem("Panel tasks", "/panel-tasks", Permission.CASE_NOTE),)
QUESTIONS: Final = (
    Question(
        name="outcome",
        kind="choice",
        label="What became of it?",
        options=tuple(Option(value=key, label=words) for key, words in wording.OUTCOMES.items()),
    ),
    Question(
        name="result",
        kind="long_text",
        label="What came of it, or why not?",
        hint="Needed where it was not met or is not needed any more.",
        required=False,
    ),
)


@router.get("/panel-tasks")
async def get_tasks(desk: AtPageDesk) -> Response:
    """Open tasks of one's own, and those of one's organisations that nobody in particular has."""
    today = casework_at(desk).timekeeper.day(desk.now())

    async def work(session: Session, actor: Actor) -> View:
        tasks = await own_tasks(session, actor, today=today)
        await note_read(session, actor, "GET /panel-tasks", [task.case_id for task in tasks])
        return View("panels/templates/tasks.html", {"tasks": tasks, "kinds": wording.KINDS})

    return await desk.read(work)


@router.get("/panel-tasks/{task_id}/end")
async def get_task_end(task_id: Id, desk: AtPageDesk) -> Response:
    """Ask what became of a task."""

    async def work(session: Session, actor: Actor) -> View:
        return await _page(session, actor, task_id, desk)

    return await desk.read(work)


@router.post("/panel-tasks/{task_id}/end")
async def post_task_end(task_id: Id, desk: AtPageDesk) -> Response:
    """End the task, then show those that are left."""

    async def take(session: Session, actor: Actor, form: Filled) -> str:
        body = validated(TaskEndIn, read_answers(QUESTIONS, form))
        command = EndTask(task_id=task_id, outcome=body.outcome, result=body.result)
        await end_task(session, actor, command, now=desk.now())
        return "/panel-tasks"

    async def again(session: Session, actor: Actor, form: Filled, problem: Problem) -> View:
        return await _page(session, actor, task_id, desk, form, problem)

    return await desk.submit(take, again)


async def _page(
    session: Session,
    actor: Actor,
    task_id: int,
    desk: PageDesk,
    form: Filled = NOTHING,
    problem: Problem | None = None,
) -> View:
    task = await find_task(session, task_id, today=casework_at(desk).timekeeper.day(desk.now()))
    if task is None:
        raise NotFound("There is no task with this number that you may see.")
    await note_read(session, actor, "GET /panel-tasks/{task_id}/end", [task.case_id])
    sheet = FormSheet(
        title=f"{wording.KINDS[task.kind]}: {task.told}",
        caption=f"Case {task.reference}" if task.reference else "A panel's task",
        help="Once you have sent this, the task is off everybody's list.",
        button="End this task",
        back="/panel-tasks",
        back_label="Back to the tasks",
        questions=QUESTIONS,
    )
    return form_page(sheet, form, problem)
