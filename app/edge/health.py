"""Is the process alive, and can it do its work: for orchestrators and for people."""

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse
from sqlalchemy.exc import SQLAlchemyError

from app.kernel import migrations
from app.kernel.database import schema_revision

router = APIRouter(tags=["health"])
_HEAD = migrations.head()


@router.get("/healthz", summary="Alive")
async def healthz() -> dict[str, str]:
    """The process answers."""
    return {"status": "alive"}


@router.get("/readyz", summary="Ready", responses={503: {"description": "Not ready"}})
async def readyz(request: Request) -> Response:
    """The database is within reach and its schema is the one this code knows."""
    try:
        async with request.app.state.db.transaction() as session:
            found = await schema_revision(session)
    except (SQLAlchemyError, OSError):
        return JSONResponse({"status": "not ready", "why": "The database is out of reach."}, status_code=503)
    if found != _HEAD:
        return JSONResponse(
            {"status": "not ready", "why": "The schema is not current. Run `adapt migrate`."}, status_code=503
        )
    return JSONResponse({"status": "ready", "schema": found})
