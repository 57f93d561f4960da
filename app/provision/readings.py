"""Reads what events say, corrections included: pure, and never stumbling over what an old journal holds."""

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any

from app.cases.rules import Event, as_corrected

_AMOUNT = re.compile(r"£?\s*(\d{1,3}(?:,\d{3})+|\d{1,8})(\.\d{1,2})?")
_BETWEEN = re.compile(r"\s*[,;\n]\s*")
_PENCE = Decimal("0.01")


@dataclass(frozen=True, slots=True, kw_only=True)
class Remark:
    """A detail that somebody corrected. `counts`: the correction could be read, and the figures go by it."""

    sequence: int
    detail: str
    was: str
    now: str
    why: str
    counts: bool


def as_now_known(events: Sequence[Event]) -> tuple[list[Event], list[Remark]]:
    """Give the events as corrections left them, times and details, and every correction of a detail."""
    known = {event.sequence: event for event in as_corrected(events)}
    remarks: list[Remark] = []
    for event in events:
        if event.kind != "corrected" or event.details.get("field") != "detail":
            continue
        said = event.details
        target, name = known.get(int(said["sequence"])), str(said["detail"])
        if target is None or name not in target.details:
            continue
        value = _understood(target.details[name], str(said["now"]))
        counts = value is not None
        if counts:
            known[target.sequence] = replace(target, details={**target.details, name: value})
        remarks.append(_remark(target.sequence, said, counts=counts))
    return [known[event.sequence] for event in events], remarks


def _remark(sequence: int, said: Mapping[str, Any], *, counts: bool) -> Remark:
    was = said.get("was")
    return Remark(
        sequence=sequence,
        detail=str(said["detail"]),
        was=was if isinstance(was, str) else json.dumps(was, ensure_ascii=False),
        now=str(said["now"]),
        why=str(said.get("why", "")),
        counts=counts,
    )


def _understood(before: Any, text: str) -> Any:
    """Read a correction, which is always text, as what stood there before; None when it cannot be read so."""
    match before:
        case str() | None:
            return text
        case bool():
            return {"yes": True, "true": True, "no": False, "false": False}.get(text.strip().casefold())
        case list() if before and all(isinstance(one, dict) for one in before):
            return _rows(before, text)
        case list():
            return [word for word in _BETWEEN.split(text.strip()) if word] or None
        case int() | float():
            return amount(text)
        case _:
            return None


def _rows(before: Sequence[Mapping[str, Any]], text: str) -> list[dict[str, Any]] | None:
    """Read rows that a program sent as JSON, or the amount where there is but one row with one."""
    if (pounds := amount(text)) is not None and len(before) == 1 and "amount" in before[0]:
        return [{**before[0], "amount": str(pounds)}]
    try:
        rows = json.loads(text)
    except ValueError:
        return None
    names = set(before[0])
    whole = isinstance(rows, list) and all(isinstance(row, dict) and set(row) == names for row in rows)
    return rows if whole and rows else None


def amount(value: object) -> Decimal | None:
    """Read pounds, as JSON keeps them or as a person writes them; None for what is no amount."""
    if isinstance(value, bool) or not isinstance(value, int | float | str | Decimal):
        return None
    found = _AMOUNT.fullmatch(str(value).strip())
    return Decimal(found[1].replace(",", "") + (found[2] or "")).quantize(_PENCE) if found else None


def day(value: object) -> date | None:
    """Read a day as JSON keeps it; None for what is no day."""
    try:
        return date.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None


def words(value: object) -> str | None:
    """Read text; None where there is none."""
    return value if isinstance(value, str) and value.strip() else None


def keys(value: object) -> tuple[str, ...]:
    """Read a list of keys, each once."""
    return tuple(dict.fromkeys(one for one in value if isinstance(one, str))) if isinstance(value, list) else ()


def rows(value: object) -> Iterable[Mapping[str, Any]]:
    """Read a list of rows; what is no row is left out."""
    return (row for row in value if isinstance(row, dict)) if isinstance(value, list) else ()
