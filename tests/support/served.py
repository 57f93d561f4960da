"""Two partnerships served to browsers: the tests' own cast, and the demo's as it was on one morning in June."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

import httpx
from sqlalchemy import text
from sqlalchemy.engine import make_url

from app.access.roles import Role
from app.demo.partnership import ensure_demo
from app.edge.doors import token_hash
from app.kernel.database import Database, Session, owner_engine
from app.main import create_app
from app.settings import Settings
from tests.support.browsing import PASSWORD, browsing, give_passwords
from tests.support.cast import SECOND_MANAGER, SECOND_TECHNICIAN, Cast, Player
from tests.support.listening import listening
from tests.support.service import Service, pathway_data, running_service

MORNING: Final = datetime(2026, 6, 3, 8, 30, tzinfo=UTC)
"""When the demo's clock stands still: a Wednesday, so that pictures of pages change only when pages do."""
DEMO_CASES: Final = 60
_COLLEAGUES: Final = {SECOND_MANAGER: "team_manager.clydeview", SECOND_TECHNICIAN: "technical_officer.glenmore"}


_STANDS: Final = (
    "CREATE TABLE door.standing_clock (at timestamptz NOT NULL)",
    "INSERT INTO door.standing_clock VALUES (:at)",
    (
        "CREATE OR REPLACE FUNCTION door.now() RETURNS timestamptz LANGUAGE sql VOLATILE SECURITY DEFINER"
        " SET search_path = public, pg_temp AS 'SELECT at FROM door.standing_clock'"
    ),
)


@dataclass
class StandingClock:
    """A clock that stands still until a test moves it: the service's, and the journal's in this database."""

    owner: Database
    at: datetime = MORNING

    def now(self) -> datetime:
        """The moment at which it stands."""
        return self.at

    async def take_over(self) -> None:
        """Let the journal go by this clock from now on."""
        async with self.owner.transaction() as session:
            for statement in _STANDS:
                await session.execute(text(statement), {"at": self.at} if ":at" in statement else {})

    async def put(self, at: datetime) -> None:
        """Move it."""
        self.at = at
        async with self.owner.transaction() as session:
            await session.execute(text("UPDATE door.standing_clock SET at = :at"), {"at": at})


@dataclass(frozen=True)
class Site:
    """A partnership's service, and the address at which browsers find it."""

    service: Service
    base: str
    clock: StandingClock | None = None
    _cookies: dict[str, list[tuple[str, str]]] = field(default_factory=dict)

    async def cookies_of(self, who: str) -> list[tuple[str, str]]:
        """The cookies of somebody who has signed in: once, by the real form, however many browsers then use them."""
        if who not in self._cookies:
            async with browsing(self.service, address=f"cookies of {who}", base=self.base) as browser:
                response = await browser.sign_in(self.service.cast[who].email)
                assert response.status_code == 303, response.text
                self._cookies[who] = [(cookie.name, cookie.value or "") for cookie in browser.http.cookies.jar]
        return self._cookies[who]


@asynccontextmanager
async def served_cast(url: str) -> AsyncIterator[Site]:
    """The tests' cast, at the time that it is, on an empty database."""
    async with running_service(url) as service:
        await give_passwords(service)
        async with listening(service.app) as base:
            yield Site(service, base)


@asynccontextmanager
async def served_demo(url: str) -> AsyncIterator[Site]:
    """The demo partnership on `MORNING`, on an empty database; its people are found by role, as in the cast."""
    owner = Database(owner_engine(url))
    clock = StandingClock(owner)
    folder = TemporaryDirectory(prefix="adapt-data-")
    settings = Settings(demo=True, secret_key="what the demo in tests keeps secrets with", data_dir=Path(folder.name))
    try:
        how = {"password": PASSWORD, "fixed": True, "cases": DEMO_CASES, "clock": clock}
        await ensure_demo(owner, settings, say=lambda _: None, **how)
        await clock.take_over()
        async with owner.transaction() as session:
            cast = await _cast(session)
        app = create_app(
            settings, make_url(url).render_as_string(hide_password=False), clock=clock, data=pathway_data(settings)
        )
        transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
        async with (
            app.router.lifespan_context(app),
            httpx.AsyncClient(transport=transport, base_url="http://testserver") as http,
            listening(app) as base,
        ):
            yield Site(Service(app, cast, http, owner, url), base, clock)
    finally:
        await owner.close()
        folder.cleanup()


async def _cast(session: Session) -> Cast:
    logins = {role.value: role.value for role in Role} | _COLLEAGUES
    players = {name: await _player(session, login) for name, login in logins.items()}
    organisations = (await session.execute(text("SELECT key, id FROM organisations"))).all()
    return Cast(players=players, organisations={row.key: row.id for row in organisations})


async def _player(session: Session, login: str) -> Player:
    email, token = f"{login}@demo.example", f"the token of {login}"
    user_id = await session.scalar(text("SELECT id FROM users WHERE email = :email"), {"email": email})
    assert user_id is not None, email
    statement = text(
        "INSERT INTO api_tokens (user_id, name, token_hash, scopes, expires_at)"
        " VALUES (:user, 'tests', :hash, '{read,write}', now() + interval '30 days')"
    )
    await session.execute(statement, {"user": user_id, "hash": token_hash(token)})
    return Player(id=user_id, email=email, token=token)
