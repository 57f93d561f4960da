"""The embedded PostgreSQL: started by the first process that needs it, stopped by the last that leaves.

Each user of the server holds a shared lock on one file. The kernel lets go of the lock when a process ends,
however it ends, so the count is true even after `kill -9`: who leaves and can then lock alone was the last.
A second lock makes starting and stopping take turns.
"""

import fcntl
import signal
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import FrameType, MappingProxyType
from typing import IO

import psycopg
from psycopg import sql
from sqlalchemy import URL

from app.kernel.cluster import PORT, SUPERUSER, Cluster
from app.kernel.conninfo import conninfo
from app.kernel.postgres_tools import EmbeddedServerError, give_to

DATABASE = "adapt"
Handler = Callable[[int, FrameType | None], None] | signal.Handlers
NO_SETTINGS: Mapping[str, str] = MappingProxyType({})


class Attachment:
    """One user's hold on the running server; `url` is the owner's, a superuser, for SQLAlchemy on psycopg."""

    def __init__(self, cluster: Cluster, hold: IO[bytes], url: str) -> None:
        self.url = url
        self._cluster = cluster
        self._hold = hold

    def release(self) -> bool:
        """Let go, and stop the server if nobody else holds it: True when stopped. Twice does no harm."""
        if self._hold.closed:
            return False
        with _undisturbed(), _turn(self._cluster):
            return _leave(self._cluster, self._hold)


def attach(data_dir: Path, *, settings: Mapping[str, str] = NO_SETTINGS) -> Attachment:
    """Find or start the server of `data_dir` and hold it until `release`, making its database on first use.

    `settings` override PostgreSQL settings when this call starts the server. Errors: EmbeddedServerError.
    """
    cluster = _cluster(data_dir)
    _prepare(cluster)
    with _turn(cluster):
        hold = _open(cluster, "users.lock")
        try:
            fcntl.flock(hold, fcntl.LOCK_SH)
            url = _url(cluster.start(settings))
            _ensure_database(url)
        except BaseException:
            with _undisturbed():
                _leave(cluster, hold)
            raise
    return Attachment(cluster, hold, url)


@contextmanager
def embedded_server(data_dir: Path, *, settings: Mapping[str, str] = NO_SETTINGS) -> Iterator[str]:
    """The server for the length of a `with`: yields the owner's URL, lets go on Ctrl-C and SIGTERM too."""
    with _signals_unwind():
        attachment = attach(data_dir, settings=settings)
        try:
            yield attachment.url
        finally:
            attachment.release()


def find_running(data_dir: Path) -> str | None:
    """The owner's URL when a server of `data_dir` accepts connections now; starts and holds nothing."""
    socket = _cluster(data_dir).socket()
    return None if socket is None else _url(socket)


def _cluster(data_dir: Path) -> Cluster:
    return Cluster(data_dir.expanduser().resolve() / "postgres")


def _url(socket: Path) -> str:
    place = {"host": str(socket), "port": str(PORT)}
    url = URL.create("postgresql+psycopg", username=SUPERUSER, database=DATABASE, query=place)
    return url.render_as_string(hide_password=False)


def _prepare(cluster: Cluster) -> None:
    try:
        cluster.home.mkdir(mode=0o700, parents=True, exist_ok=True)
        give_to(cluster.account, cluster.home)
    except OSError as error:
        raise EmbeddedServerError(
            f"Cannot write to {cluster.home}: {error.strerror}. Choose another folder with ADAPT_DATA_DIR."
        ) from error


def _open(cluster: Cluster, name: str) -> IO[bytes]:
    path = cluster.home / name
    try:
        file = path.open("ab")
    except PermissionError as error:
        raise EmbeddedServerError(
            f"The database in {cluster.home} belongs to another user. Start the product as that user, "
            "or choose another folder with ADAPT_DATA_DIR."
        ) from error
    give_to(cluster.account, path)
    return file


@contextmanager
def _turn(cluster: Cluster) -> Iterator[None]:
    with _open(cluster, "turn.lock") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _leave(cluster: Cluster, hold: IO[bytes]) -> bool:
    hold.close()
    with _open(cluster, "users.lock") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        cluster.stop()
        return True


def _ensure_database(url: str) -> None:
    with psycopg.connect(conninfo(url, database="postgres"), autocommit=True) as connection:
        found = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", (DATABASE,)).fetchone()
        if found is None:
            connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(DATABASE)))


def _exit_on(number: int, _frame: FrameType | None) -> None:
    raise SystemExit(128 + number)


@contextmanager
def _handling(numbers: tuple[signal.Signals, ...], handler: Handler, *, only_default: bool) -> Iterator[None]:
    if threading.current_thread() is not threading.main_thread():  # only the main thread may choose
        yield
        return
    before = {number: signal.getsignal(number) for number in numbers}
    chosen = {n: h for n, h in before.items() if not only_default or h is signal.SIG_DFL}
    for number in chosen:
        signal.signal(number, handler)
    try:
        yield
    finally:
        for number, previous in chosen.items():
            signal.signal(number, previous)


@contextmanager
def _signals_unwind() -> Iterator[None]:
    """Let a request to end run the `finally` blocks, unless somebody chose otherwise before us."""
    with _handling((signal.SIGTERM, signal.SIGHUP), _exit_on, only_default=True):
        yield


@contextmanager
def _undisturbed() -> Iterator[None]:
    """Finish a stop once begun: it takes a moment, and a second Ctrl-C would leave the server behind."""
    with _handling((signal.SIGINT, signal.SIGTERM, signal.SIGHUP), signal.SIG_IGN, only_default=False):
        yield
