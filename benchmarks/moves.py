"""Moves a second over HTTP beside what PostgreSQL alone makes of the same statements, on one database in one run."""

import re
import subprocess
from pathlib import Path

from sqlalchemy.engine import make_url

from app.edge.doors import token_hash
from app.kernel.postgres_tools import programs
from benchmarks.database import connect
from benchmarks.servers import HERE, Load, Served, wrk
from benchmarks.world import World

CASES = 1_000
"""Cases that wrk moves in turn; so many that two clients never want the same one at once."""


def references(world: World) -> Path:
    """A file with the references of cases that no load has moved yet, all held by the mover's organisation."""
    path = world.folder / "references.txt"
    query = "SELECT reference FROM cases WHERE custody_id = %s AND sequence = 1 ORDER BY id LIMIT %s"
    with connect(world.url) as connection:
        rows = connection.execute(query, (world.cast.organisations["clydeview"], CASES)).fetchall()
    assert len(rows) == CASES, "Too few cases that were never moved: make a bigger world."
    path.write_text("".join(f"{row[0]}\n" for row in rows))
    return path


def over_http(world: World, served: Served, *, clients: int, seconds: int) -> Load:
    """Hold and resume cases through the API, with a token, policy, row-level security and journal."""
    arguments = [str(references(world)), world.cast["team_manager"].token]
    return wrk("moves.lua", served.base, connections=clients, seconds=seconds, arguments=arguments)


def bare(world: World, *, clients: int, seconds: int) -> float:
    """The same statements through pgbench, as the same role: transactions a second."""
    with connect(world.url) as connection:
        row = connection.execute("SELECT max(id) / 2 - 900, max(id) / 2 FROM cases WHERE sequence = 1").fetchone()
    assert row is not None
    url = make_url(world.url)
    hashed = token_hash(world.cast["team_manager"].token).hex()
    script = [f"--file={HERE / 'pgbench_move.sql'}", f"--define=first={row[0]}", f"--define=last={row[1]}"]
    how = ["--no-vacuum", "--protocol=prepared", f"--client={clients}", "--jobs=1", f"--time={seconds}"]
    where = ["-h", str(url.query["host"]), "-U", str(url.username), str(url.database)]
    command = [str(programs() / "pgbench"), *how, *script, f"--define=hash={hashed}", *where]
    environment = {"PGOPTIONS": "-c role=adapt_app", "PATH": "/usr/bin:/bin"}
    result = subprocess.run(command, check=False, capture_output=True, text=True, env=environment)
    found = re.search(r"tps = ([\d.]+)", result.stdout)
    if found is None or result.returncode != 0:
        raise SystemExit(f"pgbench failed:\n{result.stdout}\n{result.stderr}")
    return float(found[1])
