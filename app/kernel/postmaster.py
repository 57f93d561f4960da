"""What a PostgreSQL server notes about itself on disk, and whether the note is still true.

After a `kill -9` the notes stay behind and may name a process that is no server of ours.
"""

import time
from dataclasses import dataclass
from pathlib import Path

import psutil

from app.kernel.postgres_tools import EmbeddedServerError

NOTE = "postmaster.pid"
ORPHAN_SECONDS = 20


@dataclass(frozen=True, slots=True)
class Postmaster:
    """The server process as its note names it; `socket_folder` is None while it starts or stops."""

    pid: int
    socket_folder: Path | None


def running_server(data: Path) -> Postmaster | None:
    """The live server of a data directory, ready or not; None when there is none.

    Errors: EmbeddedServerError when the directory belongs to another user.
    """
    postmaster = _noted(data)
    return postmaster if postmaster and _serves(data, postmaster.pid) else None


def clear_if_misleading(note: Path, data: Path) -> None:
    """Remove a killed server's note when its number is in use again (or by its own corpse, not yet buried).

    PostgreSQL would take that process for a running server and refuse to start. With the note goes its own
    guard against children of the killed server that still write, so wait until there is none of them.
    """
    try:
        number = abs(int(note.read_text(encoding="utf-8").split(maxsplit=1)[0]))
    except (FileNotFoundError, ValueError, IndexError):
        return
    if not psutil.pid_exists(number):
        return
    deadline = time.monotonic() + ORPHAN_SECONDS
    while any(_works_in(data, process) for process in psutil.process_iter()):
        if time.monotonic() > deadline:
            raise EmbeddedServerError(f"Processes of a killed PostgreSQL still use {data}. End them.")
        time.sleep(0.1)
    note.unlink()


def _noted(data: Path) -> Postmaster | None:
    try:
        lines = (data / NOTE).read_text(encoding="utf-8").splitlines()
        ready = len(lines) > 7 and lines[7].strip() == "ready"
        return Postmaster(int(lines[0]), Path(lines[4]) if ready else None)
    except FileNotFoundError:
        return None
    except PermissionError as error:
        raise EmbeddedServerError(
            f"The database in {data.parent} belongs to another user. Start the product as that user, "
            "or choose another folder with ADAPT_DATA_DIR."
        ) from error
    except (ValueError, IndexError):  # cut short by a crash while it was written
        return None


def _serves(data: Path, pid: int) -> bool:
    """Whether the process is this data directory's server, and not another that was given its number since."""
    try:
        command = psutil.Process(pid).cmdline()
    except psutil.Error:
        return False
    return bool(command) and Path(command[0]).name == "postgres" and str(data) in command


def _works_in(folder: Path, process: psutil.Process) -> bool:
    try:
        return process.cwd() == str(folder)
    except psutil.Error:  # ended meanwhile, or another user's: then it is none of ours
        return False
