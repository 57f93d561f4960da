"""A real OpenID Connect provider in a process of its own, over loopback, and what a person does there."""

import asyncio
import socket
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import httpx

READY_WITHIN_SECONDS = 30


@dataclass
class ProviderProcess:
    """The provider, which may be stopped and started again: with other keys then, at the same address."""

    port: int
    process: asyncio.subprocess.Process | None = None

    @property
    def issuer(self) -> str:
        """What it calls itself."""
        return f"http://127.0.0.1:{self.port}"

    async def start(self) -> None:
        """Start it and wait until it answers."""
        self.process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-W", "ignore", "-m", "oidc_provider_mock", "--port", str(self.port)),
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.DEVNULL,
        )
        async with asyncio.timeout(READY_WITHIN_SECONDS), httpx.AsyncClient() as http:
            while True:
                assert self.process.returncode is None, "The provider did not start."
                try:
                    await http.get(f"{self.issuer}/.well-known/openid-configuration")
                except httpx.TransportError:
                    await asyncio.wait([asyncio.create_task(self.process.wait())], timeout=0.1)
                else:
                    return

    async def stop(self) -> None:
        """Kill it."""
        if self.process is not None and self.process.returncode is None:
            self.process.kill()
            await self.process.wait()

    async def knows(self, subject: str, **claims: Any) -> None:
        """Let it say this of somebody from now on; also what it should not say, such as another issuer."""
        async with httpx.AsyncClient() as http:
            (await http.put(f"{self.issuer}/users/{subject}", json=claims)).raise_for_status()

    async def answer(self, address: str, subject: str, *, decline: bool = False) -> str:
        """Sign in there as somebody, or decline to; where the provider then sends the browser."""
        data = {"sub": subject} | ({"action": "deny"} if decline else {})
        async with httpx.AsyncClient() as http:
            response = await http.post(address, data=data)
        assert response.status_code == 302, response.text
        return response.headers["location"]


@asynccontextmanager
async def running_provider() -> AsyncIterator[ProviderProcess]:
    """A provider for the length of a `with`."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        provider = ProviderProcess(probe.getsockname()[1])
    try:
        await provider.start()
        yield provider
    finally:
        await provider.stop()
