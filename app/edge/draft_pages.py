"""Keep what is being typed on a page, before anybody sends it: asked for by the page's script, nothing is recorded."""

from typing import Final

from fastapi import APIRouter, Response

from app.edge import csrf, drafts, forms, sessions
from app.edge.doors import enter_session
from app.edge.local_paths import local_path
from app.edge.pages import AtPageDesk, View, fragment
from app.edge.templating import moment
from app.kernel.problems import FieldProblem, Unprocessable

router = APIRouter(include_in_schema=False)
FIELD: Final = "draft_path"


@router.post("/drafts")
async def post_draft(desk: AtPageDesk) -> Response:
    """Keep the form of the page that it names, in place of what was kept of it before."""
    form = await forms.read(desk.request)
    secret = sessions.secret_of(desk.request)
    # A path alone: it is shown as a link, and what follows a question mark may name a person.
    path = form.get(FIELD)
    if local_path(path) != path:
        raise Unprocessable([FieldProblem(f"/{FIELD}", "This is not the path of a page of ours.")])
    async with desk.db.transaction() as session:
        actor = await enter_session(session, secret)
        csrf.check(desk.request, form, secret)
        await drafts.keep(session, actor.user_id, path, form)
    return fragment(View("edge/templates/kept.html", {"at": moment(desk.now())}))
