"""A real server process over a test database, for what only a process of its own can show."""

import asyncio
import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
from sqlalchemy.engine import make_url

from app.settings import ROOT

READY_WITHIN_SECONDS = 30
READY = b"Uvicorn running on"


@dataclass(frozen=True)
class Server:
    """A uvicorn process that listens on a socket file: no port that another test could take."""

    process: asyncio.subprocess.Process
    socket: Path

    def client(self) -> httpx.AsyncClient:
        """A client of this server alone."""
        transport = httpx.AsyncHTTPTransport(uds=str(self.socket))
        return httpx.AsyncClient(transport=transport, base_url="http://testserver", timeout=20)

    async def kill(self) -> None:
        """Kill it as the kernel would (SIGKILL): nothing gets to finish."""
        self.process.kill()
        await self.process.wait()


@asynccontextmanager
async def running_server(url: str, folder: Path, **settings: str) -> AsyncIterator[Server]:
    """Start the service on the database and wait until it listens; it is killed at the end if it still runs.

    `settings` go into its environment by their names there.
    """
    socket = folder / "adapt.sock"
    address = make_url(url).render_as_string(hide_password=False)
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "uvicorn", "--factory", "app.main:create_app_from_environment"),
        *("--uds", str(socket), "--no-access-log"),
        cwd=ROOT,
        env={**os.environ, "ADAPT_DATABASE_URL": address, "ADAPT_DATA_DIR": str(folder), **settings},
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.PIPE,
    )
    server = Server(process, socket)
    assert process.stderr is not None
    try:
        await asyncio.wait_for(_listens(process.stderr), READY_WITHIN_SECONDS)
        drained = asyncio.create_task(process.stderr.read())
        yield server
    finally:
        if process.returncode is None:
            await server.kill()
    await drained


async def _listens(said: asyncio.StreamReader) -> None:
    heard = b""
    async for line in said:
        heard += line
        if READY in line:
            return
    raise AssertionError(f"The server ended before it listened: {heard.decode(errors='replace')}")
