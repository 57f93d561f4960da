"""Bring a database to where the service can run on it: schema, calendars, and the login that the app uses."""

import asyncio

import psycopg
from psycopg import sql
from sqlalchemy.engine import make_url

from app.kernel.database import APP_ROLE, Database, owner_engine
from app.kernel.migrations import upgrade
from app.pathways.calendar_files import load_calendars
from app.reports.calendar_sync import sync_calendars
from app.settings import Settings


def prepare(url: str, settings: Settings) -> None:
    """Migrate, write the calendars, give the app's login its password where it has one. Twice changes nothing."""
    upgrade(url)
    asyncio.run(_calendars(url, settings))
    if settings.app_password is not None and settings.database_url is not None:
        login = make_url(settings.database_url.get_secret_value()).username
        if login is not None and login != make_url(url).username:
            _ensure_login(url, login, settings.app_password.get_secret_value())


async def _calendars(url: str, settings: Settings) -> None:
    db = Database(owner_engine(url))
    try:
        async with db.transaction() as session:
            await sync_calendars(session, load_calendars(settings.pathways_dir / "calendars"))
    finally:
        await db.close()


def _ensure_login(url: str, login: str, password: str) -> None:
    """Create the app's login, a member of the role that owns nothing, or give it this password."""
    address = make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(address, autocommit=True) as connection:
        known = connection.execute("SELECT FROM pg_roles WHERE rolname = %s", (login,)).fetchone()
        verb = sql.SQL("ALTER" if known else "CREATE")
        connection.execute(
            sql.SQL("{} ROLE {} LOGIN NOSUPERUSER NOBYPASSRLS NOCREATEROLE PASSWORD {}").format(
                verb, sql.Identifier(login), sql.Literal(password)
            )
        )
        connection.execute(sql.SQL("GRANT {} TO {}").format(sql.Identifier(APP_ROLE), sql.Identifier(login)))
