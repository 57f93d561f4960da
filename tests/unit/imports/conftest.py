"""Files that more than one test reads."""

from datetime import date, datetime
from pathlib import Path

import openpyxl
import pytest


@pytest.fixture
def ordinary(tmp_path) -> Path:
    """Write a workbook as a spreadsheet would, under the name of a CSV."""
    path = tmp_path / "cases.csv"  # the name lies on purpose
    book = openpyxl.Workbook()
    book.active.append(["Person name", "First contact", "UPRN", "Cost GBP", "Notes", "Urgent"])
    book.active.append(["Davina Dummie", date(2025, 2, 3), 30866963147, 12199.5, "rings twice", True])
    book.active.append([])
    book.active.append(["Ross Sample", datetime(2025, 2, 3, 9, 30), None, 7341, None, False])
    book.save(path)
    return path
