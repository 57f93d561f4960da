"""The JSON API of people: oneself, organisations, staff with roles and training, what landlords provide directly."""

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from app.access.actor import Actor
from app.access.permissions import Permission
from app.access.policy import require
from app.access.roles import Role
from app.edge.desk import ReadingDesk, WritingDesk
from app.edge.parameters import Cursor, Id, Limit, Named
from app.kernel.clock import LONDON, local_date
from app.kernel.database import Session
from app.kernel.paging import DEFAULT_LIMIT, decode_number
from app.pathways.loader import PathwayCatalogue
from app.people import session_api, shown, token_api
from app.people.actions.add_organisation import AddOrganisation, add_organisation
from app.people.actions.add_user import AddUser, add_user
from app.people.actions.agree_direct_provision import (
    AgreeDirectProvision,
    agree_direct_provision,
    end_direct_provision,
)
from app.people.actions.hold_role import EndRole, HoldRole, end_role, hold_role
from app.people.actions.record_training import RecordTraining, record_training
from app.people.schemas import (
    DirectProvisionIn,
    DirectProvisionOut,
    DirectProvisionPage,
    MeOut,
    OrganisationIn,
    OrganisationOut,
    OrganisationPage,
    RoleEndIn,
    RoleIn,
    StaffOut,
    StaffPage,
    TrainingIn,
    UserIn,
)

router = APIRouter(tags=["people"])
router.include_router(token_api.router)
router.include_router(session_api.router)
HoldingRole = Annotated[Role | None, Query(description="Only those who hold this role.")]


@router.get("/me", response_model=MeOut, summary="Who is asking")
async def get_me(desk: ReadingDesk) -> Response:
    """The caller, the roles held and the permissions that follow."""
    return await desk.read(shown.show_me)


@router.get("/organisations", response_model=OrganisationPage, summary="The partnership's organisations")
async def get_organisations(desk: ReadingDesk, limit: Limit = DEFAULT_LIMIT, cursor: Cursor = None) -> Response:
    """Every organisation, by name; anybody signed in may see them."""
    after = decode_number(cursor) or 0

    async def work(session: Session, actor: Actor) -> OrganisationPage:
        del actor
        page = await shown.show_organisations(session, after=after, limit=limit)
        return OrganisationPage(items=list(page.items), next_cursor=page.next_cursor)

    return await desk.read(work)


@router.post("/organisations", status_code=201, response_model=OrganisationOut, summary="Add an organisation")
async def post_organisation(body: OrganisationIn, desk: WritingDesk) -> Response:
    """Add an organisation to the partnership."""
    command = AddOrganisation(**body.model_dump())

    async def work(session: Session, actor: Actor) -> OrganisationOut:
        return await shown.show_organisation(session, await add_organisation(session, actor, command))

    return await desk.write(work)


@router.get("/staff", response_model=StaffPage, summary="Colleagues with roles, training and workload")
async def get_staff(
    desk: ReadingDesk,
    *,
    organisation: Named = None,
    role: HoldingRole = None,
    limit: Limit = DEFAULT_LIMIT,
    cursor: Cursor = None,
) -> Response:
    """Colleagues by name. Workload counts the open cases that the reader may see."""
    after = decode_number(cursor) or 0
    today = local_date(desk.now(), LONDON)

    async def work(session: Session, actor: Actor) -> StaffPage:
        require(actor, Permission.STAFF_VIEW)
        page = await shown.show_staff(
            session, actor, organisation=organisation, role=role, today=today, after=after, limit=limit
        )
        return StaffPage(items=list(page.items), next_cursor=page.next_cursor)

    return await desk.read(work)


@router.post("/staff", status_code=201, response_model=StaffOut, summary="Add a user")
async def post_user(body: UserIn, desk: WritingDesk) -> Response:
    """Add a user, who can do nothing until holding a role."""
    command = AddUser(email=body.email, name=body.name, organisation=body.organisation, roles=tuple(body.roles))

    async def work(session: Session, actor: Actor) -> StaffOut:
        user_id = await add_user(session, actor, command)
        return await shown.show_colleague(session, actor, user_id, today=local_date(desk.now(), LONDON))

    return await desk.write(work)


@router.post("/staff/{user_id}/roles", status_code=201, response_model=StaffOut, summary="Give a role")
async def post_role(user_id: Id, body: RoleIn, desk: WritingDesk) -> Response:
    """Let a user hold a role in an organisation."""
    command = HoldRole(user_id=user_id, **body.model_dump())

    async def work(session: Session, actor: Actor) -> StaffOut:
        await hold_role(session, actor, command)
        return await shown.show_colleague(session, actor, user_id, today=local_date(desk.now(), LONDON))

    return await desk.write(work)


@router.post("/staff/{user_id}/roles/end", status_code=201, response_model=StaffOut, summary="End a role")
async def post_role_end(user_id: Id, body: RoleEndIn, desk: WritingDesk) -> Response:
    """End a role that a user holds; that it was held stays on record."""
    command = EndRole(user_id=user_id, **body.model_dump())

    async def work(session: Session, actor: Actor) -> StaffOut:
        await end_role(session, actor, command)
        return await shown.show_colleague(session, actor, user_id, today=local_date(desk.now(), LONDON))

    return await desk.write(work)


@router.post("/staff/{user_id}/training", status_code=201, response_model=StaffOut, summary="Record training")
async def post_training(user_id: Id, body: TrainingIn, desk: WritingDesk) -> Response:
    """Record a training module that a user has completed."""
    command = RecordTraining(user_id=user_id, **body.model_dump())

    async def work(session: Session, actor: Actor) -> StaffOut:
        today = local_date(desk.now(), LONDON)
        await record_training(session, actor, command, today=today)
        return await shown.show_colleague(session, actor, user_id, today=today)

    return await desk.write(work)


@router.get("/direct-provision", response_model=DirectProvisionPage, summary="What landlords provide directly")
async def get_direct_provision(desk: ReadingDesk, limit: Limit = DEFAULT_LIMIT, cursor: Cursor = None) -> Response:
    """The agreements that stand, for whoever may see cases: they decide where `screen` may lead."""
    after = decode_number(cursor) or 0

    async def work(session: Session, actor: Actor) -> DirectProvisionPage:
        require(actor, Permission.STAFF_VIEW)
        page = await shown.show_direct_provision(session, after=after, limit=limit)
        return DirectProvisionPage(items=list(page.items), next_cursor=page.next_cursor)

    return await desk.read(work)


@router.post(
    "/direct-provision", status_code=201, response_model=DirectProvisionOut, summary="Agree on direct provision"
)
async def post_direct_provision(body: DirectProvisionIn, desk: WritingDesk) -> Response:
    """Write down what a landlord provides to its tenants without an assessment; it replaces what stood before."""
    command = AgreeDirectProvision(**body.model_dump())
    known = _adaptations(desk.request)

    async def work(session: Session, actor: Actor) -> DirectProvisionOut:
        agreement_id = await agree_direct_provision(session, actor, command, catalogue=known)
        return await shown.show_agreement(session, agreement_id)

    return await desk.write(work)


def _adaptations(request: Request) -> frozenset[str]:
    pathways: PathwayCatalogue = request.app.state.casework.pathways
    return frozenset(key for pathway in pathways.all() for key in pathway.catalogue.items)


@router.post(
    "/direct-provision/{agreement_id}/end", status_code=201, response_model=DirectProvisionOut, summary="End it"
)
async def post_direct_provision_end(agreement_id: Id, desk: WritingDesk) -> Response:
    """End an agreement today; the answer is the agreement that ended."""

    async def work(session: Session, actor: Actor) -> DirectProvisionOut:
        await end_direct_provision(session, actor, agreement_id)
        return await shown.show_agreement(session, agreement_id)

    return await desk.write(work)
