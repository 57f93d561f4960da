"""A pack of questions answered for a financial year, in figures that may be published; and as a file."""

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

from app.access.actor import Actor
from app.access.permissions import Permission
from app.access.policy import require
from app.cases.timekeeping import Timekeeper
from app.kernel.database import Session
from app.kernel.problems import FieldProblem, NotFound, Unprocessable
from app.kernel.spreadsheets import harmless
from app.pathways.measure_packs import By, PackDefinition, PackQuestion
from app.reports import marks
from app.reports.answers import Answer, answer_measure, find_measure
from app.reports.filters import MeasureFigures
from app.reports.formats import CSV, XLSX, a_workbook
from app.reports.labels import BY, Labels, column
from app.reports.measuring import publication
from app.reports.periods import Period
from app.reports.pictures import headline_word
from app.reports.sight import whole_sight

NONE_AT_ALL: Final = "None."
"""Where a question by groups has no group: nobody and nothing was counted."""
_SHOWN: Final = (
    "completed", "median_working_days", "mean_working_days", "median_calendar_days", "over_limit", "still_open",
    "open_median_working_days", "left_before", "works", "pounds", "not_recorded",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Answered:
    """One question with its answer by one grouping, as it may be published.

    `told` has each row's figures in the order of `columns`: numbers, or in words why there is none (`marks` explains).
    """

    asked: str
    by: str
    answer: Answer
    told: Sequence[Sequence[int | float | str]]
    marks: Sequence[tuple[str, str]]

    @property
    def columns(self) -> list[str]:
        """What of the answer is told."""
        return [name for name in _SHOWN if name in self.answer.columns]

    @property
    def headings(self) -> list[str]:
        """What the columns are called: a measure that counts requests completes none."""
        return [headline_word(name) if name == self.answer.headline else column(name) for name in self.columns]


def find_pack(keeper: Timekeeper, key: str) -> PackDefinition:
    """A pack. Raises NotFound."""
    pack = keeper.pathways.packs.get(key)
    if pack is None:
        raise NotFound(f"There is no such pack. There is: {', '.join(keeper.pathways.packs)}.")
    return pack


async def answer_pack(
    session: Session, actor: Actor, pack: PackDefinition, year: Period, *, keeper: Timekeeper, now: datetime
) -> Sequence[Answered]:
    """Answer every question of a pack for a year.

    Raises NotPermitted for who does not see all cases, and Unprocessable while the year goes on.
    """
    require(actor, Permission.REPORT_READ)
    whole_sight(actor)
    assert year.last is not None
    if wrong := publication.fault_of_year(year.last, keeper.day(now)):
        raise Unprocessable([FieldProblem("/year", wrong)])
    return [
        await _answer(session, actor, question, by, year, keeper=keeper, now=now)
        for question in pack.questions
        for by in question.by
    ]


async def _answer(
    session: Session, actor: Actor, question: PackQuestion, by: By, year: Period, *, keeper: Timekeeper, now: datetime
) -> Answered:
    """One answer. It is counted plainly and made fit for publication here: what is hidden must say why it is."""
    wanted = MeasureFigures.model_validate({"by": by, "completed_from": year.first, "completed_to": year.last})
    asked = {**wanted.model_dump(exclude_defaults=True), "publish": True}
    if wrong := publication.faults_of(asked):
        raise Unprocessable(wrong)
    base = f"/reports/{question.measure}"
    counted = await answer_measure(session, actor, question.measure, wanted, keeper=keeper, now=now, base=base)
    fewest = find_measure(keeper, question.measure).definition.suppress_below
    rows = publication.published(counted.rows, fewest=fewest)
    definition = f"{counted.definition} {publication.WORDS.format(fewest=fewest)}"
    answer = replace(counted, rows=rows, definition=definition, filters=asked)
    columns = [name for name in _SHOWN if name in answer.columns]
    told = [
        [marks.told(row, shown, name, fewest=fewest) for name in columns]
        for row, shown in zip(counted.rows, rows, strict=True)
    ]
    cells = [cell for row in told for cell in row]
    return Answered(question.asked, by, answer, told, marks.meanings(cells, fewest=fewest))


def lines(answered: Sequence[Answered], words: Labels) -> Iterator[Sequence[Any]]:
    """Every answer as lines of a file: its headings, its rows, what its marks mean, and an empty line."""
    for one in answered:
        yield [f"{one.asked} ({BY[one.by].lower()})", *one.headings]
        for row, told in zip(one.answer.rows, one.told, strict=True):
            yield [words.group(one.by, row["group"]), *told]
        if not one.answer.rows:
            yield [NONE_AT_ALL]
        for mark, meaning in one.marks:
            yield [f"“{mark}”: {meaning}"]
        yield []


def as_file(
    pack: PackDefinition, year: Period, answered: Sequence[Answered], words: Labels, form: str
) -> tuple[bytes, str]:
    """The answers as a file, `csv` or `xlsx`: its content and its kind."""
    write, kind = (as_csv, CSV) if form == "csv" else (as_xlsx, XLSX)
    return write(pack, year, answered, words), kind


def as_csv(pack: PackDefinition, year: Period, answered: Sequence[Answered], words: Labels) -> bytes:
    """UTF-8 with a mark, so that spreadsheets read it right: every answer, then what each counts."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\r\n")
    rows = [[f"{pack.title}, {year.name}"], [], *lines(answered, words), ["What is counted"], *_definitions(answered)]
    writer.writerows([harmless(cell) for cell in row] for row in rows)
    return buffer.getvalue().encode("utf-8-sig")


def as_xlsx(pack: PackDefinition, year: Period, answered: Sequence[Answered], words: Labels) -> bytes:
    """A workbook: every answer one below the other, and what each counts."""
    buffer = io.BytesIO()
    with a_workbook(buffer, pack.title) as begun:
        book, bold, prose = begun.book, begun.bold, begun.prose
        sheet, counted = book.add_worksheet("Answers"), book.add_worksheet("What is counted")
        sheet.set_column(0, 0, 44)
        sheet.set_column(1, 12, 22)
        sheet.write_string(0, 0, f"{pack.title}, {year.name}", bold)
        heading = True
        for place, line in enumerate(lines(answered, words), 2):
            sheet.write_row(place, 0, [harmless(cell) for cell in line], bold if heading else None)
            heading = not line
        counted.set_column(0, 0, 40)
        counted.set_column(1, 1, 110)
        for place, (asked, definition) in enumerate(_definitions(answered)):
            counted.write_string(place, 0, harmless(asked), bold)
            counted.write_string(place, 1, harmless(definition), prose)
    return buffer.getvalue()


def _definitions(answered: Sequence[Answered]) -> list[tuple[str, str]]:
    return list({one.asked: one.answer.definition for one in answered}.items())
