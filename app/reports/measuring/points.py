"""What a measure's points mean in SQL: conditions on one event `j` of the journal. Names come from checked data."""

import re
from collections.abc import Sequence
from typing import Final

from app.pathways.measure_definition import Point

_SAFE: Final = re.compile(r"[a-z][a-z0-9_-]{0,47}")
NEVER: Final = "false"


def literal(value: str | int) -> str:
    """A constant of a measure's file in SQL. Raises ValueError for what the file's own check would not let through."""
    if isinstance(value, int):
        return str(value)
    if _SAFE.fullmatch(value) is None:
        raise ValueError(value)
    return f"'{value}'"


def listed(values: Sequence[str | int]) -> str:
    """Constants in a row, such as `'works', 'installed'`."""
    return ", ".join(literal(value) for value in values)


def condition(point: Point | None) -> str:
    """Whether event `j` is one that the point may be; points that are no single event are never."""
    match point:
        case Point(at="action", any_of=actions, where=where):
            # A milestone brought in from a spreadsheet carries the action that it stands for.
            taken = f"j.action IN ({listed(actions)})"
            if where is None:
                return taken
            # In the journal's details every value is text.
            values = ", ".join(f"'{value}'" if isinstance(value, int) else literal(value) for value in where.is_)
            return f"({taken} AND j.details ->> {literal(where.field)} IN ({values}))"
        case Point(at="stage_entered", any_of=stages):
            return (
                f"(j.to_stage IN ({listed(stages)}) AND j.kind IN ('moved', 'milestone_imported')"
                " AND (j.from_tier, j.from_stage) IS DISTINCT FROM (j.to_tier, j.to_stage))"
            )
        case _:
            return NEVER
