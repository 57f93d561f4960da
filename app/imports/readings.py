"""One row while it is being judged: its cells by column, what is wrong with it, and what is doubtful."""

import hashlib
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum
from functools import lru_cache
from typing import Protocol

import orjson

from app.imports.cells import Cell, is_blank, text_of, tidy
from app.imports.columns import ERROR_COLUMN, Column, Columns, column_key
from app.imports.dates import NotADay, parse_day
from app.imports.sheets import Row

NEEDED = "This is needed. Fill it in."
_LONGEST_QUOTE = 40
_MOST_PHRASES = 1_024


class Table(StrEnum):
    """The vocabulary's tables that the import reads."""

    TENURE = "tenure"
    TIER = "tier"
    PRIORITY = "priority"
    FAST_TRACK = "fast_track"
    OUTCOME = "outcome"
    PANEL_DECISION = "panel_decision"
    FUNDING_SOURCE = "funding_source"
    HOLD_CAUSE = "hold_cause"
    WAITS_ON = "waits_on"


class Vocabulary(Protocol):
    """Understands other people's words."""

    def match(self, table: str, text: str, /) -> str | None:
        """Return the key in a table, such as tenure, that a text means; None when it means none."""


class AdaptationCatalogue(Protocol):
    """Understands what people call adaptations."""

    def match_all(self, text: str, /) -> tuple[str, ...]:
        """Return the keys of everything asked for in one phrase; empty when any of it is not understood."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """What rows are judged by. `allow_test_numbers` lets in NHS numbers that nobody is issued."""

    today: date
    vocabulary: Vocabulary
    catalogue: AdaptationCatalogue
    allow_test_numbers: bool


@dataclass(frozen=True, slots=True)
class _Remembering:
    """A vocabulary and a catalogue that look up a phrase once: a sheet says the same few things again and again."""

    match: Callable[[str, str], str | None]
    match_all: Callable[[str], tuple[str, ...]]


def remembering(rules: Rules) -> Rules:
    """Return rules that judge the same, faster."""
    memory = _Remembering(
        lru_cache(_MOST_PHRASES)(rules.vocabulary.match), lru_cache(_MOST_PHRASES)(rules.catalogue.match_all)
    )
    return replace(rules, vocabulary=memory, catalogue=memory)


@dataclass(frozen=True, slots=True)
class RowError:
    """What keeps a row out. `column` is the header as the file has it."""

    column: str
    message: str


@dataclass(slots=True)
class RowReading:
    """Reads a row's cells and gathers every error and doubt on the way.

    `content` is what each cell means, in one form for every way of writing it: the row's canonical content.
    """

    row: Row
    columns: Columns
    rules: Rules
    doubts: list[str] = field(default_factory=list)
    content: dict[str, str] = field(default_factory=dict)
    _errors: dict[int, str] = field(default_factory=dict)

    def cell(self, column: Column) -> Cell:
        """Return a known column's cell; blank when the sheet has no such column or the row ends before it."""
        return self._cell_at(self.columns.places.get(column, len(self.row.cells)))

    def text(self, column: Column) -> str:
        """Return a cell as text on one line, "" when it is blank, and count it as content."""
        text = tidy(text_of(self.cell(column)))
        if text:
            self.content[column] = text
        return text

    def paragraphs(self, column: Column) -> str:
        """Return a cell as text with its line breaks."""
        return "\n".join(tidy(line) for line in text_of(self.cell(column)).splitlines()) if self.text(column) else ""

    def required(self, column: Column) -> str:
        """Return a cell as text; a blank one is an error."""
        text = self.text(column)
        if not text:
            self.blame(column, NEEDED)
        return text

    def day(self, column: Column) -> date | None:
        """Return a cell as a day, None when it is blank; anything else but a past day is an error."""
        cell = self.cell(column)
        if is_blank(cell):
            return None
        try:
            day = parse_day(cell, today=self.rules.today)
        except NotADay as wrong:
            self.blame(column, wrong.message)
            return None
        self.means(column, day.isoformat())
        return day

    def word(self, column: Column, table: Table) -> str | None:
        """Return the key that a cell's word means; an unknown word is a doubt, never an error."""
        text = self.text(column)
        key = self.rules.vocabulary.match(table, text) if text else None
        if text and key is None:
            self.doubt(f"{column}: {quote(text)} is not a word that the import knows; it is kept with the row only.")
        return key

    def means(self, column: Column, content: str) -> None:
        """Say in canonical form what a column's cell means."""
        self.content[column] = content

    def blame(self, column: Column, message: str) -> None:
        """Record what is wrong with a column; the first fault of a column is the one that is told."""
        self._errors.setdefault(self.columns.places[column], message)

    def doubt(self, message: str) -> None:
        """Record something that a person should look at."""
        self.doubts.append(message)

    def errors(self) -> tuple[RowError, ...]:
        """List every error, in the order of the file's columns."""
        return tuple(RowError(self.columns.header[place], self._errors[place]) for place in sorted(self._errors))

    def raw(self) -> dict[str, str]:
        """Return the row as read, every column that is not empty, by the file's own header."""
        unknown = dict(self.columns.unknown)
        cells = enumerate(self.row.cells[: len(self.columns.header)])
        named = ((unknown.get(place, self.columns.header[place]), text_of(cell)) for place, cell in cells)
        return {name: text for name, text in named if text}

    def extra(self) -> dict[str, str]:
        """Return what the unknown columns hold, as it is."""
        cells = ((name, self._cell_at(place)) for place, name in self.columns.unknown)
        return {name: text_of(cell) for name, cell in cells if not is_blank(cell)}

    def beyond_header(self) -> int:
        """Count the cells that stand under no column name at all."""
        return sum(not is_blank(cell) for cell in self.row.cells[len(self.columns.header) :])

    def _cell_at(self, place: int) -> Cell:
        return self.row.cells[place] if place < len(self.row.cells) else ""


def content_hash(content: Mapping[str, str], extra: Mapping[str, str]) -> str:
    """Hash what a row says: sha256 in hexadecimal.

    The order and spelling of columns, blank cells, ways of writing a date and spaces make no difference, nor
    does an Error column that our own list of rejected rows has added.
    """
    said = {f"known {column}": unicodedata.normalize("NFC", text) for column, text in content.items() if text}
    added = {column_key(name): unicodedata.normalize("NFC", tidy(text)) for name, text in extra.items()}
    said |= {f"extra {key}": text for key, text in added.items() if key != column_key(ERROR_COLUMN)}
    return hashlib.sha256(orjson.dumps(said, option=orjson.OPT_SORT_KEYS)).hexdigest()


def quote(text: str) -> str:
    """Repeat somebody's word in a message, shortened when it is a whole story."""
    return f'"{text}"' if len(text) <= _LONGEST_QUOTE else f'"{text[:_LONGEST_QUOTE]}…"'
