"""A worklist as CSV: what its rows show, every page of it up to a limit, read and recorded piece by piece."""

import csv
import io
from collections.abc import AsyncIterator, Iterable
from typing import Any, Final

from app.cases.asked import Asked
from app.cases.casework import Casework
from app.cases.list_view import open_list
from app.cases.reads import note_read
from app.cases.work_lines import WorkLine, work_line
from app.cases.worklist import worklist
from app.edge import sessions
from app.edge.doors import enter_session
from app.edge.pages import PageDesk
from app.kernel.spreadsheets import harmless

MOST_ROWS: Final = 10_000
_PIECE: Final = 500
COLUMNS: Final = (
    "Reference", "Person", "Tier", "Stage", "Fast track", "Priority", "Working days in stage", "Target working days",
    "Working days since first contact", "What comes next", "Due on", "How it stands", "Assigned to",
)  # fmt: skip


async def pieces(desk: PageDesk, asked: Asked) -> AsyncIterator[bytes]:
    """The file in pieces. Each is read in a transaction of its own, and leaves only when its read is on record.

    The person is let in anew for each piece: who is signed out meanwhile gets no more.
    """
    casework: Casework = desk.request.app.state.casework
    yield _written([COLUMNS], mark=True)
    cursor, left = None, MOST_ROWS
    while left:
        async with desk.db.transaction() as session:
            actor = await enter_session(session, sessions.secret_of(desk.request))
            today = casework.timekeeper.day(desk.now())
            opened = await open_list(session, actor, asked, casework=casework, today=today)
            if opened.where is None:
                return
            order = opened.asked.wanted.order
            page = await worklist(
                session, opened.where, order=order, today=today, cursor=cursor, limit=min(_PIECE, left)
            )
            await note_read(session, actor, "GET /worklist.csv", page.ids)
        yield _written(_cells(work_line(one, actor, casework=casework, today=today)) for one in page.items)
        cursor, left = page.following, left - len(page.items)
        if cursor is None:
            return


def _cells(one: WorkLine) -> tuple[Any, ...]:
    line, waited = one.line, one.waited
    return (
        line.reference, line.person, line.tier, line.stage, line.fast_track, one.priority,
        waited.days if waited else None, waited.target if waited else None, one.since_contact, one.next, line.due_on,
        line.due_words, line.assigned_to,
    )  # fmt: skip


def _written(rows: Iterable[Iterable[Any]], *, mark: bool = False) -> bytes:
    """UTF-8; the mark at the beginning lets spreadsheets read it right."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\r\n")
    for row in rows:
        writer.writerow([harmless(cell) for cell in row])
    return buffer.getvalue().encode("utf-8-sig" if mark else "utf-8")
