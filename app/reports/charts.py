"""Pictures of figures, drawn on the server: a description in Vega-Lite becomes SVG or PNG, and words say the same.

A picture never stands alone: its words tell what a person would see in it, and the numbers are in a table beneath. As a
file it carries its title, definition, filters and date.
"""

import re
import textwrap
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

BLUE, ORANGE, GREY, INK = "#1d70b8", "#b1580a", "#505a5f", "#0b0c0c"
COLOURS: Final = (BLUE, "#d4351c", "#00703c", "#912b88", ORANGE, "#28a197", GREY, "#85994b")
"""Told apart by most eyes, each dark enough beside white; lines differ in their dashes too."""
WIDTH, HEIGHT = 300, 200
"""Drawn for a phone, where a letter must be read; a desk shows it larger."""
_CONFIG: Final[Mapping[str, Any]] = {
    "font": "Arial, Helvetica, sans-serif",
    "aria": False,
    "view": {"stroke": None},
    "axis": {"labelFontSize": 12, "titleFontSize": 12, "titleFontWeight": "normal", "labelColor": INK,
             "titleColor": INK, "gridColor": "#dee0e2", "domainColor": GREY, "tickColor": GREY, "labelLimit": 170},
    "legend": {"orient": "top", "labelFontSize": 12, "title": None, "labelColor": INK, "symbolStrokeWidth": 3,
               "columns": 2, "labelLimit": 240},
    "title": {"anchor": "start", "fontSize": 13, "subtitleFontSize": 9, "subtitleColor": GREY, "offset": 12},
    "range": {"category": list(COLOURS)},
}  # fmt: skip
MOST_NAMED: Final = 14
"""Places on an axis that can be read; of more only every second or third is named."""
_DASHES: Final = ([1, 0], [6, 3], [2, 2], [8, 3, 2, 3], [4, 4], [10, 4], [1, 3], [6, 2, 1, 2])
_LINE: Final = 78


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """A picture to be drawn: what it is called, what it says in words, and its description in Vega-Lite."""

    title: str
    words: str
    spec: Mapping[str, Any]


def svg(chart: Chart, about: Sequence[str] = ()) -> str:
    """Draw a chart. `about` is written under its title: what a file must say of itself."""
    import vl_convert  # noqa: PLC0415 # it carries a whole engine: loaded when the first picture is drawn

    drawn: str = vl_convert.vegalite_to_svg(_whole(chart, about))
    # Within a page nothing may carry a style of its own; the picture is one image for those who listen.
    return re.sub(r' style="[^"]*"', "", drawn)


def png(chart: Chart, about: Sequence[str] = ()) -> bytes:
    """Draw a chart as a picture of three times its size, for documents."""
    import vl_convert  # noqa: PLC0415

    drawn: bytes = vl_convert.vegalite_to_png(_whole(chart, about), scale=3)
    return drawn


def _whole(chart: Chart, about: Sequence[str]) -> dict[str, Any]:
    spec: dict[str, Any] = {
        "$schema": "https://vega.github.io/schema/vega-lite/v5.json",
        "width": WIDTH,
        "height": HEIGHT,
        "background": "white",
        "padding": 8,
        "config": _CONFIG,
        **chart.spec,
    }
    if about:
        lines = [line for text in about for line in textwrap.wrap(text, _LINE)]
        spec["title"] = {"text": textwrap.wrap(chart.title, 48), "subtitle": lines}
    return spec


def bars(title: str, rows: Sequence[Mapping[str, Any]], *, label: str, value: str, unit: str, words: str) -> Chart:
    """One bar a row, lying, in the order of the rows, with its number."""
    shown = [{"label": str(row[label]), "value": row[value]} for row in rows if row[value] is not None]
    encoding = {
        "y": {"field": "label", "type": "nominal", "sort": None, "title": None},
        "x": {"field": "value", "type": "quantitative", "title": unit, "axis": {"tickMinStep": 1}},
    }
    text = {"mark": {"type": "text", "align": "left", "dx": 4, "fontSize": 12, "color": INK},
            "encoding": {**encoding, "text": {"field": "value", "format": ",.10~g"}}}  # fmt: skip
    layers = [{"mark": {"type": "bar", "color": BLUE, "height": {"band": 0.7}}, "encoding": encoding}, text]
    height = max(60, 34 * len(shown))
    return Chart(title=title, words=words, spec={"data": {"values": shown}, "layer": layers, "height": height})


def columns(
    title: str, rows: Sequence[Mapping[str, Any]], *, label: str, series: Mapping[str, str], unit: str, words: str
) -> Chart:
    """Standing bars side by side for each row; `series` names the columns and what they are called."""
    shown = [
        {"label": str(row[label]), "series": name, "value": row[column] or 0}
        for row in rows for column, name in series.items()
    ]  # fmt: skip
    spec = {
        "data": {"values": shown},
        "mark": {"type": "bar"},
        "encoding": {
            "x": {"field": "label", "type": "nominal", "sort": None, "title": None, "axis": _slanted(len(rows))},
            "xOffset": {"field": "series", "sort": list(series.values())},
            "y": {"field": "value", "type": "quantitative", "title": unit, "axis": {"tickMinStep": 1}},
            "color": {"field": "series", "sort": list(series.values()), "type": "nominal",
                      "legend": None if len(series) == 1 else {}},
        },
    }  # fmt: skip
    return Chart(title=title, words=words, spec=spec)


def lines(  # noqa: PLR0913 # what a picture of lines may have
    title: str,
    rows: Sequence[Mapping[str, Any]],
    *,
    label: str,
    series: Mapping[str, str],
    unit: str,
    words: str,
    target: float | None = None,
    band: tuple[str, str] | None = None,
) -> Chart:
    """A line for each series over months (or whatever `label` names), with a dashed rule at the target.

    Where there is no value there is a gap. `band` names the two columns between which an area is drawn.
    """
    shown = [
        {"label": str(row[label]), "series": name, "value": row[column]}
        for row in rows for column, name in series.items()
    ]  # fmt: skip
    order = list(series.values())
    places = list(dict.fromkeys(row["label"] for row in shown))
    encoding = {
        # Each place has its own, also where nothing is drawn: neighbours on the axis are neighbours in time.
        "x": {"field": "label", "type": "nominal", "sort": None, "title": None, "scale": {"domain": places},
              "axis": _slanted(len(rows)) | _named(places)},
        "y": {"field": "value", "type": "quantitative", "title": unit, "scale": {"zero": True}},
        "color": {"field": "series", "type": "nominal", "sort": order, "legend": None if len(order) == 1 else {}},
        "strokeDash": {"field": "series", "type": "nominal", "sort": order, "legend": None,
                       "scale": {"range": list(_DASHES)}},
    }  # fmt: skip
    points = {"transform": [{"filter": "isValid(datum.value)"}],
              "mark": {"type": "point", "filled": True, "opacity": 1, "size": 36 if len(places) <= MOST_NAMED else 20},
              "encoding": {name: encoding[name] for name in ("x", "y", "color")}}  # fmt: skip
    layers: list[dict[str, Any]] = [{"mark": {"type": "line", "strokeWidth": 3}, "encoding": encoding}, points]
    if band is not None:
        low, high = band
        between = [{"label": str(row[label]), "low": row[low], "high": row[high]} for row in rows
                   if row[low] is not None and row[high] is not None]  # fmt: skip
        edges = {"y": {"field": "low", "type": "quantitative", "title": unit}, "y2": {"field": "high"}}
        area = {"type": "area", "color": BLUE, "opacity": 0.2}
        layers.insert(0, {"data": {"values": between}, "mark": area, "encoding": {"x": encoding["x"], **edges}})
    if target is not None:
        rule = {"y": {"datum": target, "type": "quantitative"}}
        once: dict[str, Any] = {"values": [{}]}
        dashed = {"type": "rule", "color": INK, "strokeDash": [4, 4], "strokeWidth": 2}
        said = {"type": "text", "align": "right", "dy": -8, "x": "width", "fontSize": 12, "color": INK,
                "text": f"Target {target:g}"}  # fmt: skip
        layers += [{"data": once, "mark": mark, "encoding": rule} for mark in (dashed, said)]
    return Chart(title=title, words=words, spec={"data": {"values": shown}, "layer": layers})


def areas(
    title: str, rows: Sequence[Mapping[str, Any]], *, label: str, series: Mapping[str, str], unit: str, words: str
) -> Chart:
    """Areas one upon another: cumulative flow."""
    shown = [
        {"label": str(row[label]), "series": name, "value": row[column] or 0, "place": place}
        for row in rows for place, (column, name) in enumerate(series.items())
    ]  # fmt: skip
    spec = {
        "data": {"values": shown},
        "mark": {"type": "area", "line": {"color": "white", "strokeWidth": 1}},
        "encoding": {
            "x": {"field": "label", "type": "nominal", "sort": None, "title": None, "axis": _slanted(len(rows))},
            "y": {"field": "value", "type": "quantitative", "title": unit, "stack": True},
            "color": {"field": "series", "type": "nominal", "sort": list(series.values())},
            "order": {"field": "place"},
        },
    }
    return Chart(title=title, words=words, spec=spec)


def intervals(  # noqa: PLR0913 # a column each
    title: str, rows: Sequence[Mapping[str, Any]], *, label: str, value: str, low: str, high: str, unit: str, words: str
) -> Chart:
    """A point a row with the interval around it; a row without an interval has the point alone.

    An interval whose end is not known goes on to the edge, dashed.
    """
    told = [row for row in rows if row[value] is not None]
    edge = 1.25 * max((row[name] or 0 for row in told for name in (value, low, high)), default=0)
    shown = [
        {"label": str(row[label]), "value": row[value], "low": row[low],
         "high": edge if row[low] is not None and row[high] is None else row[high],
         "to_the_edge": row[low] is not None and row[high] is None}
        for row in told
    ]  # fmt: skip
    order = [row["label"] for row in shown]
    place = {"y": {"field": "label", "type": "nominal", "sort": order, "title": None}}
    ranged = {**place, "x": {"field": "low", "type": "quantitative", "title": unit}, "x2": {"field": "high"}}
    point = {**place, "x": {"field": "value", "type": "quantitative", "title": unit, "scale": {"zero": True}}}
    layers = [
        *(
            {"transform": [{"filter": f"isValid(datum.low) && {'' if dashed else '!'}datum.to_the_edge"}],
             "encoding": ranged,
             "mark": {"type": "rule", "strokeWidth": 4, "color": "#5694ca", "strokeDash": [6, 4] if dashed else [1, 0]}}
            for dashed in (False, True)
        ),
        {"mark": {"type": "point", "filled": True, "size": 140, "color": INK, "opacity": 1}, "encoding": point},
        {"mark": {"type": "text", "dy": -14, "fontSize": 12, "color": INK},
         "encoding": {**point, "text": {"field": "value", "format": ",.10~g"}}},
    ]  # fmt: skip
    height = max(80, 52 * len(shown))
    return Chart(title=title, words=words, spec={"data": {"values": shown}, "layer": layers, "height": height})


def _named(places: Sequence[str]) -> dict[str, Any]:
    every = -(-len(places) // MOST_NAMED)
    return {"values": list(places[::every])} if every > 1 else {}


def _slanted(many: int) -> dict[str, Any]:
    return {"labelAngle": -45 if many > 6 else 0}  # as many as fit side by side
