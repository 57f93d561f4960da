"""How big a sheet may be, and how it is refused."""

from dataclasses import dataclass

_MEBIBYTE = 2**20


class SheetRefused(Exception):
    """The file cannot be imported at all; `message` tells the person who sent it what to do."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What one import may ask of us. Lengths count characters; the unpacked sizes keep out zip bombs.

    Shared strings are the one part of an XLSX that must be in memory while its rows are read.
    """

    file_bytes: int = 128 * _MEBIBYTE
    unpacked_bytes: int = 512 * _MEBIBYTE
    shared_strings_bytes: int = 64 * _MEBIBYTE
    rows: int = 500_000
    columns: int = 200
    header_chars: int = 200
    cell_chars: int = 32_767  # Excel's own
    record_chars: int = 1_000_000


DEFAULT_LIMITS = Limits()


def damaged() -> SheetRefused:
    """Say that the file is not the workbook that it seems to be."""
    return SheetRefused("The workbook is damaged. Open it in the spreadsheet, save it again as .xlsx and try again.")
