"""Pathway definitions for programs and people."""

from typing import Any

from fastapi import APIRouter, Response
from pydantic import BaseModel

from app.access.actor import Actor
from app.cases.api import casework_of
from app.edge.desk import ReadingDesk
from app.kernel.database import Session
from app.kernel.problems import NotFound
from app.pathways.diagram import diagram
from app.pathways.pathway import CompiledPathway

router = APIRouter(tags=["pathways"])


class PathwaySummary(BaseModel):
    """One version of one pathway."""

    key: str
    version: int
    title: str
    calendar: str
    published: bool
    default: bool


@router.get("/pathways", response_model=list[PathwaySummary], summary="Every pathway and version")
async def get_pathways(desk: ReadingDesk) -> Response:
    """What a referral can travel along."""
    casework = casework_of(desk.request)

    async def work(session: Session, actor: Actor) -> list[dict[str, Any]]:
        del session, actor
        return [
            {
                "key": pathway.key,
                "version": pathway.version,
                "title": pathway.title,
                "calendar": pathway.calendar_key,
                "published": pathway.published,
                "default": pathway.key == casework.default_pathway,
            }
            for pathway in casework.pathways.all()
        ]

    return await desk.read(work)


@router.get("/pathways/{key}/{version}", response_model=dict[str, Any], summary="One pathway's definition")
async def get_pathway(key: str, version: str, desk: ReadingDesk) -> Response:
    """Tiers, stages, actions with their forms, targets and the catalogue, as data."""

    async def work(session: Session, actor: Actor) -> dict[str, Any]:
        del session, actor
        pathway = _find(desk, key, version)
        definition = pathway.definition.model_dump(mode="json", by_alias=True, exclude_none=True)
        forms = {action: pathway.form_schema(action) for action in pathway.actions}
        return {**definition, "published": pathway.published, "forms": forms, "catalogue": pathway.catalogue.listed()}

    return await desk.read(work)


@router.get(
    "/pathways/{key}/{version}/diagram.mmd",
    summary="One pathway as a Mermaid diagram",
    response_class=Response,
    responses={200: {"content": {"text/vnd.mermaid": {"schema": {"type": "string"}}}}},
)
async def get_diagram(key: str, version: str, desk: ReadingDesk) -> Response:
    """The states and the actions between them."""

    async def work(session: Session, actor: Actor) -> Response:
        del session, actor
        return Response(diagram(_find(desk, key, version)), media_type="text/vnd.mermaid")

    return await desk.read(work)


def _find(desk: ReadingDesk, key: str, version: str) -> CompiledPathway:
    for pathway in casework_of(desk.request).pathways.all():
        if pathway.key == key and str(pathway.version) == version.removeprefix("v"):
            return pathway
    raise NotFound("There is no such pathway or version. GET /api/v1/pathways lists them.")
