"""The JSON API of one's own tokens."""

import orjson
from fastapi import APIRouter, Response

from app.access.actor import Actor
from app.access.permissions import Permission
from app.access.policy import require
from app.edge.desk import ReadingDesk, WritingDesk
from app.edge.parameters import Cursor, Id, Limit
from app.kernel.database import Session
from app.kernel.paging import DEFAULT_LIMIT, decode_number
from app.people import shown
from app.people.actions.tokens import CreateToken, create_token, revoke_token
from app.people.schemas import TokenIn, TokenMade, TokenOut, TokenPage

router = APIRouter()


@router.get("/tokens", response_model=TokenPage, summary="Your tokens")
async def get_tokens(desk: ReadingDesk, limit: Limit = DEFAULT_LIMIT, cursor: Cursor = None) -> Response:
    """Your own tokens, newest first, revoked ones too; never anybody else's."""
    before = decode_number(cursor)

    async def work(session: Session, actor: Actor) -> TokenPage:
        require(actor, Permission.TOKEN_OWN)
        page = await shown.show_tokens(session, actor, before=before, limit=limit)
        return TokenPage(items=list(page.items), next_cursor=page.next_cursor)

    return await desk.read(work)


@router.post("/tokens", status_code=201, response_model=TokenMade, summary="Make a token")
async def post_token(body: TokenIn, desk: WritingDesk) -> Response:
    """Make a token for a program that acts as you. It is shown this once.

    A repeat with the same Idempotency-Key gives the same answer with `token` null: the secret is kept nowhere.
    """
    command = CreateToken(name=body.name, scopes=tuple(body.scopes), days=body.days)
    made: list[str] = []

    async def work(session: Session, actor: Actor) -> TokenMade:
        token = await create_token(session, actor, command)
        made.append(token.secret)
        about = await shown.show_token(session, token.id)
        return TokenMade(**about.model_dump())

    response = await desk.write(work)
    if not made:
        return response
    # Added after the answer was put by for a repeat, so that the secret never reaches a table.
    whole = {**orjson.loads(response.body), "token": made[-1]}
    return Response(orjson.dumps(whole), status_code=response.status_code, media_type=response.media_type)


@router.post("/tokens/{token_id}/revoke", status_code=201, response_model=TokenOut, summary="Revoke a token")
async def post_revocation(token_id: Id, desk: WritingDesk) -> Response:
    """Revoke a token of your own, from this moment."""

    async def work(session: Session, actor: Actor) -> TokenOut:
        await revoke_token(session, actor, token_id)
        return await shown.show_token(session, token_id)

    return await desk.write(work)
