"""Pieces of a WHERE over cases `c`, each with the values that it binds."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

OPEN: Final = "c.ended_at IS NULL"
DUE: Final = "coalesce(c.due_on, date 'infinity')"
"""As the index has it: what has no day is due after everything that has one."""


@dataclass(frozen=True, slots=True)
class Condition:
    """SQL that is put together from constants of the code; whatever came from outside is in `values`."""

    sql: str
    values: Mapping[str, Any] = field(default_factory=dict)


ANY: Final = Condition("true")
NONE: Final = Condition("false")


def all_of(conditions: Iterable[Condition]) -> Condition:
    """Every one of them holds. Names of values must differ; two that are the same must mean the same."""
    return _joined(" AND ", [one for one in conditions if one is not ANY], ANY)


def any_of(conditions: Iterable[Condition]) -> Condition:
    """At least one of them holds."""
    return _joined(" OR ", [one for one in conditions if one is not NONE], NONE)


def _joined(word: str, conditions: list[Condition], otherwise: Condition) -> Condition:
    if not conditions:
        return otherwise
    values = {name: value for one in conditions for name, value in one.values.items()}
    return Condition(word.join(f"({one.sql})" for one in conditions), values)
