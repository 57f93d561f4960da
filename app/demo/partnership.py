"""Make the demo partnership, once: organisations, people, a panel, and cases that were really walked.

Everything is made in one transaction under a lock, so it is there whole or not at all, however many processes start.
"""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, time
from random import Random
from typing import Final

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn
from sqlalchemy import text

from app.cases.casework import Casework
from app.cases.timekeeping import Timekeeper
from app.demo import cast, panel
from app.demo.gathering import gather
from app.demo.stories import stories
from app.demo.timetable import Timetable, start_of
from app.demo.walks import Walk
from app.edge.doors import enter_as
from app.kernel.clock import LONDON, Clock, SystemClock
from app.kernel.database import Database, Session
from app.panels.meetings import PanelFollower, PanelMeetings
from app.pathways.calendar_files import load_calendars
from app.pathways.loader import load_pathways
from app.people.passwords import hash_password
from app.provision.homes import HomeFollower
from app.settings import Settings

PATHWAY: Final = "housing-solutions"
CASES: Final = 200
_LOCK = text("SELECT pg_advisory_xact_lock(7401004)")
_FOUND = text("SELECT demo FROM partnership")
_FOUND_EMPTY = text(
    """
    SELECT NOT EXISTS (SELECT FROM partnership) AND NOT EXISTS (SELECT FROM users) AND NOT EXISTS (SELECT FROM cases)
    """
)
_OPEN = text(
    """
    INSERT INTO partnership (name, pathway_key, calendar_key, demo) VALUES (:name, :pathway, :calendar, true)
    """
)
_PASSWORDS = text("UPDATE users SET password_hash = :hash WHERE email = ANY (:emails)")

Say = Callable[[str], object]


async def ensure_demo(
    db: Database,
    settings: Settings,
    *,
    password: str,
    fixed: bool,
    say: Say,
    cases: int = CASES,
    clock: Clock | None = None,
) -> None:
    """Make the demo partnership where there is none, let everybody in it sign in with `password`, and say how.

    `db` is the schema owner's. `fixed`: the password came from the surroundings, so it is not printed. A partnership
    that is not a demo, or any data without a partnership, is left alone.
    """
    now = (clock or SystemClock()).now()
    kept = await asyncio.to_thread(hash_password, password)
    async with db.transaction() as session:
        if not await _is_there(session) and not await _made(session, settings, say, cases=cases, now=now):
            say("This database is in use by a partnership that is not a demo: nothing was changed.")
            return
        await session.execute(_PASSWORDS, {"hash": kept, "emails": [member.email for member in cast.MEMBERS]})
    for line in sign_in_lines(password, fixed=fixed):
        say(line)


def sign_in_lines(password: str, *, fixed: bool) -> Iterator[str]:
    """Say who can sign in and with what."""
    yield "\nSign in to the demo partnership as any of these:"
    organisations = {organisation.key: organisation.name for organisation in cast.ORGANISATIONS}
    colleagues = [member for member in cast.MEMBERS if "." in member.login]
    for member in cast.MEMBERS:
        if member not in colleagues:
            several = len(member.organisations) > 1
            where = "in every organisation" if several else f"at {organisations[member.home]}"
            yield f"  {member.email:<44} {member.name}, {where}"
    yield f"Or as one of {len(colleagues)} colleagues who see what their own organisation sees, such as:"
    yield "  " + ", ".join(member.email for member in colleagues[1:4])
    yield "Password: " + ("the one in ADAPT_DEMO_PASSWORD" if fixed else password)


async def _is_there(session: Session) -> bool:
    await session.execute(_LOCK)
    return bool(await session.scalar(_FOUND))


async def _made(session: Session, settings: Settings, say: Say, *, cases: int, now: datetime) -> bool:
    """Make the demo in an empty database; False where there is something already."""
    if not await session.scalar(_FOUND_EMPTY):
        return False
    say("Making the demo partnership …")
    await _make(session, settings, cases=cases, now=now)
    return True


async def _make(session: Session, settings: Settings, *, cases: int, now: datetime) -> None:
    casework = _casework(settings)
    pathway = casework.pathways.latest(PATHWAY)
    today = casework.timekeeper.day(now)
    start = start_of(today)
    values = {"name": cast.NAME, "pathway": PATHWAY, "calendar": pathway.calendar_key}
    await session.execute(_OPEN, values)
    users = await gather(session, today=today, since=start)
    rng = Random(f"demo calendar of {today.isoformat()}")  # noqa: S311 - nothing here is secret
    coordinator = await enter_as(session, users["panel_coordinator"])
    opening = datetime.combine(start, time(9), tzinfo=LONDON)
    sittings = await panel.set_up(session, coordinator, casework=casework, start=opening, today=today, rng=rng)
    calendar = casework.timekeeper.calendars[pathway.calendar_key]
    timed = Timetable.of(calendar, start, today, sittings, rng).place(stories(pathway, cases, today=today))
    with _progress(len(timed)) as stepped:
        await Walk(session, casework, users).all(timed, stepped)
    await panel.date_back(session)


def _casework(settings: Settings) -> Casework:
    calendars = load_calendars(settings.pathways_dir / "calendars")
    pathways = load_pathways(settings.pathways_dir, calendars)
    timekeeper = Timekeeper(pathways, calendars)
    return Casework(
        pathways=pathways,
        timekeeper=timekeeper,
        default_pathway=PATHWAY,
        allow_test_numbers=True,
        meetings=PanelMeetings(),
        followers=(PanelFollower(timekeeper), HomeFollower(timekeeper)),
    )


@contextmanager
def _progress(total: int) -> Iterator[Callable[[], None]]:
    """Show a bar where somebody is looking; the function it gives moves it on by one."""
    console = Console()
    columns = (TextColumn("  Two years of casework"), BarColumn(), MofNCompleteColumn(), TextColumn("events"))
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as progress:
        task = progress.add_task("", total=total)
        yield lambda: progress.advance(task)
