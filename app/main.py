"""Put the service together: the only place where the parts learn of one another."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI
from sqlalchemy import text
from starlette.middleware.gzip import DEFAULT_EXCLUDED_CONTENT_TYPES as NOT_PACKED
from starlette.middleware.gzip import GZipMiddleware

from app.cases import (
    action_pages,
    assign_pages,
    case_pages,
    help_pages,
    pathway_api,
    reads_api,
    record_api,
    record_pages,
    referral_pages,
    team_api,
    team_pages,
    time_api,
    view_pages,
    worklist_api,
    worklist_pages,
)
from app.cases import api as cases_api
from app.cases import pages as cases_pages
from app.cases.casework import Casework
from app.cases.timekeeping import Timekeeper
from app.documents import api as documents_api
from app.documents import form_pages as document_form_pages
from app.documents import pages as documents_pages
from app.documents.formats import PACKED_ALREADY
from app.documents.receiving import Documents
from app.documents.store import open_store
from app.edge import about_pages, brand, draft_pages, openapi, problem_answers
from app.edge.brand import Brand
from app.edge.faults import Faults
from app.edge.health import router as health_router
from app.edge.limits import Limits
from app.edge.static_files import StyledFiles
from app.imports import api as imports_api
from app.kernel.calendars import Calendar
from app.kernel.clock import Clock, SystemClock
from app.kernel.database import Database, Session, app_engine
from app.panels import agenda_api as panel_agenda_api
from app.panels import agenda_pages as panel_agenda_pages
from app.panels import api as panels_api
from app.panels import calendar_pages as panel_calendar_pages
from app.panels import case_pages as panel_case_pages
from app.panels import coordination_pages as panel_coordination_pages
from app.panels import decision_pages as panel_decision_pages
from app.panels import hearing_api as panel_hearing_api
from app.panels import hearing_pages as panel_hearing_pages
from app.panels import item_api as panel_items_api
from app.panels import item_pages as panel_item_pages
from app.panels import letter_api as panel_letters_api
from app.panels import letter_pages as panel_letter_pages
from app.panels import meeting_pages as panel_meeting_pages
from app.panels import oversight_api as panel_oversight_api
from app.panels import oversight_pages as panel_oversight_pages
from app.panels import own_pages as panel_own_pages
from app.panels import paper_api as panel_papers_api
from app.panels import paper_pages as panel_paper_pages
from app.panels import preparing_pages as panel_preparing_pages
from app.panels import referral_pages as panel_referral_pages
from app.panels import seat_pages as panel_seat_pages
from app.panels import setting_api as panel_setting_api
from app.panels import setting_pages as panel_setting_pages
from app.panels import task_pages as panel_task_pages
from app.panels.meetings import PanelFollower, PanelMeetings
from app.pathways.calendar_files import load_calendars
from app.pathways.loader import PathwayCatalogue, load_pathways
from app.people import account_pages, hat_pages, provider_pages, reset_pages, second_factor_pages
from app.people import api as people_api
from app.people import pages as people_pages
from app.people.openid import OpenIdProvider
from app.provision import api as provision_api
from app.provision import home_api, home_pages
from app.provision import pages as provision_pages
from app.provision.homes import HomeFollower
from app.reports import api as reports_api
from app.reports import (
    exports_api,
    projection_api,
    projection_pages,
    snapshot_api,
    snapshot_pages,
    target_api,
    target_pages,
    target_quarter_pages,
    target_setting_pages,
    target_year_pages,
)
from app.reports import pages as report_pages
from app.settings import Settings

PathwayData = tuple[dict[str, Calendar], PathwayCatalogue]
DEFAULT_PATHWAY = "housing-solutions"
API = "/api/v1"
APIS = (
    worklist_api, team_api, cases_api, record_api, time_api, reads_api, documents_api, pathway_api, people_api,
    panel_agenda_api, panel_setting_api, panels_api, panel_items_api, panel_papers_api, panel_letters_api,
    panel_hearing_api, panel_oversight_api,
    provision_api, home_api, imports_api, reports_api, exports_api, target_api, snapshot_api, projection_api,
)  # fmt: skip
PAGES = (
    people_pages, second_factor_pages, reset_pages, account_pages, hat_pages, provider_pages,
    cases_pages, worklist_pages, view_pages, assign_pages, team_pages,
    case_pages, action_pages, record_pages, referral_pages, provision_pages, home_pages,
    panel_setting_pages, panel_seat_pages, panel_calendar_pages, panel_agenda_pages,
    panel_referral_pages, panel_own_pages, panel_hearing_pages, panel_case_pages,
    panel_oversight_pages,
    panel_meeting_pages, panel_coordination_pages, panel_item_pages, panel_decision_pages,
    panel_task_pages, panel_letter_pages, panel_paper_pages, panel_preparing_pages,
    report_pages, projection_pages, target_pages, target_setting_pages, target_year_pages, target_quarter_pages,
    snapshot_pages,
    help_pages, about_pages, draft_pages, document_form_pages, documents_pages,
)  # fmt: skip


def create_app(
    settings: Settings, database_url: str, *, clock: Clock | None = None, data: PathwayData | None = None
) -> FastAPI:
    """Build the app for one partnership's database. `data` is the pathway data where it has been read already.

    Raises PathwayFaults when the pathway data has a fault.
    """
    if settings.second_factor_roles and settings.secret_key is None:
        raise SystemExit("ADAPT_SECOND_FACTOR_ROLES asks for second factors: set ADAPT_SECRET_KEY to keep them with.")
    calendars, pathways = data or read_pathways(settings)

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        db = Database(app_engine(database_url, pool_size=settings.pool_size))
        async with db.transaction() as session:
            app.state.casework = await build_casework(session, settings, pathways, calendars)
            app.state.brand = await _brand(session, settings)
            app.state.documents = Documents(await open_store(session, settings))
        app.state.db = db
        yield
        await db.close()

    app = FastAPI(
        title="Adapt",
        version="1",
        summary="Housing adaptations, from first contact to a home that works.",
        lifespan=lifespan,
        openapi_url=f"{API}/openapi.json",
        docs_url=None,
        redoc_url=None,
        strict_content_type=False,
    )
    app.state.settings = settings
    app.state.openid = {key: OpenIdProvider(provider) for key, provider in settings.oidc_providers.items()}
    app.state.clock = clock or SystemClock()
    app.state.navigation = tuple(item for pages in PAGES for item in getattr(pages, "NAV", ()))
    app.state.home_notes = tuple(note for pages in PAGES for note in getattr(pages, "HOME_NOTES", ()))
    app.state.contact = settings.contact
    app.state.case_tabs = tuple(tab for pages in PAGES for tab in getattr(pages, "CASE_TABS", ()))
    app.state.signed_out_page = people_pages.signed_out_page
    problem_answers.install(app)
    app.add_middleware(
        GZipMiddleware, minimum_size=1_000, compresslevel=5, exclude_content_types=(*NOT_PACKED, *PACKED_ALREADY)
    )
    # Outside of what packs answers: a refusal has to leave while the file is still being sent.
    app.add_middleware(
        Limits,
        max_body=settings.max_body_bytes,
        max_upload=settings.max_upload_bytes,
        max_document=settings.max_document_bytes,
    )
    app.add_middleware(Faults)
    app.include_router(health_router)
    app.include_router(brand.router)
    for api in APIS:
        app.include_router(api.router, prefix=API, responses=openapi.PROBLEM_RESPONSES)
    for pages in PAGES:
        app.include_router(pages.router)
    app.mount("/static", StyledFiles(), name="static")
    openapi.install(app)
    return app


async def _brand(session: Session, settings: Settings) -> Brand:
    name = settings.brand_name or await session.scalar(text("SELECT name FROM partnership"))
    return Brand(name=name or brand.PRODUCT, colour=settings.brand_colour, logo=settings.brand_logo)


def read_pathways(settings: Settings) -> PathwayData:
    """Read, check and compile the pathway data. Raises PathwayFaults with every fault."""
    calendars = load_calendars(settings.pathways_dir / "calendars")
    return calendars, load_pathways(settings.pathways_dir, calendars)


async def build_casework(
    session: Session, settings: Settings, pathways: PathwayCatalogue, calendars: dict[str, Calendar]
) -> Casework:
    """Put casework together for the partnership that the database holds, with its local days in its calendars."""
    partnership = (await session.execute(text("SELECT pathway_key, demo FROM partnership"))).one_or_none()
    local = (await session.execute(text("SELECT calendar_key, day, closed FROM local_days"))).all()
    own = {
        key: calendar.with_local(
            [row.day for row in local if row.calendar_key == key and row.closed],
            [row.day for row in local if row.calendar_key == key and not row.closed],
        )
        for key, calendar in calendars.items()
    }
    timekeeper = Timekeeper(pathways, own)
    return Casework(
        pathways=pathways,
        timekeeper=timekeeper,
        default_pathway=partnership.pathway_key if partnership else DEFAULT_PATHWAY,
        allow_test_numbers=settings.allow_test_numbers,
        meetings=PanelMeetings(),
        followers=(PanelFollower(timekeeper), HomeFollower(timekeeper)),
    )


def create_app_from_environment() -> FastAPI:
    """Build the app for a worker process that uvicorn starts: `adapt serve` has put the address in the environment."""
    settings = Settings()
    if settings.database_url is None:
        raise SystemExit("Start the service with `adapt serve`; it knows which database to use.")
    return create_app(settings, settings.database_url.get_secret_value())
