"""The pages of a home's history, of marking what is in it, and of what waits to be used again."""

from typing import Annotated, Final

from fastapi import APIRouter, Query, Response
from pydantic import ValidationError

from app.access.actor import Actor
from app.access.permissions import GRANTS, Permission
from app.access.policy import permits, refusal, require
from app.cases.offers import Reason
from app.cases.opened import CaseTab, OpenedCase, frame
from app.cases.reads import note_read
from app.cases.sheets import Sheet, casework_at, faults_in, open_at, sheet_page
from app.edge import drafts
from app.edge.forms import Filled
from app.edge.pages import AtPageDesk, NavItem, PageDesk, View
from app.edge.parameters import LARGEST_ID, Cursor, Id, Named, text_filter
from app.edge.problem_answers import from_validation
from app.edge.questions import Question, filled_with, read_answers
from app.edge.templating import day
from app.kernel.database import Session
from app.kernel.paging import decode_number, malformed
from app.kernel.problems import NotFound, Problem
from app.provision import wording
from app.provision.actions.mark_item import MarkItem, mark_item
from app.provision.answers import HomeItemOut
from app.provision.home_shown import organisations_that_mark, reusable_items, show_home, show_waiting
from app.provision.questions import mark_questions
from app.provision.schemas import MARKS, MarkIn

router = APIRouter(include_in_schema=False)
CASE_TABS: Final = (CaseTab("The home", "home"),)
NAV: Final = (NavItem("Items to use again", "/reusable-items", Permission.REUSE_VIEW),)
ROWS: Final = 50
Marked = Annotated[int | None, Query(ge=1, le=LARGEST_ID)]


@router.get("/cases/{reference}/home")
async def get_home(reference: str, desk: AtPageDesk, marked: Marked = None) -> Response:
    """What has been put into the home of a case, whoever lived there then. `marked`: the item just marked."""

    async def work(session: Session, actor: Actor) -> View:
        opened = await open_at(session, actor, desk, reference)
        home, named = await show_home(session, opened.case, casework=casework_at(desk))
        await note_read(session, actor, "GET /cases/{reference}/home", [n for n in named if n != opened.case.id])
        context = {
            **frame(desk.request, opened, part="home"),
            "items": home.items,
            "just": next((item for item in home.items if item.id == marked), None),
            "may_mark": permits(actor, Permission.HOME_MARK, opened.case.state.acting_party_ids),
            "marks": MARKS,
            "say": wording,
        }
        return View("provision/templates/home.html", context)

    return await desk.read(work)


@router.get("/cases/{reference}/home/{item_id}")
async def get_mark(reference: str, item_id: Id, desk: AtPageDesk) -> Response:
    """The form that says what has become of one adaptation in the home."""

    async def work(session: Session, actor: Actor) -> View:
        opened = await open_at(session, actor, desk, reference)
        item = await _item(session, desk, opened, item_id)
        questions = mark_questions(reusable=item.reusable)
        draft = await desk.draft(session, actor)
        known = filled_with(questions, {"marked_on": opened.today.isoformat()})
        return sheet_page(desk, opened, _sheet(actor, opened, item, draft.form if draft else known))

    return await desk.read(work)


@router.post("/cases/{reference}/home/{item_id}")
async def post_mark(reference: str, item_id: Id, desk: AtPageDesk) -> Response:
    """Mark the adaptation, or show the form again."""

    async def take(session: Session, actor: Actor, form: Filled) -> str:
        opened = await open_at(session, actor, desk, reference)
        item = await _item(session, desk, opened, item_id)
        body = _body(mark_questions(reusable=item.reusable), form)
        command = MarkItem(item_id=item_id, **body.model_dump())
        await mark_item(session, actor, command, casework=casework_at(desk), now=desk.now())
        await drafts.drop(session, actor.user_id, desk.path)
        return f"/cases/{opened.shown.reference}/home?marked={item_id}"

    async def again(session: Session, actor: Actor, form: Filled, problem: Problem) -> View:
        opened = await open_at(session, actor, desk, reference)
        item = await _item(session, desk, opened, item_id)
        return sheet_page(desk, opened, _sheet(actor, opened, item, form, problem=problem))

    return await desk.submit(take, again)


async def _item(session: Session, desk: PageDesk, opened: OpenedCase, item_id: int) -> HomeItemOut:
    home, _ = await show_home(session, opened.case, casework=casework_at(desk))
    item = next((item for item in home.items if item.id == item_id), None)
    if item is None:
        raise NotFound("There is nothing with this number in this home. Look at the home's history.")
    return item


def _body(questions: tuple[Question, ...], form: Filled) -> MarkIn:
    try:
        return MarkIn.model_validate(read_answers(questions, form))
    except ValidationError as error:
        raise from_validation(list(error.errors())) from None


def _sheet(
    actor: Actor, opened: OpenedCase, item: HomeItemOut, form: Filled, *, problem: Problem | None = None
) -> Sheet:
    questions = mark_questions(reusable=item.reusable)
    permitted = permits(actor, Permission.HOME_MARK, opened.case.state.acting_party_ids)
    return Sheet(
        title=f"{item.label}: what has become of it?",
        help=f"Put in on {day(item.installed_on)} by {item.organisation}. Earlier marks stay; the newest counts.",
        button="Mark it",
        questions=questions,
        form=form,
        reasons=[] if permitted else [Reason(refusal(GRANTS[Permission.HOME_MARK]), None)],
        faults=faults_in(questions, problem, {}),
    )


@router.get("/reusable-items")
async def get_reusable_items(
    desk: AtPageDesk,
    adaptation: Annotated[str | None, text_filter("Only this adaptation.")] = None,
    organisation: Named = None,
    cursor: Cursor = None,
) -> Response:
    """Items of the whole partnership that wait to be used again, longest first."""
    casework = casework_at(desk)
    after = decode_number(cursor) or 0
    if after > LARGEST_ID:
        raise malformed()

    async def work(session: Session, actor: Actor) -> View:
        require(actor, Permission.REUSE_VIEW)
        wanted = {"adaptation": adaptation or None, "organisation": organisation or None}
        page, named = await show_waiting(session, casework=casework, **wanted, after=after, limit=ROWS)
        await note_read(session, actor, "GET /reusable-items", named)
        context = {
            "items": page.items,
            "following": page.next_cursor,
            "later": cursor is not None,
            "wanted": wanted,
            "adaptations": reusable_items(casework),
            "organisations": await organisations_that_mark(session),
        }
        return View("provision/templates/reusable_items.html", context)

    return await desk.read(work)
