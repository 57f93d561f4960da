"""Find the cases that somebody means: by reference, CHI or NHS number, postcode, or a name spelt as it may be.

What was typed is told apart by its look, so that each is one question that an index answers. A name is looked up in the
database by its words, their beginnings, how they sound and what is near them (migration 0019); what is only near is
then compared letter by letter here. Nothing that was typed is logged or kept.
"""

import re
from collections.abc import Sequence
from typing import Any, Final

from sqlalchemy import Row, text

from app.cases.conditions import NONE, Condition, any_of
from app.kernel import identifiers
from app.kernel.database import Session
from app.kernel.names import name_keys, nearly_called
from app.kernel.references import parse_reference

MOST: Final = 500
"""Ids handed back to the database; where more people fit, it looks them up again itself."""
_NAMED = text(
    """
    SELECT 'person' AS kind, person_id AS id, name, sure
      FROM door.people_called(:typed, CAST(:keys AS text[]), true, :most)
     UNION ALL
    (SELECT 'case', id, NULL, true FROM cases WHERE source_reference = :typed LIMIT :most)
    """
)
_IN_PLACE = text(
    """
    (SELECT 'home' AS kind, id FROM homes
      WHERE postcode ~>=~ :from_postcode AND postcode ~<~ :to_postcode LIMIT :most)
     UNION ALL
    (SELECT 'case', id FROM cases WHERE source_reference = :typed LIMIT :most)
    """
)
_PEOPLE: Final = (
    """c.person_id IN (SELECT person_id FROM door.people_called(:typed, CAST(:keys AS text[]), false, NULL))"""
)
_HOMES: Final = """c.home_id IN (SELECT id FROM homes
                              WHERE postcode ~>=~ :from_postcode AND postcode ~<~ :to_postcode)"""
_START_OF_POSTCODE: Final = re.compile(r"[A-Z]{1,2}[0-9][0-9A-Z]? ?([0-9][A-Z]{0,2})?")
_DIGITS_OF_A_NUMBER: Final = 10


async def found_by(session: Session, typed: str) -> Condition:
    """The condition for what was typed: cases that it names, or whose person or home it names."""
    exact = _exact(typed)
    if exact is not None:
        return exact
    start = re.sub(r"\s+", " ", typed.strip().upper())
    if _START_OF_POSTCODE.fullmatch(start):
        return await _in_place(session, start)
    # How each word sounds. Soundex beside it would tell Catherine and Kathryn apart by their first letters.
    keys = [key for key in name_keys(typed) if not key.startswith("soundex:")]
    values = {"typed": typed.strip(), "keys": keys, "most": MOST + 1}
    rows = (await session.execute(_NAMED, values)).all()
    return any_of((_people(typed, values, [row for row in rows if row.kind == "person"]),
                   *_cases([row.id for row in rows if row.kind == "case"])))  # fmt: skip


def _exact(typed: str) -> Condition | None:
    try:
        return Condition("c.reference = :reference", {"reference": parse_reference(typed)})
    except ValueError:
        pass
    digits = re.sub(r"[\s-]", "", typed)
    if len(digits) == _DIGITS_OF_A_NUMBER and digits.isdecimal() and digits.isascii():
        return Condition(
            "c.person_id IN (SELECT id FROM people WHERE chi_number = :number OR nhs_number = :number)",
            {"number": digits},
        )
    try:
        postcode = identifiers.postcode(typed)
    except identifiers.InvalidIdentifier:
        return None
    return Condition("c.home_id IN (SELECT id FROM homes WHERE postcode = :postcode)", {"postcode": postcode})


async def _in_place(session: Session, start: str) -> Condition:
    """Homes whose postcode begins so. As a range, because LIKE may not be asked before row-level security."""
    span = {"from_postcode": start, "to_postcode": start + "~"}
    rows = (await session.execute(_IN_PLACE, {**span, "typed": start, "most": MOST + 1})).all()
    homes = [row.id for row in rows if row.kind == "home"]
    of_homes = Condition(_HOMES, span)
    if len(homes) <= MOST:
        of_homes = Condition("c.home_id = ANY (CAST(:homes AS bigint[]))", {"homes": homes}) if homes else NONE
    return any_of((of_homes, *_cases([row.id for row in rows if row.kind == "case"])))


def _people(typed: str, values: dict[str, Any], rows: Sequence[Row[Any]]) -> Condition:
    sure = [row.id for row in rows if row.sure]
    near = [row.id for row in rows if not row.sure and nearly_called(typed, row.name)]
    if len(sure) <= MOST:
        ids = sure + near
        return Condition("c.person_id = ANY (CAST(:people AS bigint[]))", {"people": ids}) if ids else NONE
    named = Condition(_PEOPLE, {"typed": values["typed"], "keys": values["keys"]})
    return any_of((named, Condition("c.person_id = ANY (CAST(:people AS bigint[]))", {"people": near})))


def _cases(ids: Sequence[int]) -> list[Condition]:
    return [Condition("c.id = ANY (CAST(:cases AS bigint[]))", {"cases": list(ids)})] if ids else []
