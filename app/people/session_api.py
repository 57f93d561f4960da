"""The JSON API of one's own sessions in browsers."""

from fastapi import APIRouter, Response

from app.access.actor import Actor
from app.edge.desk import ReadingDesk, WritingDesk
from app.kernel.database import Session
from app.people.actions.end_sessions import end_sessions, list_sessions
from app.people.schemas import SessionOut, SessionsEnded, SessionsOut

router = APIRouter()


@router.get("/sessions", response_model=SessionsOut, summary="Where you are signed in")
async def get_sessions(desk: ReadingDesk) -> Response:
    """Your open sessions in browsers, the one used last first; never anybody else's."""

    async def work(session: Session, actor: Actor) -> SessionsOut:
        del actor
        found = await list_sessions(session)
        shown = [
            SessionOut(created_at=one.created_at, last_seen_at=one.last_seen_at, opened_by=one.opened_by)
            for one in found
        ]
        return SessionsOut(items=shown)

    return await desk.read(work)


@router.post("/sessions/end", status_code=201, response_model=SessionsEnded, summary="Sign out everywhere")
async def post_sessions_end(desk: WritingDesk) -> Response:
    """End every session of yours in browsers. Tokens stay: revoke those one by one."""

    async def work(session: Session, actor: Actor) -> SessionsEnded:
        del actor
        return SessionsEnded(ended=await end_sessions(session))

    return await desk.write(work)
