"""One embedded PostgreSQL cluster on disk: make it, start it, stop it, ask whether it runs.

Nothing here knows who uses the server: `app.kernel.embedded` counts the users, and calls `start` and `stop`
only while it is its turn.
"""

import hashlib
import os
import shutil
import tempfile
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from app.kernel.postgres_tools import (
    MAJOR_VERSION,
    Account,
    EmbeddedServerError,
    ToolFailedError,
    give_to,
    open_to,
    run_tool,
    server_account,
)
from app.kernel.postmaster import NOTE, Postmaster, clear_if_misleading, running_server

SUPERUSER = "postgres"
PORT = 5432
START_SECONDS = 300  # recovery after a crash in a write storm may take minutes; a usual start takes a second
STOP_SECONDS = 60
ORPHAN_SECONDS = 20
# A socket's path must fit in 104 bytes on the strictest system, and `/.s.PGSQL.5432` follows the folder.
LONGEST_SOCKET_FOLDER = 84

SETTINGS: Mapping[str, str] = {
    "listen_addresses": "",  # the socket only: nothing to reach from outside the machine
    "port": str(PORT),
    "unix_socket_permissions": "0700",
    "max_connections": "100",
    "shared_buffers": "256MB",
    "effective_cache_size": "1GB",
    "work_mem": "16MB",
    "maintenance_work_mem": "128MB",
    "random_page_cost": "1.1",
    "jit": "off",
    "fsync": "on",
    "synchronous_commit": "on",
    "full_page_writes": "on",
    "wal_level": "replica",
    "wal_compression": "pglz",
    "min_wal_size": "128MB",
    "max_wal_size": "1GB",
    "checkpoint_timeout": "15min",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "logging_collector": "on",
    "log_directory": "../log",
    "log_filename": "postgres-%a.log",  # one file per day of the week: a week is kept
    "log_truncate_on_rotation": "on",
    "log_rotation_age": "1d",
    "log_rotation_size": "0",
    "log_checkpoints": "off",
    "log_lock_waits": "on",
    # No values in the log: a refused row would otherwise leave a person's number in a text file.
    "log_error_verbosity": "terse",
    "log_parameter_max_length": "0",
    "log_parameter_max_length_on_error": "0",
    "log_min_error_statement": "panic",
}


@dataclass(frozen=True, slots=True)
class Cluster:
    """The cluster under `home`: data, log, locks and, if the path is short enough, the socket."""

    home: Path

    @property
    def data(self) -> Path:
        """PostgreSQL's own data directory."""
        return self.home / "cluster"

    @property
    def account(self) -> Account | None:
        """The account the server runs as, None for our own."""
        return server_account(self.data)

    def running(self) -> Postmaster | None:
        """The live server of this data directory, ready or not; None when there is none."""
        return running_server(self.data)

    def socket(self) -> Path | None:
        """The folder of the socket when the server accepts connections now, else None."""
        postmaster = self.running()
        if postmaster is None or postmaster.socket_folder is None:
            return None
        try:
            place = ("-h", str(postmaster.socket_folder), "-p", str(PORT), "-U", SUPERUSER, "-d", SUPERUSER)
            run_tool("pg_isready", ("-q", *place))
        except ToolFailedError:
            return None
        return postmaster.socket_folder

    def start(self, settings: Mapping[str, str]) -> Path:
        """Make the cluster if there is none, start the server if it does not run; the folder of its socket.

        `settings` go over the product's own. Errors: EmbeddedServerError with the end of the server's log.
        """
        deadline = time.monotonic() + START_SECONDS
        while self.running() is not None:  # left behind by a killed parent, or still starting or stopping
            if socket := self.socket():
                return socket
            if time.monotonic() > deadline:
                raise EmbeddedServerError(f"PostgreSQL runs but accepts no connections.\n{self._log_end()}")
            time.sleep(0.05)
        open_to(self.account, self.home)
        self._make()
        self._configure(dict(SETTINGS) | dict(settings))
        self._launch()
        if socket := self.socket():
            return socket
        raise EmbeddedServerError(f"PostgreSQL started and ended at once.\n{self._log_end()}")

    def stop(self) -> None:
        """Stop the server if it runs: running statements are rolled back, what was committed is on disk."""
        if self.running() is None:
            return
        for mode in ("fast", "immediate"):
            arguments = ("stop", "-s", "-w", "-m", mode, "-t", str(STOP_SECONDS), "-D", str(self.data))
            try:
                run_tool("pg_ctl", arguments, account=self.account)
            except ToolFailedError:
                if self.running() is not None:
                    continue
            if self._socket_place() != self.home:
                with suppress(OSError):  # gone already, or a killed server's socket is still in it
                    self._socket_place().rmdir()
            return
        raise EmbeddedServerError(f"PostgreSQL does not stop.\n{self._log_end()}")

    def _make(self) -> None:
        version = self.data / "PG_VERSION"
        if version.exists():
            found = version.read_text(encoding="utf-8").strip()
            if found != str(MAJOR_VERSION):
                raise EmbeddedServerError(
                    f"The database in {self.home} was written by PostgreSQL {found}; this release carries "
                    f"{MAJOR_VERSION}. Dump it with the old release, restore it into a new ADAPT_DATA_DIR."
                )
            return
        unfinished = self.home / "cluster.unfinished"
        shutil.rmtree(unfinished, ignore_errors=True)
        options = ("--encoding=UTF8", "--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8")
        arguments = ("-D", str(unfinished), "-U", SUPERUSER, "--auth=trust", *options)
        run_tool("initdb", arguments, account=self.account)
        with (unfinished / "postgresql.conf").open("a", encoding="utf-8") as file:
            file.write("\ninclude = 'adapt.conf'\n")
        unfinished.rename(self.data)  # whole or not at all: a killed first start leaves nothing half made

    def _configure(self, settings: Mapping[str, str]) -> None:
        folder = self._socket_folder()
        values = {**settings, "unix_socket_directories": f'"{folder}"'}
        lines = [f"{name} = {_quoted(value)}" for name, value in values.items()]
        head = "# Written at each start. Your own settings: ALTER SYSTEM SET …, they win over these.\n"
        conf = self.data / "adapt.conf"
        conf.write_text(head + "\n".join(lines) + "\n", encoding="utf-8")
        give_to(self.account, conf)
        for note in (self.data / NOTE, folder / f".s.PGSQL.{PORT}.lock"):
            clear_if_misleading(note, self.data)

    def _socket_place(self) -> Path:
        if len(os.fsencode(self.home)) <= LONGEST_SOCKET_FOLDER:
            return self.home
        digest = hashlib.sha256(os.fsencode(self.home)).hexdigest()[:16]
        return Path(tempfile.gettempdir()) / f"adapt-{digest}"

    def _socket_folder(self) -> Path:
        folder = self._socket_place()
        folder.mkdir(mode=0o700, exist_ok=True)
        owner = self.account.uid if self.account else os.geteuid()
        if folder.is_symlink() or folder.stat().st_uid not in {os.geteuid(), owner}:
            raise EmbeddedServerError(f"{folder} belongs to another user. Choose a shorter ADAPT_DATA_DIR.")
        give_to(self.account, folder)
        return folder

    def _launch(self) -> None:
        log = self.home / "start.log"
        arguments = ("start", "-s", "-w", "-t", str(START_SECONDS), "-l", str(log), "-D", str(self.data))
        deadline = time.monotonic() + ORPHAN_SECONDS
        while True:
            log.unlink(missing_ok=True)
            try:
                run_tool("pg_ctl", arguments, account=self.account)
            except ToolFailedError as error:
                # After a kill -9 of the server its children need a moment to notice and end.
                orphans = "pre-existing shared memory block" in self._log_end()
                if not orphans or time.monotonic() > deadline:
                    raise EmbeddedServerError(f"PostgreSQL did not start.\n{error}\n{self._log_end()}") from error
                time.sleep(0.1)
            else:
                return

    def _log_end(self) -> str:
        """The last lines the server wrote, with the file's name."""
        logs = [self.home / "start.log", *(self.home / "log").glob("*.log")]
        present = sorted((log for log in logs if log.exists()), key=lambda log: log.stat().st_mtime)[-2:]
        return "\n".join(f"{log}:\n" + "\n".join(_tail(log)) for log in present) or f"(no log in {self.home})"


def _tail(log: Path) -> list[str]:
    return log.read_text(encoding="utf-8", errors="replace").splitlines()[-15:]


def _quoted(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"
