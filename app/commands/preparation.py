"""Bring a database to where the service can run on it: schema, calendars, and the login that the app uses."""

import asyncio
import os
import secrets
from contextlib import suppress
from pathlib import Path

from pydantic import SecretStr
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


def with_secret_key(settings: Settings) -> Settings:
    """The settings with a key to keep second factors with: a file in the data folder where none was given."""
    if settings.secret_key is not None:
        return settings
    place = settings.data_dir / "secret-key"
    if not place.exists():
        _write_once(place, secrets.token_urlsafe(32))
    return settings.model_copy(update={"secret_key": SecretStr(place.read_text(encoding="ascii"))})


def _write_once(place: Path, content: str) -> None:
    """Write a file that its owner alone may read: whole, and never over another."""
    whole = place.with_name(f"{place.name}.{secrets.token_hex(4)}")
    with os.fdopen(os.open(whole, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="ascii") as file:
        file.write(content)
    with suppress(FileExistsError):
        os.link(whole, place)
    whole.unlink()
