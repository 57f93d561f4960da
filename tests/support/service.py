"""The service under test: the real app over a real database, asked through HTTP without a network."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import httpx
from fastapi import FastAPI
from sqlalchemy.engine import make_url

from app.kernel.database import Database, owner_engine
from app.main import PathwayData, create_app, read_pathways
from app.settings import Settings
from tests.support.cast import Cast, Player, gather

API = "/api/v1"


_READ: dict[Path, PathwayData] = {}


def pathway_data(settings: Settings) -> PathwayData:
    """The pathways of these settings, read once a process: nothing changes them, and reading takes longest of a start."""
    folder = settings.pathways_dir
    if folder not in _READ:
        _READ[folder] = read_pathways(settings)
    return _READ[folder]


@dataclass(frozen=True, slots=True)
class Service:
    """The running app, its cast, a client without an identity, and the owner's own way to the database."""

    app: FastAPI
    cast: Cast
    http: httpx.AsyncClient
    owner: Database
    url: str

    async def get(self, who: Player | str, path: str, **params: Any) -> httpx.Response:
        """GET as somebody."""
        return await self.http.get(API + path, params=params or None, headers=self._player(who).headers)

    async def post(
        self, who: Player | str, path: str, body: Any = None, headers: dict[str, str] | None = None
    ) -> httpx.Response:
        """POST JSON as somebody."""
        return await self.http.post(API + path, json=body, headers=self._player(who).headers | (headers or {}))

    def _player(self, who: Player | str) -> Player:
        return self.cast[who] if isinstance(who, str) else who


@asynccontextmanager
async def running_service(url: str, **settings: Any) -> AsyncIterator[Service]:
    """Start the app on a migrated database without a cast yet, and gather one."""
    owner = Database(owner_engine(url))
    try:
        async with owner.transaction() as session:
            cast = await gather(session)
        with TemporaryDirectory(prefix="adapt-data-") as folder:
            settings = {"data_dir": Path(folder), **settings}
            async with _running(Settings(**settings), owner, cast, url) as service:
                yield service
    finally:
        await owner.close()


@asynccontextmanager
async def _running(settings: Settings, owner: Database, cast: Cast, url: str) -> AsyncIterator[Service]:
    app = create_app(settings, make_url(url).render_as_string(hide_password=False), data=pathway_data(settings))
    transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=transport, base_url="http://testserver") as http,
    ):
        yield Service(app, cast, http, owner, url)
