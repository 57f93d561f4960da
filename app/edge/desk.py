"""The desk every JSON endpoint works at: one transaction, an actor let in, the answer written after the commit.

An endpoint gives `read` or `write` a function of the open transaction and the actor. The transaction is opened here and
nowhere below; the answer leaves only when the commit has succeeded.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any

import orjson
from fastapi import Depends, Header, Request, Response
from pydantic import BaseModel

from app.access.actor import Actor
from app.edge import idempotency, problem_answers
from app.edge.doors import enter
from app.edge.idempotency import REMEMBERED_REFUSALS, Stored
from app.kernel.clock import Clock
from app.kernel.database import Database, Session
from app.kernel.problems import FieldProblem, Problem, Unprocessable

Work = Callable[[Session, Actor], Awaitable[Any]]


@dataclass(frozen=True, slots=True)
class Desk:
    """One request's desk."""

    request: Request
    db: Database
    clock: Clock

    def now(self) -> datetime:
        """The present moment."""
        return self.clock.now()

    async def read(self, work: Work, *, of_one_moment: bool = False) -> Response:
        """Answer 200 with what `work` gives; what was read is on record when the answer leaves."""
        async with self.db.transaction(of_one_moment=of_one_moment) as session:
            actor = await enter(session, self._authorization, scope="read")
            result = await work(session, actor)
        return result if isinstance(result, Response) else _json(result, 200)

    async def report(self, work: Work) -> Response:
        """Answer 200 from a read-only snapshot: every figure is of one moment."""
        async with self.db.snapshot() as session:
            actor = await enter(session, self._authorization, scope="read")
            result = await work(session, actor)
        return result if isinstance(result, Response) else _json(result, 200)

    async def write(self, work: Work, *, status: int = 201, fingerprint: bytes | None = None) -> Response:
        """Do the work once: a repeat with the same Idempotency-Key gets the first answer again.

        `fingerprint` stands for the body where it has been read as a stream.
        """
        key = self.request.headers.get("idempotency-key")
        if key is None:
            async with self.db.transaction() as session:
                actor = await enter(session, self._authorization, scope="write")
                result = await work(session, actor)
            return _json(result, status)
        body = fingerprint if fingerprint is not None else await self.request.body()
        wanted = idempotency.request_hash(self.request.method, self.request.url.path, body)
        return await self._once(work, idempotency.check_key(key), wanted, status)

    async def _once(self, work: Work, key: str, wanted: bytes, status: int) -> Response:
        try:
            async with self.db.transaction() as session:
                actor = await enter(session, self._authorization, scope="write")
                answer = await idempotency.recall(session, actor.user_id, key, wanted)
                if answer is None:
                    answer = _stored(_json(await work(session, actor), status))
                    await idempotency.remember(session, actor.user_id, key, wanted, answer)
        except Problem as problem:
            if problem.status not in REMEMBERED_REFUSALS:
                raise
            answer = _stored(problem_answers.answer(self.request, problem))
            async with self.db.transaction() as session:
                actor = await enter(session, self._authorization, scope="write")
                await idempotency.remember(session, actor.user_id, key, wanted, answer)
        return Response(answer.body, status_code=answer.status, media_type=answer.content_type)

    @property
    def _authorization(self) -> str | None:
        return self.request.headers.get("authorization")


def _stored(response: Response) -> Stored:
    return Stored(
        status=response.status_code, content_type=response.media_type or "application/json", body=bytes(response.body)
    )


def _json(result: Any, status: int) -> Response:
    content = (
        result.model_dump_json(by_alias=True).encode()
        if isinstance(result, BaseModel)
        else orjson.dumps(result, option=orjson.OPT_UTC_Z)
    )
    return Response(content, status_code=status, media_type="application/json")


async def desk(
    request: Request,
    idempotency_key: Annotated[
        str | None,
        Header(description="The same key and body give the first answer again.", max_length=200),
    ] = None,
) -> Desk:
    """The desk for a request that may be repeated; the header is read by the desk itself."""
    del idempotency_key
    return Desk(request, request.app.state.db, request.app.state.clock)


async def reading_desk(request: Request) -> Desk:
    """The desk for a request that only reads."""
    return Desk(request, request.app.state.db, request.app.state.clock)


WritingDesk = Annotated[Desk, Depends(desk)]
ReadingDesk = Annotated[Desk, Depends(reading_desk)]


def if_match(value: str | None) -> int | None:
    """Read If-Match: a sequence in quotes; `*` and nothing stand for "whatever it is now"."""
    if value is None or value.strip() == "*":
        return None
    text = value.strip().removeprefix("W/").strip('"')
    if not text.isascii() or not text.isdecimal() or len(text) > 9:
        raise Unprocessable([FieldProblem("/If-Match", 'Give the sequence you last saw, in quotes: "7".')])
    return int(text)
