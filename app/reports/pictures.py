"""Which picture belongs to an answer, and the words that say what it shows. Pure."""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any, Final

from app.reports import charts
from app.reports.answers import Answer
from app.reports.charts import Chart
from app.reports.labels import Labels, column, month
from app.reports.measuring.groups import OVERLAPPING
from app.reports.periods import months

Rows = Sequence[Mapping[str, Any]]
MOST_BARS: Final = 20
STAGE_GROUPS: Final[Mapping[str, str]] = {
    "intake": "Intake", "assessing": "Assessing", "deciding": "Deciding", "delivering": "Delivering",
    "checking": "Checking", "held": "On hold",
}  # fmt: skip
_PERIODS: Final = frozenset({"month", "quarter", "year"})


def number(value: Any) -> str:
    """A figure as people read it: no needless decimals, thousands apart, nothing for what is not known."""
    if value is None:
        return "–"
    if isinstance(value, float):
        return f"{value:,.1f}".removesuffix(".0")
    if isinstance(value, Decimal):
        return f"{value:,.2f}".removesuffix(".00")
    return f"{value:,}" if isinstance(value, int) else str(value)


def trend(title: str, rows: Rows, *, target: float | None = None) -> Chart:
    """The median and nine in ten over months, against a target."""
    shown = [{**row, "label": month(str(row["group"]))} for row in every_month(rows)]
    series = {"median_working_days": "Half wait no longer", "p90_working_days": "Nine in ten wait no longer"}
    words = _over(shown, "median_working_days", "the median", "working days")
    if any(row["p90_working_days"] is not None for row in shown):
        words += " " + _over(shown, "p90_working_days", "the time within which nine in ten were done", "working days")
    if target is not None:
        words += f" The target is {number(float(target))}."
    return charts.lines(title, shown, label="label", series=series, unit="Working days", words=words, target=target)


def every_month(rows: Rows) -> list[Mapping[str, Any]]:
    """The rows, told by month and in their order, with a row that says nothing for each month that has none.

    A line over the months that have something would make two of them neighbours that are a year apart.
    """
    found = {str(row["group"]): row for row in rows}
    if not found:
        return []
    nothing = dict.fromkeys(rows[0])
    first, last = (date.fromisoformat(f"{edge}-01") for edge in (min(found), max(found)))
    names = (f"{day:%Y-%m}" for day in months(first, last))
    return [found.get(name, {**nothing, "group": name}) for name in names]


def _over(rows: Rows, name: str, what: str, unit: str) -> str:
    known = [row for row in rows if row[name] is not None]
    if not known:
        return "There is nothing to show in this period."
    low, high = (chosen(known, key=lambda row: row[name]) for chosen in (min, max))
    first, last = known[0], known[-1]
    return (
        f"From {first['label']} to {last['label']} {what} went from {number(first[name])} to {number(last[name])}"
        f" {unit}."
        f" It was lowest in {low['label']} ({number(low[name])}) and highest in {high['label']} ({number(high[name])})."
    )


def distribution(title: str, rows: Rows) -> Chart:
    """How many took how long, in bands; groups are put together."""
    bands: dict[str, dict[str, Any]] = {}
    for row in rows:
        upto = row["to_working_days"]
        label = f"{row['from_working_days']} to {upto}" if upto is not None else f"Over {row['from_working_days'] - 1}"
        band = bands.setdefault(label, {"label": label, "completed": 0, "still_open": 0})
        band["completed"] += row["completed"]
        band["still_open"] += row["still_open"]
    shown = list(bands.values())
    total = sum(band["completed"] for band in shown)
    most = max(shown, key=lambda band: band["completed"], default=None)
    words = "There is nothing to show in this period."
    if most is not None and total:
        words = (
            f"Of {number(total)} completed, the largest group took {most['label'].lower()} working days"
            f" ({number(most['completed'])})."
            f" {number(shown[-1]['completed'])} took {shown[-1]['label'].lower()}."
        )
    waiting = sum(band["still_open"] for band in shown)
    if waiting:
        long = sum(band["still_open"] for band in shown[-2:])
        words += f" {number(waiting)} are open today; {number(long)} of them have waited more than 180 working days."
    series = {"completed": "Completed", "still_open": "Open today, so far"}
    return charts.columns(title, shown, label="label", series=series, unit="Cases", words=words)


def flow(title: str, rows: Rows) -> Chart:
    """What came in and what was completed or left, month by month; groups are put together."""
    shown = _monthly(rows, ("came_in", "completed", "left_before", "open_at_end"))
    series = {"came_in": "Came in", "completed": "Completed", "left_before": "Left without it"}
    ins, done, gone = (sum(row[name] for row in shown) for name in series)
    words = f"{number(ins)} came in, {number(done)} were completed and {number(gone)} left without being completed."
    if shown:
        words += (
            f" When {shown[0]['label']} ended {number(shown[0]['open_at_end'])} were open; at the end of"
            f" {shown[-1]['label']} {number(shown[-1]['open_at_end'])}."
        )
    return charts.lines(title, shown, label="label", series=series, unit="Cases", words=words)


def _monthly(rows: Rows, names: Sequence[str]) -> list[dict[str, Any]]:
    months: dict[str, dict[str, Any]] = {}
    for row in rows:
        of = months.setdefault(row["month"], {"label": month(row["month"]), **dict.fromkeys(names, 0)})
        for name in names:
            of[name] += int(row[name])
    return list(months.values())


def cumulative(title: str, rows: Rows) -> Chart:
    """How many cases were in each group of stages as months ended."""
    shown = [{**{name: int(row[name]) for name in STAGE_GROUPS}, "label": month(str(row["month"]))} for row in rows]
    words = "There is nothing to show in this period."
    if shown:
        last = shown[-1]
        parts = ", ".join(f"{name.lower()} {number(last[key])}" for key, name in STAGE_GROUPS.items())
        words = f"In {last['label']} there were {number(sum(last[key] for key in STAGE_GROUPS))} open cases: {parts}."
    return charts.areas(title, shown, label="label", series=STAGE_GROUPS, unit="Open cases", words=words)


def equity(title: str, rows: Rows, by: str, labels: Labels) -> Chart:
    """Medians of groups with their intervals."""
    shown = [{**row, "label": labels.group(by, row["group"])} for row in rows]
    told = [row for row in shown if row["median_working_days"] is not None]
    words = "There is nothing to compare in this period."
    if told:
        words = "; ".join(
            f"{row['label']}: {number(row['median_working_days'])} working days"
            + (
                f" (between {number(row['median_low_working_days'])} and {number(row['median_high_working_days'])})"
                if row["median_low_working_days"] is not None
                else " (too few for an interval)"
            )
            for row in told
        )
    return charts.intervals(
        title, shown, label="label", value="median_working_days", low="median_low_working_days",
        high="median_high_working_days", unit="Median, working days", words=f"{words}.".replace("..", "."),
    )  # fmt: skip


_AGES: Final[Mapping[str, str]] = {
    "up_to_5_working_days": "Up to 5", "from_6_to_20_working_days": "6 to 20", "from_21_to_60_working_days": "21 to 60",
    "from_61_to_120_working_days": "61 to 120", "from_121_to_250_working_days": "121 to 250",
    "over_250_working_days": "Over 250",
}  # fmt: skip


def ageing(title: str, rows: Rows) -> Chart:
    """How long what is open has waited; groups are put together."""
    shown = [{"label": name, "open": sum(row[key] for row in rows)} for key, name in _AGES.items()]
    total = sum(row["open"] for row in shown)
    longest = max((row["longest_working_days"] for row in rows), default=None)
    words = "Nobody is waiting."
    if total:
        parts = ", ".join(f"{row['label'].lower()} days {number(row['open'])}" for row in shown)
        words = f"{number(total)} wait: {parts}. The longest has waited {number(longest)} working days."
    return charts.bars(title, shown, label="label", value="open", unit="Cases, by working days so far", words=words)


def of_answer(  # noqa: PLR0911 # a table
    answer: Answer, view: str, by: str, labels: Labels
) -> Chart | None:
    """The picture of any answer, None where a picture would say nothing."""
    title, rows = answer.title, answer.rows
    if by in OVERLAPPING and view in ("distribution", "flow", "ageing"):
        # Its groups share cases, and these pictures put groups together: they would show more than there are.
        return None
    match view:
        case "distribution":
            return distribution(title, rows)
        case "flow":
            return flow(title, rows)
        case "ageing":
            return ageing(title, rows)
        case "compare":
            return equity(title, rows, by, labels)
        case "estimate":
            return _estimate(title, rows, by, labels)
        case _:
            return _figures(answer, by, labels)


def _estimate(title: str, rows: Rows, by: str, labels: Labels) -> Chart:
    shown = [{**row, "label": labels.group(by, row["group"])} for row in rows]
    words = "; ".join(
        f"{row['label']}: an estimated median of {number(row['estimated_median_working_days'])} working days"
        f" (from {number(row['median_low_working_days'])} to {_upper(row['median_high_working_days'])})"
        if row["estimated_median_working_days"] is not None
        else f"{row['label']}: too few have come to an end"
        for row in shown
    )
    return charts.intervals(
        title, shown, label="label", value="estimated_median_working_days", low="median_low_working_days",
        high="median_high_working_days", unit="Estimated median, working days", words=f"{words or 'Nothing to show'}.",
    )  # fmt: skip


def headline_word(name: str) -> str:
    """What a column is called where it is the answer's own headline: a measure that counts names no completion."""
    return "How many" if name == "completed" else column(name)


def _upper(value: Any) -> str:
    return "an end that is not known yet" if value is None else number(value)


def _figures(answer: Answer, by: str, labels: Labels) -> Chart | None:
    title, rows, name = answer.title, answer.rows, answer.headline
    if name is None:
        return cumulative(title, rows)
    if not rows:
        return None
    # Two times told apart have the same months, and are no line.
    over_time = by in _PERIODS and not any(", " in str(row["group"]) for row in rows)
    told = every_month(rows) if by == "month" and over_time else rows
    shown = [{"label": labels.group(by, row["group"]), name: row[name]} for row in told]
    unit = headline_word(name)
    if over_time:
        series = {name: unit}
        words = _over(shown, name, unit.lower(), "")
        return charts.lines(title, shown, label="label", series=series, unit=unit, words=words.replace(" .", "."))
    top = sorted((row for row in shown if row[name] is not None), key=lambda row: -row[name])[:MOST_BARS]
    if not top:
        return None
    words = f"{unit}: " + "; ".join(f"{row['label']} {number(row[name])}" for row in top) + "."
    return charts.bars(title, top, label="label", value=name, unit=unit, words=words)
