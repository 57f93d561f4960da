"""The pages on which a user saves a view of the worklist, renames it and deletes it."""

from collections.abc import Mapping
from typing import Any, Final

from fastapi import APIRouter, Response

from app.access.actor import Actor
from app.access.permissions import Permission
from app.access.policy import require
from app.cases.actions.keep_views import ChangeView, SaveView, change_view, delete_view, save_view
from app.cases.asked import FILTERS, WORKLIST, query_fields, read_query
from app.cases.casework import Casework
from app.cases.filters import Filters
from app.cases.saved_views import own_view
from app.cases.worklist import Wanted
from app.cases.worklist_schemas import ViewChangeIn, ViewIn, WantedIn
from app.edge.forms import NOTHING, Filled
from app.edge.pages import AtPageDesk, PageDesk, View, faults_of
from app.edge.parameters import Id
from app.edge.problem_answers import validated
from app.edge.questions import Question, field_id, filled_with, read_answers
from app.kernel.database import Session
from app.kernel.problems import Problem

router = APIRouter(include_in_schema=False)
SAVE: Final = "cases/templates/save_view.html"
CHANGE: Final = "cases/templates/change_view.html"
QUESTIONS: Final = (
    Question(name="name", kind="text", label="Name of the view", hint="Such as “Showers in Northburn”."),
)


@router.get("/worklist/save")
async def get_save(desk: AtPageDesk) -> Response:
    """Ask for the name of a view; the list, filters and order are in the address."""

    async def work(session: Session, actor: Actor) -> View:
        require(actor, Permission.CASE_VIEW)
        query = desk.request.url.query
        view = read_query(query).view
        known = filled_with(QUESTIONS, {"name": (await own_view(session, view)).name}) if view else NOTHING
        return _save_view(query, known)

    return await desk.read(work)


@router.post("/worklist/save")
async def post_save(desk: AtPageDesk) -> Response:
    """Save a view, or give the view that the list was opened by its new contents."""

    async def take(session: Session, actor: Actor, form: Filled) -> str:
        query = form.get("query")
        answers = {**read_answers(QUESTIONS, form), **_body(query)}
        body = validated(ViewIn, answers)
        casework, today, view = _casework(desk), _casework(desk).timekeeper.day(desk.now()), read_query(query).view
        if view is None:
            command = SaveView(name=body.name, wanted=wanted_of(body))
            view = await save_view(session, actor, command, casework=casework, today=today)
        else:
            changed = ChangeView(id=view, name=body.name, wanted=wanted_of(body))
            await change_view(session, actor, changed, casework=casework, today=today)
        return f"{WORKLIST}?view={view}"

    async def again(_session: Session, actor: Actor, form: Filled, problem: Problem) -> View:
        require(actor, Permission.CASE_VIEW)
        return _save_view(form.get("query"), form, problem)

    return await desk.submit(take, again)


@router.get("/worklist/views/{view_id}")
async def get_view(view_id: Id, desk: AtPageDesk) -> Response:
    """A saved view: rename it or delete it."""

    async def work(session: Session, actor: Actor) -> View:
        require(actor, Permission.CASE_VIEW)
        view = await own_view(session, view_id)
        return View(CHANGE, _context(view_id, filled_with(QUESTIONS, {"name": view.name})))

    return await desk.read(work)


@router.post("/worklist/views/{view_id}")
async def post_view(view_id: Id, desk: AtPageDesk) -> Response:
    """Rename a view."""

    async def take(session: Session, actor: Actor, form: Filled) -> str:
        body = validated(ViewChangeIn, read_answers(QUESTIONS, form))
        today = _casework(desk).timekeeper.day(desk.now())
        command = ChangeView(id=view_id, name=body.name)
        await change_view(session, actor, command, casework=_casework(desk), today=today)
        return f"{WORKLIST}?view={view_id}"

    return await desk.submit(take, _again(view_id))


@router.post("/worklist/views/{view_id}/delete")
async def post_view_deletion(view_id: Id, desk: AtPageDesk) -> Response:
    """Delete a view and go back to the list of one's own cases."""

    async def take(session: Session, actor: Actor, _form: Filled) -> str:
        await delete_view(session, actor, view_id)
        return WORKLIST

    return await desk.submit(take, _again(view_id))


def _again(view_id: int) -> Any:
    async def again(session: Session, actor: Actor, form: Filled, problem: Problem) -> View:
        require(actor, Permission.CASE_VIEW)
        await own_view(session, view_id)
        return View(CHANGE, _context(view_id, form, problem))

    return again


def wanted_of(body: WantedIn) -> Wanted:
    """What a body asks to keep."""
    return Wanted(list=body.list, order=body.sort, filters=Filters(**body.filters.model_dump()))


def _body(query: str) -> dict[str, Any]:
    """The list, order and filters of an address as the API takes them."""
    given = query_fields(query)
    filters: dict[str, Any] = {name: given[name] for name in FILTERS if name in given}
    if filters.get("on_hold") in ("true", "false"):
        filters["on_hold"] = filters["on_hold"] == "true"
    return {"filters": filters} | {name: given[name] for name in ("list", "sort") if name in given}


def _save_view(query: str, form: Filled, problem: Problem | None = None) -> View:
    faults = faults_of(problem, _id) if problem else []
    context = {"questions": QUESTIONS, "form": form, "faults": faults, "query": query, "view": read_query(query).view}
    return View(SAVE, context)


def _context(view_id: int, form: Filled, problem: Problem | None = None) -> Mapping[str, Any]:
    faults = faults_of(problem, _id) if problem else []
    return {"questions": QUESTIONS, "form": form, "faults": faults, "view_id": view_id}


def _id(pointer: str) -> str | None:
    return field_id(QUESTIONS, pointer)


def _casework(desk: PageDesk) -> Casework:
    casework: Casework = desk.request.app.state.casework
    return casework
