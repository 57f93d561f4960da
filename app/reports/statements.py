"""Puts a report's statement together from its `.sql` files: the parts it needs, its units, its figures.

Each file begins with a header: what it is, what it counts, from what, and (`-- needs:`) the parts that come before it.
"""

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from sqlalchemy import TextClause, text

SQL = Path(__file__).parent / "sql"
# A plan made for these very values folds away the filters that were not given. How many rows a step of a report leaves
# is guesswork to the planner: where it guesses one and there are thousands, a nested loop never ends, a hash join does.
# A report over a million cases sorts more than a page's list does, and may take longer. What is switched off is still
# used where there is no other way, at a price so high that PostgreSQL before 18 would compile such a statement: for
# seconds, and for nothing.
_SETTINGS = (
    "SELECT set_config('plan_cache_mode', 'force_custom_plan', true), set_config('enable_nestloop', 'off', true),"
    " set_config('work_mem', '64MB', true), set_config('statement_timeout', '120s', true),"
    " set_config('enable_sort', '{sort}', true), set_config('jit', 'off', true)"
)
PLAN = text(_SETTINGS.format(sort="on"))
# To the planner, row-level security costs so much that beside it everything else costs the same, and it sorts a journal
# that its key has in order, or what could be counted as it comes. It still sorts where there is no other way.
UNSORTED = text(_SETTINGS.format(sort="off"))
_HEADER = re.compile(r"^-- (name|counts|source|needs): (.+)$", re.MULTILINE)
_COMMENT = re.compile(r"--[^\n]*")
_PARAMETER = re.compile(r"(?<!:):([a-z_]+)")


@cache
def figures_of(name: str) -> TextClause:
    """The statement of a report's figures."""
    return _statement(name, f"{name}.figures")


@cache
def cases_of(name: str) -> TextClause:
    """The statement of the cases behind a report's figures."""
    return _statement(name, "cases")


@cache
def parameters_of(statement: TextClause) -> frozenset[str]:
    """The names of the values that a statement takes."""
    return frozenset(_PARAMETER.findall(statement.text))


@cache
def part(name: str) -> str:
    """One of the parts that statements are made of, as it stands in them."""
    return _body(SQL / "parts" / f"{name}.sql")


@cache
def last(name: str) -> str:
    """What a statement ends with, as it stands in it: `figures` of measures, `cases` behind a figure."""
    return _body(SQL / f"{name}.sql")


def header(path: Path) -> dict[str, str]:
    """What a file says of itself."""
    return dict(_HEADER.findall(path.read_text("utf-8")))


def _statement(name: str, final: str) -> TextClause:
    files = dict.fromkeys([*_with_needs(SQL / f"{name}.units.sql"), *_with_needs(SQL / "parts" / "units.sql")])
    expressions = ",\n".join(_body(path) for path in files)
    return text(f"WITH {expressions}\n{_body(SQL / f'{final}.sql')}")


def _with_needs(path: Path) -> Iterator[Path]:
    """The parts that a file needs, those they need before them, and last the file itself."""
    for part in filter(None, header(path).get("needs", "").split(", ")):
        yield from _with_needs(SQL / "parts" / f"{part}.sql")
    yield path


def _body(path: Path) -> str:
    # A colon in a comment would be taken for a parameter.
    return _COMMENT.sub("", path.read_text("utf-8")).strip()
