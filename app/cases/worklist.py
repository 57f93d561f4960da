"""The worklist: the cases one may see, in the order they should be worked on.

Open before ended, fast track first, then due date, then priority, then age: one indexed key, so a page costs the same
at a thousand cases and at a hundred thousand.
"""

import re
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from sqlalchemy import text

from app.cases.answers import CaseOut
from app.cases.shown import SELECT_SHOWN, case_out
from app.kernel import identifiers
from app.kernel.database import Session
from app.kernel.names import name_keys
from app.kernel.paging import Page, decode, encode, malformed
from app.kernel.references import parse_reference

Due = Literal["overdue", "due_soon", "on_track", "on_hold", "none"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which cases: every filter given must hold."""

    tier: str | None = None
    stage: str | None = None
    group: str | None = None
    assigned_to: int | str | None = None
    """A user's number or e-mail address, or `nobody`."""
    organisation: str | None = None
    due: Due | None = None
    fast_track: str | None = None
    q: str | None = None
    source: str | None = None


_DUE = {
    "overdue": "c.stage_group <> 'ended' AND c.due_on < :today",
    "due_soon": "c.stage_group NOT IN ('ended', 'held') AND c.due_on >= :today AND c.due_soon_on <= :today",
    "on_track": "c.stage_group NOT IN ('ended', 'held') AND c.due_on >= :today AND c.due_soon_on > :today",
    "on_hold": "c.stage_group = 'held' AND c.due_on >= :today",
    "none": "(c.due_on IS NULL OR c.stage_group = 'ended')",
}


_PLACE = re.compile(r"[01][01][0-9]{5}[0-4][0-9]{12}")


def place_of(cursor: str | None) -> str | None:
    """Read a cursor of this list, or raise Unprocessable: one of another list would pass for the list's end."""
    place = decode(cursor)
    if place is not None and _PLACE.fullmatch(place) is None:
        raise malformed()
    return place


async def worklist(
    session: Session, wanted: Wanted, *, today: date, after: str | None, limit: int
) -> tuple[Page[CaseOut], list[int]]:
    """One page, and the numbers of the cases on it for the record of reads."""
    conditions, values = _conditions(wanted, today)
    if after is not None:
        conditions.append("c.worklist_key > :after")
        values["after"] = after
    where = " AND ".join(conditions) or "true"
    # One more than asked for tells whether there is a next page.
    statement = text(f"{SELECT_SHOWN} WHERE {where} ORDER BY c.worklist_key LIMIT :limit")
    rows = (await session.execute(statement, {**values, "limit": limit + 1})).all()
    shown = rows[:limit]
    following = encode(shown[-1].worklist_key) if len(rows) > limit else None
    return Page([case_out(row, today) for row in shown], following), [row.id for row in shown]


def _conditions(wanted: Wanted, today: date) -> tuple[list[str], dict[str, Any]]:
    plain = {"tier": wanted.tier, "stage": wanted.stage, "stage_group": wanted.group, "source": wanted.source}
    values: dict[str, Any] = {name: value for name, value in plain.items() if value is not None}
    conditions = [f"c.{name} = :{name}" for name in values]
    if wanted.assigned_to == "nobody":
        conditions.append("c.assigned_to IS NULL")
    elif isinstance(wanted.assigned_to, str):
        conditions.append("c.assigned_to = (SELECT id FROM users WHERE lower(email) = lower(:email))")
        values["email"] = wanted.assigned_to
    elif wanted.assigned_to is not None:
        conditions.append("c.assigned_to = :assigned_to")
        values["assigned_to"] = wanted.assigned_to
    if wanted.organisation is not None:
        conditions.append(
            "c.custody_id IN (SELECT id FROM organisations WHERE key = lower(:org) OR lower(name) = lower(:org))"
        )
        values["org"] = wanted.organisation
    if wanted.due is not None:
        conditions.append(_DUE[wanted.due])
        if ":today" in _DUE[wanted.due]:
            values["today"] = today
    if wanted.fast_track is not None:
        conditions.append(_fast_track(wanted.fast_track, values))
    if wanted.q:
        conditions.append(_search(wanted.q, values))
    return conditions, values


def _fast_track(value: str, values: dict[str, Any]) -> str:
    match value.lower():
        case "true" | "yes" | "1":
            return "c.fast_track IS NOT NULL"
        case "false" | "no" | "0":
            return "c.fast_track IS NULL"
        case _:
            values["fast_track"] = value
            return "c.fast_track = :fast_track"


_WORD = re.compile(r"\w+", re.UNICODE)


def _search(q: str, values: dict[str, Any]) -> str:
    """A reference, a CHI or NHS number, a postcode, or a name, spelt as it may be."""
    found = _exact(q, values)
    if found is not None:
        return found
    words = _WORD.findall(q)[:6]
    if not words:
        return "false"
    values["words"] = " & ".join(f"{word}:*" for word in words)
    values["typed"] = q.strip()
    values["keys"] = list(name_keys(q))
    start = re.sub(r"[^A-Z0-9 ]", "", re.sub(r"\s+", " ", q.strip().upper()))
    # Nothing left to go by would be the beginning of every postcode.
    values["postcode"] = f"{start}%" if start.strip() else ""
    return """(c.person_id IN (SELECT id FROM people
                  WHERE to_tsvector('simple', name) @@ to_tsquery('simple', :words)
                     OR (cardinality(CAST(:keys AS text[])) > 0 AND name_keys @> CAST(:keys AS text[])))
               OR c.home_id IN (SELECT id FROM homes WHERE postcode LIKE :postcode)
               OR c.source_reference = :typed)"""


def _exact(q: str, values: dict[str, Any]) -> str | None:
    try:
        values["reference"] = parse_reference(q)
    except ValueError:
        pass
    else:
        return "c.reference = :reference"
    digits = re.sub(r"[\s-]", "", q)
    if len(digits) == 10 and digits.isdecimal() and digits.isascii():
        values["number"] = digits
        return "c.person_id IN (SELECT id FROM people WHERE chi_number = :number OR nhs_number = :number)"
    try:
        values["postcode"] = identifiers.postcode(q)
    except identifiers.InvalidIdentifier:
        return None
    return "c.home_id IN (SELECT id FROM homes WHERE postcode = :postcode)"
