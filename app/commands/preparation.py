"""Bring a database to where the service can run on it: schema, calendars, and the login that the app uses."""

import asyncio

from sqlalchemy.engine import make_url

from app.kernel.database import Database, owner_engine
from app.kernel.logins import ensure_login
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
            ensure_login(url, settings.app_password.get_secret_value(), login=login)


async def _calendars(url: str, settings: Settings) -> None:
    db = Database(owner_engine(url))
    try:
        async with db.transaction() as session:
            await sync_calendars(session, load_calendars(settings.pathways_dir / "calendars"))
    finally:
        await db.close()
