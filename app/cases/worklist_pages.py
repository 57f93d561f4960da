"""The worklist's pages: lists and saved views with their filters, search, and the list as a file."""

from datetime import date
from typing import Final

from fastapi import APIRouter, Response
from fastapi.responses import StreamingResponse

from app.access.actor import Actor
from app.access.permissions import Permission
from app.access.policy import require
from app.cases.actions.assign import WORKER_ROLES
from app.cases.asked import CSV, WORKLIST, Asked, read_query
from app.cases.casework import Casework
from app.cases.list_csv import MOST_ROWS, pieces
from app.cases.list_view import list_page, open_list
from app.cases.lists import ListName
from app.cases.searches import keep_search
from app.cases.worklist import count_lists, count_up_to
from app.cases.worklist_schemas import SearchIn
from app.edge.forms import Filled
from app.edge.pages import AtPageDesk, NavItem, PageDesk, View, faults_of
from app.edge.problem_answers import validated
from app.edge.questions import Question, field_id, read_answers
from app.kernel.database import Session
from app.kernel.problems import Problem, Unprocessable

router = APIRouter(include_in_schema=False)
NAV: Final = (NavItem("Cases", WORKLIST, Permission.CASE_VIEW),)
LIST: Final = "cases/templates/worklist.html"
SEARCH: Final = "cases/templates/search.html"
QUESTIONS: Final = (
    Question(
        name="typed",
        kind="text",
        label="Find a person or a case",
        hint="A name, however it is spelt; a reference, CHI or NHS number; a postcode or its beginning.",
    ),
)


@router.get(WORKLIST)
async def get_worklist(desk: AtPageDesk) -> Response:
    """One list, view or search, page by page."""

    async def work(session: Session, actor: Actor) -> View:
        asked, casework, today = await _asked(session, desk, actor), _casework(desk), _today(desk)
        opened = await open_list(session, actor, asked, casework=casework, today=today)
        context = await list_page(session, actor, opened, casework=casework, today=today)
        return View(LIST, {**context, "most_rows": MOST_ROWS}, status=422 if opened.faults else 200)

    return await desk.read(work)


@router.get(CSV)
async def get_worklist_csv(desk: AtPageDesk) -> Response:
    """The same list as a file: every page of it, up to MOST_ROWS cases."""

    async def work(session: Session, actor: Actor) -> Response:
        asked, casework, today = await _asked(session, desk, actor), _casework(desk), _today(desk)
        opened = await open_list(session, actor, asked, casework=casework, today=today)
        if opened.where is None:
            raise Unprocessable(list(opened.faults))
        whole = await count_up_to(session, opened.where, MOST_ROWS) <= MOST_ROWS
        name = f"cases-{today}.csv" if whole else f"cases-{today}-first-{MOST_ROWS}.csv"
        headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
        return StreamingResponse(pieces(desk, asked), media_type="text/csv; charset=utf-8", headers=headers)

    # Who may not is told so here; once the file has begun there is no other answer to give.
    return await desk.read(work)


@router.get("/worklist/search")
async def get_search(desk: AtPageDesk) -> Response:
    """The search alone."""

    async def work(_session: Session, actor: Actor) -> View:
        require(actor, Permission.CASE_VIEW)
        return View(SEARCH, {"questions": QUESTIONS, "form": Filled({}), "faults": []})

    return await desk.read(work)


@router.post("/worklist/search")
async def post_search(desk: AtPageDesk) -> Response:
    """Keep what was typed for a day and go to what it finds: no address carries it."""

    async def take(session: Session, actor: Actor, form: Filled) -> str:
        require(actor, Permission.CASE_VIEW)
        body = validated(SearchIn, read_answers(QUESTIONS, form))
        return f"{WORKLIST}?found={await keep_search(session, actor, body.typed)}"

    async def again(_session: Session, actor: Actor, form: Filled, problem: Problem) -> View:
        require(actor, Permission.CASE_VIEW)
        faults = faults_of(problem, lambda pointer: field_id(QUESTIONS, pointer))
        return View(SEARCH, {"questions": QUESTIONS, "form": form, "faults": faults})

    return await desk.submit(take, again)


async def _asked(session: Session, desk: PageDesk, actor: Actor) -> Asked:
    """What the address asks for; one that asks for nothing asks for one's own cases, else for those that wait for one,
    else for all that one sees: the first list with something on it.
    """
    query = desk.request.url.query
    asked = read_query(query)
    if asked.pairs:
        return asked
    own: ListName = "open"
    if actor.all_roles & WORKER_ROLES:
        names: tuple[ListName, ...] = ("mine", "waiting")
        counts = await count_lists(session, actor, names, casework=_casework(desk), today=_today(desk))
        own = next((name for name in names if counts[name]), "mine")
    return read_query(f"list={own}&{query}")


def _casework(desk: PageDesk) -> Casework:
    casework: Casework = desk.request.app.state.casework
    return casework


def _today(desk: PageDesk) -> date:
    return _casework(desk).timekeeper.day(desk.now())
