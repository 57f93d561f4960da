"""Turn whatever went wrong into application/problem+json (RFC 9457), or into a page for whoever is reading pages.

Nothing of the database or the person leaks.
"""

from collections.abc import Mapping
from typing import Any, Final, TypeVar

import orjson
import psycopg
from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, ValidationError
from sqlalchemy.exc import DataError, SQLAlchemyError
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect

from app.edge.error_pages import error_page, wants_page
from app.kernel.database import sqlstate
from app.kernel.problems import Conflict, FieldProblem, NotReady, NotSignedIn, Problem, Unprocessable

MEDIA_TYPE = "application/problem+json"
Body = TypeVar("Body", bound=BaseModel)

_PLAIN: Final = {
    400: ("malformed", "The request could not be read", "The body could not be read. Send JSON in UTF-8."),
    404: ("not-found", "Not found", "There is nothing at this address. See /api/v1/openapi.json for what there is."),
    405: ("method-not-allowed", "Not this way", "This address does not answer to this method."),
}
_BUSY: Final = frozenset({"55P03", "57014", "40001", "40P01", "53300"})
_OCCURRED_AT: Final = {
    "AD001": "This is in the future. Give the time at which it happened.",
    "AD002": "This is before the case's previous event. If that one has a wrong time, correct it first.",
}


def problem(status: int, slug: str, title: str, detail: str, request: Request, **more: object) -> Response:
    """Write a problem answer."""
    if wants_page(request):
        return error_page(request, status, title, detail)
    body = {
        "type": f"/problems/{slug}",
        "title": title,
        "status": status,
        "detail": detail,
        "instance": request.url.path,
        **more,
    }
    headers = {"WWW-Authenticate": "Bearer"} if status == NotSignedIn.status else None
    return Response(
        orjson.dumps(body, default=str, option=orjson.OPT_UTC_Z),
        status_code=status,
        media_type=MEDIA_TYPE,
        headers=headers,
    )


def answer(request: Request, error: Problem) -> Response:
    """Write the answer for a problem."""
    return problem(error.status, error.slug, error.title, error.detail, request, **error.extensions)


def pointer(location: tuple[int | str, ...]) -> str:
    """Make a JSON pointer of where validation found a fault; the body's own place is its root."""
    parts = [str(part) for part in location if part not in ("body", "query", "path", "header")]
    return "".join("/" + part.replace("~", "~0").replace("/", "~1") for part in parts)


def from_validation(errors: list[Mapping[str, Any]]) -> Unprocessable:
    """Say of each field what is wrong, without repeating what was typed."""
    return Unprocessable([FieldProblem(pointer(tuple(e["loc"])), _sentence(e)) for e in errors][:100])


def validated(model: type[Body], answers: Mapping[str, Any]) -> Body:
    """Judge a page's answers by the model of the API's body. Raises Unprocessable, naming every field."""
    try:
        return model.model_validate(answers)
    except ValidationError as wrong:
        raise from_validation(list(wrong.errors())) from None


MISSING: Final = "This is missing."
_SENTENCES: Final = {
    "missing": MISSING,
    "extra_forbidden": "There is no such field here; check its name.",
    "json_invalid": "This is not JSON that can be read.",
    "string_type": "Give text here.",
    "string_pattern_mismatch": "This has characters that cannot be kept. Leave out line breaks and control characters.",
    "string_unicode": "This has characters that cannot be kept.",
    "too_short": "Give at least one.",
    "int_type": "Give a whole number.",
    "int_parsing": "Give a whole number.",
    "bool_type": "Say true or false.",
    "bool_parsing": "Say true or false.",
    "list_type": "Give a list here.",
    "literal_error": "Choose one of the answers offered.",
    "dict_type": "Give an object with fields here.",
    "model_type": "Give an object with fields here.",
    "model_attributes_type": "Give an object with fields here.",
}
_WITH_BOUNDS: Final = {
    "string_too_short": "Write {min_length} characters or more.",
    "string_too_long": "Write {max_length} characters or fewer.",
    "greater_than_equal": "Give {ge} or more.",
    "less_than_equal": "Give {le} or less.",
}


def _sentence(error: Mapping[str, Any]) -> str:
    bounds = _WITH_BOUNDS.get(error["type"])
    if error["type"] == "string_too_short" and error["ctx"]["min_length"] == 1:
        return MISSING
    plain = bounds.format(**error["ctx"]) if bounds else _SENTENCES.get(error["type"])
    return plain or str(error["msg"]).removeprefix("Value error, ").rstrip(".") + "."


def from_database(error: SQLAlchemyError | psycopg.Error) -> Problem | None:
    """Read a database error as the problem it stands for, or None when it is a fault of ours."""
    state = sqlstate(error) or ""
    if state in _OCCURRED_AT:
        return Unprocessable([FieldProblem("/occurred_at", _OCCURRED_AT[state])])
    if state in _BUSY:
        return NotReady("The service is busy. Nothing was changed; try again in a moment.")
    if state.startswith(("08", "57P")) or (not state and _is_away(error)):
        return NotReady(
            "The database is away. If you were changing something, look whether it is there before you try again."
        )
    if state in ("23505", "23P01"):
        return Conflict("Somebody else has just recorded the same. Look again before you go on.")
    # The driver refuses some of it before the database can give it a number.
    if state.startswith("22") or isinstance(error, DataError):
        return Unprocessable(
            [FieldProblem("", "Something in this cannot be stored: a character or a number out of range.")]
        )
    return None


def _is_away(error: SQLAlchemyError | psycopg.Error) -> bool:
    """Whether a connection could not be made, or broke: nobody was there to give the error a number."""
    return isinstance(getattr(error, "orig", error), psycopg.OperationalError)


def install(app: FastAPI) -> None:
    """Let the app answer every error it expects as a problem; what is left is for `app.edge.faults`."""

    async def on_problem(request: Request, error: Exception) -> Response:
        assert isinstance(error, Problem)
        return answer(request, error)

    async def on_validation(request: Request, error: Exception) -> Response:
        assert isinstance(error, RequestValidationError)
        return answer(request, from_validation(list(error.errors())))

    async def on_http(request: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException)
        slug, title, detail = _PLAIN.get(error.status_code, ("refused", "Refused", "The request was refused."))
        response = problem(error.status_code, slug, title, detail, request)
        for name, value in (error.headers or {}).items():
            response.headers[name] = value
        return response

    async def on_database(request: Request, error: Exception) -> Response:
        assert isinstance(error, SQLAlchemyError | psycopg.Error)
        known = from_database(error) or _pool_timeout(error)
        if known is not None:
            return answer(request, known)
        raise error

    async def on_gone(request: Request, error: Exception) -> Response:
        # Nobody is there to read it; it is no fault of ours and nothing was done.
        del error
        return problem(400, "gone", "The request broke off", "The body did not arrive whole.", request)

    app.add_exception_handler(Problem, on_problem)
    app.add_exception_handler(RequestValidationError, on_validation)
    app.add_exception_handler(HTTPException, on_http)
    app.add_exception_handler(SQLAlchemyError, on_database)
    app.add_exception_handler(psycopg.Error, on_database)
    app.add_exception_handler(ClientDisconnect, on_gone)


def _pool_timeout(error: Exception) -> Problem | None:
    if type(error).__name__ == "TimeoutError":
        return NotReady("The service is busy. Nothing was changed; try again in a moment.")
    return None
