"""A pack of questions answered for a financial year, in figures that may be published; and as a workbook."""

import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from app.access.actor import Actor
from app.access.permissions import Permission
from app.access.policy import require
from app.cases.timekeeping import Timekeeper
from app.kernel.database import Session
from app.kernel.problems import NotFound
from app.kernel.spreadsheets import harmless
from app.pathways.measure_packs import PackDefinition
from app.reports.answers import Answer, answer_measure
from app.reports.filters import MeasureFigures
from app.reports.formats import a_workbook
from app.reports.labels import BY, Labels, column
from app.reports.periods import Period

_SHOWN: Final = (
    "completed", "median_working_days", "mean_working_days", "median_calendar_days", "over_limit", "still_open",
    "open_median_working_days", "left_before", "works", "pounds", "not_recorded",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Answered:
    """One question with its answer by one grouping. `answer` is None while its measure waits to be confirmed."""

    asked: str
    by: str
    answer: Answer

    @property
    def columns(self) -> list[str]:
        """What of the answer is told."""
        return [name for name in _SHOWN if name in self.answer.columns]


def find_pack(keeper: Timekeeper, key: str) -> PackDefinition:
    """A pack. Raises NotFound."""
    pack = keeper.pathways.packs.get(key)
    if pack is None:
        raise NotFound(f"There is no such pack. There is: {', '.join(keeper.pathways.packs)}.")
    return pack


async def answer_pack(
    session: Session, actor: Actor, pack: PackDefinition, year: Period, *, keeper: Timekeeper, now: datetime
) -> Sequence[Answered]:
    """Answer every question of a pack for a year. Raises NotPermitted for who does not see all cases."""
    require(actor, Permission.REPORT_READ)
    found = []
    for question in pack.questions:
        for by in question.by:
            wanted = MeasureFigures.model_validate(
                {"by": by, "completed_from": year.first, "completed_to": year.last, "publish": True}
            )
            base = f"/reports/{question.measure}"
            answer = await answer_measure(session, actor, question.measure, wanted, keeper=keeper, now=now, base=base)
            found.append(Answered(question.asked, by, answer))
    return found


def as_xlsx(pack: PackDefinition, year: Period, answered: Sequence[Answered], words: Labels) -> bytes:
    """A workbook: every answer one below the other, and what each counts."""
    buffer = io.BytesIO()
    with a_workbook(buffer, pack.title) as begun:
        book, bold, prose = begun.book, begun.bold, begun.prose
        sheet, counted = book.add_worksheet("Answers"), book.add_worksheet("What is counted")
        sheet.set_column(0, 0, 44)
        sheet.set_column(1, 12, 22)
        sheet.write_string(0, 0, f"{pack.title}, {year.name}", bold)
        place = 2
        for one in answered:
            heading = [f"{one.asked} ({BY[one.by].lower()})", *(column(name) for name in one.columns)]
            sheet.write_row(place, 0, heading, bold)
            for row in one.answer.rows:
                place += 1
                cells: list[Any] = [words.group(one.by, row["group"])]
                cells += [_told(row[name]) for name in one.columns]
                sheet.write_row(place, 0, [harmless(cell) for cell in cells])
            place += 2
        counted.set_column(0, 0, 40)
        counted.set_column(1, 1, 110)
        definitions = {one.asked: one.answer.definition for one in answered}
        for line, (asked, definition) in enumerate(definitions.items()):
            counted.write_string(line, 0, harmless(asked), bold)
            counted.write_string(line, 1, harmless(definition), prose)
    return buffer.getvalue()


def _told(value: Any) -> Any:
    return "not told" if value is None else value
