"""Draw the questions of a form with GOV.UK Frontend's components, filled in, with what is wrong beside each."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

from markupsafe import Markup, escape

from app.edge.components import Components
from app.edge.forms import NOTHING, Filled
from app.edge.questions import MOST_ROWS, Question, row_count

_govuk: Final = Components()
MANY_OPTIONS: Final = 9
"""From so many on a list to choose from is shorter than buttons."""
_INPUT: Final[Mapping[str, dict[str, Any]]] = {
    "text": {},
    "words": {},
    "email": {"type": "email", "spellcheck": False},
    "phone": {"type": "tel", "classes": "govuk-input--width-20"},
    "password": {"type": "password", "spellcheck": False},
    "integer": {"inputmode": "numeric", "classes": "govuk-input--width-5"},
    "number": {"inputmode": "decimal", "classes": "govuk-input--width-10"},
    "money": {"inputmode": "decimal", "classes": "govuk-input--width-10", "prefix": {"text": "£"}},
}


def draw_questions(questions: Sequence[Question], form: Filled = NOTHING, faults: Iterable[Any] = ()) -> Markup:
    """Every question in order; one that belongs under an answer of another is drawn there.

    `faults` have the id of an input as `field` and a `message`.
    """
    wrong: dict[str, str] = {}
    for fault in faults:
        wrong.setdefault(fault.field, fault.message)
    under: dict[tuple[str, str], list[Question]] = {}
    for q in questions:
        if q.shown_under is not None:
            under.setdefault(q.shown_under, []).append(q)
    return Markup("").join(_draw(q, q.id, form, wrong, under) for q in questions if q.shown_under is None)


Under = Mapping[tuple[str, str], Sequence[Question]]


def _draw(q: Question, name: str, form: Filled, wrong: Mapping[str, str], under: Under) -> Markup:
    if q.kind in _CHOSEN and (q.options or q.kind == "yes_no") and len(q.options) < MANY_OPTIONS:
        return _govuk.radios(_radios(q, name, form, wrong, under))
    draw = _select if q.options and q.kind == "integer" else _DRAWN.get(q.kind, _input)
    return draw(q, name, form, wrong)


_CHOSEN: Final = frozenset({"choice", "yes_no", "integer"})


def _label(q: Question) -> str:
    return q.label if q.required else f"{q.label} (optional)"


def _said(q: Question, name: str, wrong: Mapping[str, str]) -> dict[str, Any]:
    """Hint and error, as every component takes them."""
    said: dict[str, Any] = {}
    if q.hint:
        said["hint"] = {"text": q.hint}
    if name in wrong:
        said["errorMessage"] = {"text": wrong[name]}
    return said


def _common(q: Question, name: str, wrong: Mapping[str, str]) -> dict[str, Any]:
    attributes = {"aria-invalid": "true"} if name in wrong else {}
    label = {"text": _label(q), "classes": "govuk-label--s"}
    return {"id": name, "name": name, "label": label, "attributes": attributes, **_said(q, name, wrong)}


def _legend(q: Question) -> dict[str, Any]:
    return {"legend": {"text": _label(q), "classes": "govuk-fieldset__legend--s"}}


def _input(q: Question, name: str, form: Filled, wrong: Mapping[str, str]) -> Markup:
    options = {**_common(q, name, wrong), **_INPUT[q.kind], "value": form.get(name)}
    if q.kind == "password":
        options["value"] = ""
    if q.autocomplete:
        options["autocomplete"] = q.autocomplete
    if not q.suggestions:
        return _govuk.input(options)
    options["attributes"] = {**options["attributes"], "list": f"{name}-list"}
    offered = Markup("").join(Markup('<option value="{}">').format(word) for word in q.suggestions)
    return _govuk.input(options) + Markup('<datalist id="{}-list">{}</datalist>').format(name, offered)


def _date(q: Question, name: str, form: Filled, wrong: Mapping[str, str]) -> dict[str, Any]:
    fault = wrong.get(f"{name}-day")
    two, four = "govuk-input--width-2", "govuk-input--width-4"
    red = " govuk-input--error" if fault else ""
    items = [
        {"name": part, "classes": width + red, "value": form.get(f"{name}-{part}"), "label": part.capitalize()}
        for part, width in (("day", two), ("month", two), ("year", four))
    ]
    for item in items:
        item["attributes"] = {"aria-invalid": "true"} if fault else {}  # type: ignore[assignment]
    said = _said(q, f"{name}-day", wrong)
    return {"id": name, "namePrefix": name, "fieldset": _legend(q), "items": items, **said}


def _moment(q: Question, name: str, form: Filled, wrong: Mapping[str, str]) -> Markup:
    time = Question(name=f"{name}-time", kind="text", label="Time", required=False, hint="For example 14:30")
    return _govuk.date_input(_date(q, name, form, wrong)) + _govuk.input(
        {
            "id": time.id,
            "name": time.id,
            "label": {"text": _label(time)},
            "hint": {"text": time.hint},
            "classes": "govuk-input--width-5",
            "value": form.get(time.id),
        }
    )


def _radios(q: Question, name: str, form: Filled, wrong: Mapping[str, str], under: Under) -> dict[str, Any]:
    items: list[dict[str, Any]] = []
    for value, label, hint in [(o.value, o.label, o.hint) for o in q.options] or _YES_NO:
        item: dict[str, Any] = {"value": value, "text": label}
        if hint:
            item["hint"] = {"text": hint}
        inner = under.get((q.name, value), ())
        if inner:
            html = Markup("").join(_draw(one, one.id, form, wrong, under) for one in inner)
            item["conditional"] = {"html": html}
        items.append(item)
    options: dict[str, Any] = {"idPrefix": name, "name": name, "fieldset": _legend(q), "items": items}
    # A page that has not been filled in chooses nothing for anybody.
    if form.get(name):
        options["value"] = form.get(name)
    if q.kind == "yes_no" and not any("conditional" in item for item in items):
        options["classes"] = "govuk-radios--inline"
    return {**options, **_said(q, name, wrong)}


_YES_NO: Final = (("true", "Yes", None), ("false", "No", None))


def _long_text(q: Question, name: str, form: Filled, wrong: Mapping[str, str]) -> Markup:
    return _govuk.textarea({**_common(q, name, wrong), "value": form.get(name), "rows": "4"})


def _day(q: Question, name: str, form: Filled, wrong: Mapping[str, str]) -> Markup:
    return _govuk.date_input(_date(q, name, form, wrong))


def _select(q: Question, name: str, form: Filled, wrong: Mapping[str, str]) -> Markup:
    items = [{"value": "", "text": "Choose one"}, *({"value": o.value, "text": o.label} for o in q.options)]
    return _govuk.select({**_common(q, name, wrong), "items": items, "value": form.get(name)})


def _checkboxes(q: Question, name: str, form: Filled, wrong: Mapping[str, str]) -> Markup:
    # Each says for itself whether it is ticked: the macro looks for a list named as a method of every dictionary.
    ticked = frozenset(form.all(name))
    items: list[dict[str, Any]] = []
    for option in q.options:
        item: dict[str, Any] = {"value": option.value, "text": option.label, "checked": option.value in ticked}
        if option.hint:
            item["hint"] = {"text": option.hint}
        items.append(item)
    options: dict[str, Any] = {"idPrefix": name, "name": name, "fieldset": _legend(q), "items": items}
    if len(items) >= MANY_OPTIONS:
        options["classes"] = "govuk-checkboxes--small"
    return _govuk.checkboxes({**options, **_said(q, name, wrong)})


def _rows(q: Question, name: str, form: Filled, wrong: Mapping[str, str]) -> Markup:
    sent = row_count(form, name)
    shown = min(sent + 1 if sent else q.rows_shown, MOST_ROWS)
    rows = [_row(q, name, number, form, wrong) for number in range(shown)]
    add = _govuk.button(
        {
            "text": "Add another",
            "name": "add_row",
            "value": name,
            "classes": "govuk-button--secondary",
            "attributes": {"aria-label": f"Add another: {q.label}"},
        }
    )
    hint = Markup('<div class="govuk-hint" id="{}-hint">{}</div>').format(name, q.hint) if q.hint else Markup("")
    inside = hint + Markup("").join(rows) + (add if shown < MOST_ROWS else Markup(""))
    return _govuk.fieldset({**_legend(q), "classes": "adapt-rows", "html": inside})


def _row(q: Question, name: str, number: int, form: Filled, wrong: Mapping[str, str]) -> Markup:
    columns = Markup("").join(
        _draw(_in_row(column, number), f"{name}-{number}-{column.id}", form, wrong, {}) for column in q.columns
    )
    return Markup('<div class="adapt-row">{}</div>').format(columns)


def _in_row(column: Question, number: int) -> Question:
    """Each label says which row it is in: a screen reader hears the inputs one by one."""
    return replace(column, label=f"{column.label} {number + 1}", required=True)


_DRAWN: Final[Mapping[str, Callable[[Question, str, Filled, Mapping[str, str]], Markup]]] = {
    "rows": _rows,
    "date": _day,
    "moment": _moment,
    "long_text": _long_text,
    "choice": _select,
    "select": _select,
    "many": _checkboxes,
}


def draw_summary(faults: Sequence[Any]) -> Markup:
    """What is wrong, at the top of the page, each with a link to its input; nothing where nothing is wrong."""
    if not faults:
        return Markup("")
    errors = [{"text": f.message, "href": f"#{f.field}"} if f.field else {"text": f.message} for f in faults]
    return _govuk.error_summary({"titleText": "There is a problem", "errorList": errors})


def navigation_items(items: Sequence[Any], here: str) -> list[dict[str, Any]]:
    """The navigation as its component takes it, with the entry that leads here marked."""
    longest = max(
        (i.path for i in items if here == i.path or here.startswith(i.path.rstrip("/") + "/")), key=len, default=""
    )
    return [{"text": escape(i.label), "href": i.path, "active": i.path == longest} for i in items]
