"""The embedded PostgreSQL starts, is shared, survives being killed, and stops with its last user."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from time import monotonic

import psycopg
import pytest

from app.kernel.conninfo import conninfo
from app.kernel.embedded import attach, embedded_server, find_running
from app.kernel.postgres_tools import MAJOR_VERSION, EmbeddedServerError

pytestmark = pytest.mark.database

ROOT = Path(__file__).resolve().parents[2]
HOLD = """
import signal, sys, time
from pathlib import Path
from app.kernel.embedded import embedded_server
# Started by a shell in the background, a process is born deaf to Ctrl-C; this one is to hear it.
signal.signal(signal.SIGINT, signal.default_int_handler)
with embedded_server(Path(sys.argv[1])) as url:
    print(url, flush=True)
    # Not for ever in one call: a signal that comes just before it would be heard only after it.
    while True:
        time.sleep(0.05)
"""


def connect(url: str) -> psycopg.Connection:
    return psycopg.connect(conninfo(url), autocommit=True)


def postmaster(data_dir: Path) -> int:
    return int((data_dir / "postgres" / "cluster" / "postmaster.pid").read_text().splitlines()[0])


@contextmanager
def another_process(data_dir: Path) -> Iterator[subprocess.Popen[str]]:
    """A process that holds the server of `data_dir` until it is told to end; ready when this yields."""
    command = [sys.executable, "-c", HOLD, str(data_dir)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT) as process:
        try:
            assert process.stdout is not None
            assert process.stdout.readline().startswith("postgresql+psycopg://")
            yield process
        finally:
            process.kill()


@pytest.fixture
def folder() -> Iterator[Path]:
    # Not pytest's own: it shuts its folders to others whenever it begins anew, and run as root the server is another.
    with TemporaryDirectory(prefix="adapt-embedded-") as made:
        yield Path(made)


@pytest.fixture
def data_dir(folder: Path) -> Iterator[Path]:
    yield folder
    attach(folder).release()
    assert find_running(folder) is None


def test_a_second_start_finds_the_data_of_the_first_in_a_moment(data_dir: Path) -> None:
    with embedded_server(data_dir) as url, connect(url) as connection:
        connection.execute("CREATE TABLE remembered AS SELECT 42 AS answer")
    assert find_running(data_dir) is None
    began = monotonic()
    with embedded_server(data_dir) as url:
        took = monotonic() - began
        with connect(url) as connection:
            assert connection.execute("SELECT answer FROM remembered").fetchone() == (42,)
    assert took < 5


def test_it_runs_with_settings_that_keep_what_was_committed(data_dir: Path) -> None:
    with embedded_server(data_dir) as url, connect(url) as connection:
        rows: list[tuple[str, str]] = connection.execute("SELECT name, setting FROM pg_settings").fetchall()
        settings = dict(rows)
    kept = {name: settings[name] for name in ("fsync", "synchronous_commit", "full_page_writes", "data_checksums")}
    assert set(kept.values()) == {"on"}
    assert settings["TimeZone"] == "UTC"
    assert settings["max_connections"] == "100"
    assert settings["listen_addresses"] == ""


def test_the_last_of_two_handles_stops_the_server(data_dir: Path) -> None:
    first, second = attach(data_dir), attach(data_dir)
    assert first.url == second.url == find_running(data_dir)
    assert first.release() is False
    assert find_running(data_dir) == second.url
    assert second.release() is True
    assert find_running(data_dir) is None
    assert second.release() is False


def test_a_command_does_not_stop_the_server_under_a_running_app(data_dir: Path) -> None:
    with another_process(data_dir):
        with embedded_server(data_dir):
            server = postmaster(data_dir)
        assert find_running(data_dir) is not None
        assert postmaster(data_dir) == server


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_a_process_told_to_end_stops_the_server_it_alone_used(data_dir: Path, number: signal.Signals) -> None:
    with another_process(data_dir) as process:
        process.send_signal(number)
        process.wait(timeout=30)
    assert find_running(data_dir) is None
    assert not (data_dir / "postgres" / "cluster" / "postmaster.pid").exists()


def test_a_server_whose_parent_was_killed_is_found_again_and_then_stopped(data_dir: Path) -> None:
    with another_process(data_dir) as process:
        server = postmaster(data_dir)
        process.kill()
        process.wait(timeout=30)
    assert find_running(data_dir) is not None
    attachment = attach(data_dir)
    assert postmaster(data_dir) == server
    assert attachment.release() is True


def test_after_the_server_is_killed_the_next_start_recovers_what_was_committed(data_dir: Path) -> None:
    killed = attach(data_dir)
    with connect(killed.url) as connection:
        connection.execute("CREATE TABLE moves (n integer)")
        connection.execute("INSERT INTO moves SELECT generate_series(1, 1000)")
        os.kill(postmaster(data_dir), signal.SIGKILL)
    assert find_running(data_dir) is None
    again = attach(data_dir)
    with connect(again.url) as connection:
        assert connection.execute("SELECT count(*) FROM moves").fetchone() == (1000,)
    killed.release()
    assert find_running(data_dir) == again.url
    assert again.release() is True


def test_after_everything_is_killed_the_next_start_recovers(data_dir: Path) -> None:
    with another_process(data_dir) as process:
        os.kill(postmaster(data_dir), signal.SIGKILL)
        process.kill()
        process.wait(timeout=30)
    assert (data_dir / "postgres" / "cluster" / "postmaster.pid").exists()
    with embedded_server(data_dir) as url, connect(url) as connection:
        assert connection.execute("SELECT current_database()").fetchone() == ("adapt",)


def test_a_stale_note_that_names_another_living_process_does_not_stop_a_start(data_dir: Path) -> None:
    attach(data_dir).release()
    note = data_dir / "postgres" / "cluster" / "postmaster.pid"
    note.write_text(f"{os.getpid()}\n{note.parent}\n1700000000\n5432\n{note.parent}\n\n 1 1\nready   \n")
    assert find_running(data_dir) is None
    with embedded_server(data_dir) as url:
        assert find_running(data_dir) == url


def test_a_deep_data_folder_still_gets_a_socket_that_fits(folder: Path) -> None:
    deep = folder / "a-rather-long-name-of-a-folder" / "below-another-long-name" / "and-one-more-below-that-one"
    with embedded_server(deep) as url, connect(url) as connection:
        assert connection.info.host
        assert len(connection.info.host) < 90
        assert find_running(deep) == url
        socket_folder = Path(connection.info.host)
    assert not socket_folder.exists()


def test_data_of_another_postgresql_version_is_refused_with_what_to_do(data_dir: Path) -> None:
    attach(data_dir).release()
    version = data_dir / "postgres" / "cluster" / "PG_VERSION"
    version.write_text("17\n")
    with pytest.raises(EmbeddedServerError, match=r"written by PostgreSQL 17.*Dump it with the old release"):
        attach(data_dir)
    version.write_text(f"{MAJOR_VERSION}\n")


def test_a_failed_start_tells_what_the_server_said_and_lets_go(data_dir: Path) -> None:
    with pytest.raises(EmbeddedServerError, match="no_such_setting"):
        attach(data_dir, settings={"no_such_setting": "1"})
    assert attach(data_dir).release() is True


def test_a_folder_that_was_never_used_has_no_running_server(tmp_path: Path) -> None:
    assert find_running(tmp_path / "nothing-here") is None
