"""Start the service: with its own database (`adapt run`), or on the one the environment names (`adapt serve`)."""

import asyncio
import os
import secrets
import socket
from collections.abc import Mapping
from typing import Annotated, Any

import typer
import uvicorn
from pydantic import SecretStr
from sqlalchemy.engine import make_url

from app.commands import nightly
from app.commands.console import err, faults_told, out, owner_url
from app.commands.preparation import prepare, with_secret_key
from app.demo.partnership import ensure_demo
from app.edge.templating import static_url
from app.kernel.database import Database, owner_engine
from app.kernel.logging import configure_logging
from app.kernel.logins import APP_LOGIN, ensure_login
from app.main import PathwayData, create_app, read_pathways
from app.notifications.mail import OUTBOX
from app.settings import Settings

_SERVER: Mapping[str, Any] = {
    # The asyncio loop does not set TCP_NODELAY on inherited sockets: 45 ms a kept-alive POST with several workers.
    "loop": "uvloop",
    "http": "httptools",
    # Addresses may carry a search word, so requests are logged by our own layer, by route and never by address.
    "access_log": False,
    "log_config": None,
    "server_header": False,
    "timeout_graceful_shutdown": 10,
}


def run(port: Annotated[int | None, typer.Option(help="Port; PORT in the environment does the same.")] = None) -> None:
    """Start everything: the database, the demo partnership where ADAPT_DEMO says so, and the service."""
    settings = Settings()
    configure_logging()
    data = check_pathways(settings)
    check_port(settings.host, port or settings.port)
    with owner_url(settings) as url:
        prepare(url, settings)
        if settings.demo:
            password = settings.demo_password.get_secret_value() if settings.demo_password else secrets.token_urlsafe(9)
            asyncio.run(_demo(url, settings, password))
        settings = with_secret_key(settings)
        app_url = _login(url) if settings.database_url is None else url
        settings = settings.model_copy(update={"database_url": SecretStr(app_url), "port": port or settings.port})
        _greet(settings)
        with nightly.working_beside(url, settings):
            uvicorn.run(create_app(settings, app_url, data=data), host=settings.host, port=settings.port, **_SERVER)


def check_port(host: str, port: int) -> None:
    """Refuse to start where something answers already, before anything is touched: it may be this very service."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            err.print(f"{host}:{port} cannot be used: {error.strerror}. Is the service running already?", markup=False)
            err.print("Stop it, or choose another port: make run PORT=9000", markup=False)
            raise typer.Exit(1) from None


def _login(owner_url: str) -> str:
    """Let the app into the embedded server as a login that owns nothing, not as the owner playing a part."""
    ensure_login(owner_url, secrets.token_urlsafe(24))
    return make_url(owner_url).set(username=APP_LOGIN).render_as_string(hide_password=False)


def check_pathways(settings: Settings) -> PathwayData:
    """Read the pathway data, or refuse to start: exit code 2, every fault told."""
    try:
        static_url("built/adapt.css")
    except FileNotFoundError as error:
        err.print(str(error), markup=False)
        raise typer.Exit(2) from None
    with faults_told():
        return read_pathways(settings)


async def _demo(url: str, settings: Settings, password: str) -> None:
    db = Database(owner_engine(url))
    try:
        await ensure_demo(db, settings, password=password, fixed=settings.demo_password is not None, say=out.print)
    finally:
        await db.close()


def _greet(settings: Settings) -> None:
    base = f"http://{settings.host}:{settings.port}"
    out.print(f"\nThe service is at [bold]{base}[/bold]   API: {base}/api/v1/openapi.json")
    out.print(f"Sign in at [bold]{base}/sign-in[/bold]")
    out.print("A token for the API:  .venv/bin/adapt token create housing_officer@demo.example")
    if settings.smtp_host is None:
        out.print(f"Messages to people are written to {settings.data_dir / OUTBOX}: no mail server is set.")
    out.print("Stop with Ctrl-C.\n")


def serve(
    workers: Annotated[int | None, typer.Option(min=1, help="Worker processes.")] = None,
    host: Annotated[str | None, typer.Option(help="Address to listen on.")] = None,
    port: Annotated[int | None, typer.Option(help="Port.")] = None,
) -> None:
    """Serve on the database that ADAPT_DATABASE_URL names; `adapt migrate` comes first."""
    settings = Settings()
    configure_logging()
    if settings.database_url is None:
        err.print("Set ADAPT_DATABASE_URL to the database, or use `adapt run`, which brings its own.")
        raise typer.Exit(2)
    data = check_pathways(settings)
    url = settings.database_url.get_secret_value()
    count = workers or settings.workers
    place: dict[str, Any] = {"host": host or settings.host, "port": port or settings.port}
    if count == 1:
        uvicorn.run(create_app(settings, url, data=data), **place, **_SERVER)
        return
    os.environ["ADAPT_DATABASE_URL"] = url
    uvicorn.run("app.main:create_app_from_environment", factory=True, workers=count, **place, **_SERVER)


def worker() -> None:
    """Do what is done by night and by the clock: seals, deadlines, checks, reminders, clearing up."""
    settings = Settings()
    configure_logging()
    check_pathways(settings)
    if settings.smtp_host is None:
        out.print(f"Messages to people are written to {settings.data_dir / OUTBOX}: no mail server is set.")
    with owner_url(settings) as url:
        asyncio.run(nightly.work(url, settings))
