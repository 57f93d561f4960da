"""Choose for which of one's organisations one acts."""

from fastapi import APIRouter, Response

from app.access.actor import Actor
from app.access.roles import label
from app.edge import sessions
from app.edge.doors import enter_session
from app.edge.local_paths import local_path
from app.edge.pages import AtPageDesk, FieldFault, PageDesk, View, see_other
from app.kernel.database import Session
from app.kernel.problems import Unprocessable
from app.people import visits
from app.people.actions.choose_hat import ChooseHat, choose_hat, list_hats
from app.people.arrival import HOME, carry

router = APIRouter(include_in_schema=False)
ALL = "all"


@router.get("/hats")
async def get_hats(desk: AtPageDesk) -> Response:
    """The organisations to act for, with the roles held in each."""
    way = local_path(desk.request.query_params.get("next")) or HOME

    async def work(session: Session, actor: Actor) -> View:
        return await _view(session, actor, way)

    return await desk.read(work)


@router.post("/hats")
async def post_hats(desk: AtPageDesk) -> Response:
    """Put the hat on; the session gets a new secret, because it opens something else from now on."""
    form = await visits.own_form(desk.request)
    way = local_path(form.get("next")) or HOME
    chosen, secret = form.get("organisation", ""), sessions.new_secret()
    new, own = sessions.secret_hash(secret), visits.own_hash(desk.request)
    if chosen != ALL and not (chosen.isascii() and chosen.isdecimal() and len(chosen) < 10):
        return await _again(desk, way, "Choose for whom you act.")
    command = ChooseHat(organisation_id=None if chosen == ALL else int(chosen))
    try:
        async with desk.db.transaction() as session:
            await enter_session(session, sessions.secret_of(desk.request))
            await choose_hat(session, command, session_hash=own, new_hash=new)
    except Unprocessable as refused:
        return await _again(desk, way, refused.detail)
    return carry(desk.request, see_other(way), secret)


async def _again(desk: PageDesk, way: str, message: str) -> Response:
    async def work(session: Session, actor: Actor) -> View:
        return await _view(session, actor, way, message)

    return await desk.read(work)


async def _view(session: Session, actor: Actor, way: str, message: str | None = None) -> View:
    hats = await list_hats(session, actor)
    items = [
        {"value": str(hat.organisation_id), "text": hat.name, "hint": {"text": ", ".join(map(label, hat.roles))}}
        for hat in hats
    ]
    if len(hats) > 1:
        items += [{"divider": "or"}, {"value": ALL, "text": "All of them together"}]
    faults = [FieldFault("organisation", message)] if message is not None else []
    chosen = ALL if actor.acting_for_id is None else str(actor.acting_for_id)
    context = {"items": items, "chosen": chosen, "way": way, "faults": faults}
    return View("people/templates/hats.html", context, 422 if faults else 200)
