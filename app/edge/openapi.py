"""The OpenAPI document: problems declared on every route, bearer tokens, and keys that a client generator accepts."""

from typing import Any, Final

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from pydantic import BaseModel

from app.edge.problem_answers import MEDIA_TYPE
from app.kernel.problems import PROBLEMS


class FieldFault(BaseModel):
    """One field that needs mending."""

    pointer: str
    message: str


class BlockerFault(BaseModel):
    """Why an action is not possible now."""

    code: str
    message: str


class ProblemDetails(BaseModel):
    """RFC 9457 problem details; `errors` on 422, `blockers` on 409."""

    type: str
    title: str
    status: int
    detail: str
    instance: str
    errors: list[FieldFault] | None = None
    blockers: list[BlockerFault] | None = None


def _response(description: str) -> dict[str, Any]:
    return {
        "description": description,
        "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/ProblemDetails"}}},
    }


PROBLEM_RESPONSES: Final[dict[int | str, dict[str, Any]]] = {
    400: _response("The request could not be read"),
    **{problem.status: _response(problem.title) for problem in PROBLEMS},
    409: _response("Not possible now, or contradicts what is recorded"),
}


def install(app: FastAPI) -> None:
    """Let the app describe itself once and remember it."""

    def describe() -> dict[str, Any]:
        if app.openapi_schema is None:
            document = get_openapi(
                title=app.title, version=app.version, summary=app.summary, routes=app.routes, openapi_version="3.1.0"
            )
            schemas = document.setdefault("components", {}).setdefault("schemas", {})
            definitions = ProblemDetails.model_json_schema(ref_template="#/components/schemas/{model}")
            schemas.update(definitions.pop("$defs"))
            schemas["ProblemDetails"] = definitions
            schemas.pop("HTTPValidationError", None)
            schemas.pop("ValidationError", None)
            document["components"]["securitySchemes"] = {"token": {"type": "http", "scheme": "bearer"}}
            for path, methods in document["paths"].items():
                for operation in methods.values():
                    if path.startswith("/api/"):
                        operation["security"] = [{"token": []}]
            app.openapi_schema = document
        return app.openapi_schema

    app.openapi = describe  # type: ignore[method-assign] # FastAPI's own way to put another document in place
