"""Questions of a page's form, and their answers as the API takes them: one form behind a page and an endpoint.

A page shows questions; what comes back is put into the JSON that an API client would have sent, and the same Pydantic
model judges it. Nothing is checked here: an answer that cannot be read is passed on as it was typed, so that the model
refuses it in its own words.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any, Final, Literal

from app.edge.forms import Filled
from app.kernel.clock import LONDON, local_date, noon

Kind = Literal[
    "text", "long_text", "email", "phone", "password", "yes_no", "date", "moment", "money", "integer", "number",
    "choice", "select", "many", "words", "rows",
]  # fmt: skip
"""`words`: several short answers in one text, separated by semicolons. `moment`: a day and a time, both or neither.
`number`: one that may have decimals, and commas between its thousands.
"""

MOST_ROWS: Final = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    """An answer that a question offers."""

    value: str
    label: str
    hint: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """One question. `name` is the field's name in the API, dotted where it lies deeper (`person.name`)."""

    name: str
    kind: Kind
    label: str
    hint: str | None = None
    required: bool = True
    options: tuple[Option, ...] = ()
    columns: tuple["Question", ...] = ()
    """For rows: what each row asks."""
    rows_shown: int = 3
    """For rows: how many empty ones a fresh form has."""
    shown_under: tuple[str, str] | None = None
    """Another question of this form and the answer of it under which this one is asked."""
    autocomplete: str | None = None
    suggestions: tuple[str, ...] = ()
    """For a text: what may be offered while one types."""

    @property
    def id(self) -> str:
        """The id and name of its input on the page."""
        return self.name.replace(".", "-")


def read_answers(questions: Sequence[Question], form: Filled, *, now: datetime | None = None) -> dict[str, Any]:
    """Put what was filled in into the API's JSON; what was left empty is left out.

    `now` is for moments: a day that is today, without a time, stands for now and is left out.
    """
    answers: dict[str, Any] = {}
    for question in questions:
        if question.shown_under is not None and not _is_asked(question.shown_under, questions, form):
            continue
        value = _moment(form, question.id, now) if question.kind == "moment" else _answer(question, form, question.id)
        if value is not None:
            _put(answers, question.name, value)
    return answers


def _is_asked(under: tuple[str, str], questions: Sequence[Question], form: Filled) -> bool:
    name, wanted = under
    parent = next(question for question in questions if question.name == name)
    return form.get(parent.id) == wanted


def _put(answers: dict[str, Any], name: str, value: Any) -> None:
    *outer, last = name.split(".")
    for part in outer:
        answers = answers.setdefault(part, {})
    answers[last] = value


def _answer(question: Question, form: Filled, name: str) -> Any:
    if question.kind == "date":
        return _day(form, name)
    if question.kind == "many":
        return [value for value in form.all(name) if value] or None
    if question.kind == "rows":
        return list(_rows(question, form, name)) or None
    typed = form.get(name).strip()
    return _read(question.kind, typed) if typed else None


def _read(kind: Kind, typed: str) -> Any:
    match kind:
        case "yes_no":
            return {"true": True, "false": False}.get(typed, typed)
        case "integer":
            return int(typed) if re.fullmatch(r"-?\d{1,9}", typed, re.ASCII) else typed
        case "money" | "number":
            return _amount(kind, typed)
        case "words":
            return [word for part in typed.split(";") if (word := part.strip())]
        case "long_text":
            # Browsers send line ends as CR LF; what is kept has the one that everything else writes.
            return typed.replace("\r\n", "\n").replace("\r", "\n")
        case _:
            return typed


def _amount(kind: Kind, typed: str) -> str:
    if kind == "money":
        return typed.removeprefix("£").replace(",", "").strip()
    # A comma anywhere else may be meant as a decimal point: the model is given it as it was typed.
    return typed.replace(",", "") if _THOUSANDS.fullmatch(typed) else typed


_THOUSANDS: Final = re.compile(r"-?\d{1,3}(,\d{3})+(\.\d+)?", re.ASCII)


def _day(form: Filled, name: str) -> str | None:
    parts = [form.get(f"{name}-{part}").strip() for part in ("day", "month", "year")]
    if not any(parts):
        return None
    day, month, year = parts
    months = {word[:3]: number for number, word in enumerate(_MONTHS, 1)}
    month = str(months.get(month[:3].lower(), month)) if month.isalpha() else month
    if all(part.isascii() and part.isdecimal() for part in (day, month, year)) and len(year) in (2, 4):
        return f"{'20' if len(year) == 2 else ''}{year}-{month:0>2}-{day:0>2}"
    return f"{year}-{month}-{day}"


_MONTHS: Final = (
    "january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november",
    "december",
)  # fmt: skip


def _moment(form: Filled, name: str, now: datetime | None) -> str | None:
    """A day and a time of day as the clocks here show it; a past day without a time stands for its midday."""
    day, time = _day(form, name), form.get(f"{name}-time").strip()
    if day is None and not time:
        return None
    try:
        on = date.fromisoformat(day or "")
        if not time:
            return None if now is not None and on == local_date(now, LONDON) else noon(on, LONDON).isoformat()
        hour, minute = _TIME.fullmatch(time).groups()  # type: ignore[union-attr] # no match is an answer to refuse
        return datetime(on.year, on.month, on.day, int(hour), int(minute or 0), tzinfo=LONDON).isoformat()
    except (ValueError, AttributeError):
        return f"{day or ''} {time}".strip()


_TIME: Final = re.compile(r"(\d{1,2})(?:[:.](\d{2}))?", re.ASCII)


def _rows(question: Question, form: Filled, name: str) -> Iterator[dict[str, Any]]:
    """Rows in which something stands; empty ones are passed over, and so do not count."""
    for number in range(row_count(form, name)):
        row: dict[str, Any] = {}
        for column in question.columns:
            value = _answer(column, form, f"{name}-{number}-{column.id}")
            if value is not None:
                row[column.name] = value
        if row:
            yield row


def row_count(form: Filled, name: str) -> int:
    """How many rows the form has: as far as the last that anything was sent for."""
    pattern = re.compile(rf"{re.escape(name)}-(\d{{1,2}})-")
    numbers = [int(found.group(1)) for field in form.fields if (found := pattern.match(field))]
    return min(max(numbers, default=-1) + 1, MOST_ROWS)


def filled_with(questions: Sequence[Question], answers: Mapping[str, Any]) -> Filled:
    """What a form looks like that has been filled in with these answers: the other way round."""
    fields: dict[str, tuple[str, ...]] = {}
    for question in questions:
        value = _at(answers, question.name)
        if value is not None:
            fields |= _fields(question, question.id, value)
    return Filled(fields)


def _at(answers: Mapping[str, Any], name: str) -> Any:
    value: Any = answers
    for part in name.split("."):
        value = value.get(part) if isinstance(value, Mapping) else None
    return value


def _fields(question: Question, name: str, value: Any) -> dict[str, tuple[str, ...]]:
    match question.kind:
        case "date":
            year, month, day = str(value).split("-")
            return {f"{name}-day": (str(int(day)),), f"{name}-month": (str(int(month)),), f"{name}-year": (year,)}
        case "many":
            return {name: tuple(value)}
        case "words":
            return {name: ("; ".join(value),)}
        case "yes_no":
            return {name: ("true" if value else "false",)}
        case "rows":
            found: dict[str, tuple[str, ...]] = {}
            for number, row in enumerate(value):
                for column in question.columns:
                    if row.get(column.name) is not None:
                        found |= _fields(column, f"{name}-{number}-{column.id}", row[column.name])
            return found
        case _:
            return {name: (str(value),)}


def field_id(questions: Sequence[Question], pointer: str) -> str | None:
    """The input that a problem's JSON pointer is about, or None where the form has none: `/goals/0/goal`."""
    parts = pointer.strip("/").split("/")
    for question in sorted(questions, key=lambda question: -len(question.name)):
        own = question.name.split(".")
        if parts[: len(own)] == own:
            return _first_input(question, question.id, parts[len(own) :])
    return None


def _first_input(question: Question, name: str, rest: Sequence[str]) -> str:
    match question.kind:
        case "rows":
            number = rest[0] if rest and rest[0].isdecimal() else "0"
            inside = rest[1] if len(rest) > 1 else question.columns[0].name
            column = next((c for c in question.columns if c.name == inside), question.columns[0])
            return _first_input(column, f"{name}-{number}-{column.id}", ())
        case "date" | "moment":
            return f"{name}-day"
        case _:
            return name


def missing_message(question: Question) -> str:
    """Ask for an answer that is missing, in the words in which a pathway's form does."""
    match question.kind:
        case "choice" | "many" | "yes_no":
            return f"Choose an answer: {question.label}"
        case "date":
            return f"Enter a date: {question.label}"
        case _:
            return f"Fill this in: {question.label}"


def without(questions: Sequence[Question], *names: str) -> tuple[Question, ...]:
    """The questions but for some."""
    return tuple(question for question in questions if question.name not in names)


def with_changes(questions: Sequence[Question], name: str, **changes: Any) -> tuple[Question, ...]:
    """The questions, one of them changed."""
    return tuple(replace(q, **changes) if q.name == name else q for q in questions)
