"""A file that can be imported: readable to its last letter, with every column that is needed."""

import hashlib
from dataclasses import dataclass
from pathlib import Path

from app.imports.columns import Columns, match_columns
from app.imports.sheets import Sheet, open_sheet


@dataclass(frozen=True, slots=True)
class Extract:
    """An opened extract. `file_hash` is the SHA-256 of the whole file."""

    sheet: Sheet
    columns: Columns
    file_hash: bytes


def open_extract(path: Path) -> Extract:
    """Open a file and match its columns. Raises SheetRefused, which says what to do."""
    sheet = open_sheet(path)
    columns = match_columns(sheet.header)
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").digest()
    return Extract(sheet, columns, digest)
