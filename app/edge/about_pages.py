"""What everybody may read: how accessible the service is, and what it does with what it is told."""

from fastapi import APIRouter, Response

from app.edge.pages import AtPageDesk, View

router = APIRouter(include_in_schema=False)


@router.get("/accessibility")
async def get_accessibility(desk: AtPageDesk) -> Response:
    """The accessibility statement."""
    return await desk.show(View("edge/templates/accessibility.html", {"contact": desk.request.app.state.contact}))


@router.get("/privacy")
async def get_privacy(desk: AtPageDesk) -> Response:
    """What is kept of people, who sees it, and their rights."""
    return await desk.show(View("edge/templates/privacy.html", {"contact": desk.request.app.state.contact}))
