"""Set a partnership up: its name, its default pathway and calendar, and its local days."""

from datetime import date
from typing import Annotated

import typer
from sqlalchemy import text

from app.cases.actions.renew_deadlines import renew_deadlines
from app.commands.console import err, faults_told, out, with_owner
from app.commands.keeping import casework_for
from app.kernel.database import Database
from app.main import read_pathways
from app.reports.calendar_sync import sync_calendars
from app.settings import Settings

partnership = typer.Typer(no_args_is_help=True, help="The partnership: name, default pathway, local days.")

_SET_UP = text(
    """
    INSERT INTO partnership (name, pathway_key, calendar_key) VALUES (:name, :pathway, :calendar)
    ON CONFLICT (id) DO UPDATE SET name = excluded.name, pathway_key = excluded.pathway_key,
                                   calendar_key = excluded.calendar_key
    """
)
_LOCAL_DAY = text(
    """
    INSERT INTO local_days (calendar_key, day, closed, name) VALUES (:calendar, :day, :closed, :name)
    ON CONFLICT (calendar_key, day) DO UPDATE SET closed = excluded.closed, name = excluded.name
    """
)


@partnership.command("set-up")
def set_up(
    name: Annotated[str, typer.Argument(help="As people will read it.")],
    pathway: Annotated[str, typer.Option(help="Key of the pathway of a referral that names none.")] = "",
) -> None:
    """Name the partnership and choose its default pathway; the calendar is that pathway's. May be done again."""
    settings = Settings()
    with faults_told():
        _, pathways = read_pathways(settings)
    keys = sorted({one.key for one in pathways.all()})
    key = pathway or pathways.default_key
    if key not in keys:
        err.print(f"There is no pathway {key}. There is: {', '.join(keys)}.", markup=False)
        raise typer.Exit(1)
    calendar = pathways.latest(key).calendar_key

    async def run(db: Database) -> None:
        async with db.transaction() as session:
            await session.execute(_SET_UP, {"name": name, "pathway": key, "calendar": calendar})

    with_owner(settings, run)
    out.print(
        f"{name}: pathway {key}, calendar {calendar}. A running service learns of it when it starts.", markup=False
    )


@partnership.command("local-day")
def local_day(
    day: Annotated[str, typer.Argument(help="The day, as YYYY-MM-DD.")],
    name: Annotated[str, typer.Argument(help="What it is, such as: Trades holiday.")],
    calendar: Annotated[str, typer.Option(help="Which calendar.")] = "scotland",
    working: Annotated[
        bool, typer.Option("--working", help="A day that is worked though the calendar closes it.")
    ] = False,
) -> None:
    """Close a day in a calendar, or open one; due dates of open cases are worked out anew."""
    settings = Settings()
    try:
        found = date.fromisoformat(day)
    except ValueError:
        err.print("Give the day as YYYY-MM-DD, for example 2026-07-13.")
        raise typer.Exit(1) from None
    with faults_told():
        calendars, _ = read_pathways(settings)
    if calendar not in calendars:
        err.print(f"There is no calendar {calendar}. There is: {', '.join(sorted(calendars))}.", markup=False)
        raise typer.Exit(1)

    async def run(db: Database) -> int:
        values = {"calendar": calendar, "day": found, "closed": not working, "name": name}
        async with db.transaction() as session:
            await session.execute(_LOCAL_DAY, values)
            await sync_calendars(session, calendars)
        casework = await casework_for(db, settings)
        return (await renew_deadlines(db, timekeeper=casework.timekeeper)).changed

    changed = with_owner(settings, run)
    out.print(
        f"{found}: {'worked' if working else 'closed'}. {changed} due dates changed. Restart the service.", markup=False
    )
