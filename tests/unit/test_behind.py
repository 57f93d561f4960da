"""The figures that lead to their cases are one list, wherever they are named."""

import re
from typing import get_args

from app.reports.behind import Figure, every_figure
from app.reports.measuring.columns import EXITS
from app.reports.statements import SQL


def test_what_may_be_asked_for_is_what_leads_to_cases_and_what_the_statement_knows() -> None:
    statement = (SQL / "measure.cases.sql").read_text("utf-8")
    known = set(re.findall(r"WHEN '([a-z_]+)' THEN", statement)) | set(EXITS)
    assert set(get_args(Figure)) == every_figure() == known
