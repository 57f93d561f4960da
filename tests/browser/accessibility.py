"""What keeps somebody from using a page: axe-core's rules for WCAG 2.2 AA, and what those cannot see."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from axe_playwright_python.async_playwright import Axe

from tests.browser.visitor import Visitor

_LAYOUT: Final = (Path(__file__).parent / "layout.js").read_text(encoding="utf-8")
_AXE: Final = Axe()
_OPTIONS: Final[dict[str, Any]] = {
    "runOnly": {
        "type": "tag",
        "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa", "best-practice"],
    },
    "rules": {"target-size": {"enabled": True}},
    "resultTypes": ["violations"],
    "reporter": "no-passes",
    "preload": False,
}
# Colours are the same on every screen, and to look at them takes longest.
_WITHOUT_COLOURS: Final = {**_OPTIONS, "rules": {**_OPTIONS["rules"], "color-contrast": {"enabled": False}}}
_MOST_TOLD: Final = 30
CUT: Final = "cut off"
# Timers do not run where scripts are off, and axe waits for one of no length between its rules; promises do run.
_TIMERS: Final = (
    "() => { window.setTimeout = (work, wait, ...given) => wait || Promise.resolve().then(() => work(...given)); }"
)
_LARGER_TEXT: Final = "() => { document.documentElement.style.fontSize = '200%'; }"
# WCAG 1.4.12: what people who find letters hard to tell apart set for every page.
_SPACED_TEXT: Final = """() => {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(`* { line-height: 1.5 !important; letter-spacing: .12em !important; word-spacing: .16em !important; }
                     p { margin-bottom: 2em !important; }`);
  document.adoptedStyleSheets.push(sheet);
}"""


async def accessible(person: Visitor, *, colours: bool = True) -> None:
    """Fail with a list of what is wrong on the page as it stands, with scripts on or off, at its width."""
    if not person.scripts:
        await person.page.evaluate(_TIMERS)
    results = await _AXE.run(person.page, options=_OPTIONS if colours else _WITHOUT_COLOURS)
    faults = [*_told(results.response["violations"]), *await layout_faults(person)]
    assert not faults, _list(person, faults)


async def bears_larger_text(person: Visitor) -> None:
    """Fail when a desk's page at 200 % zoom, with letters set wider or of twice the size, loses anything.

    Letters of twice the size alone may make it scroll, as WCAG 1.4.4 lets them; they may not be cut off.
    """
    size = person.page.viewport_size
    assert size is not None
    await person.page.set_viewport_size({"width": size["width"] // 2, "height": size["height"]})
    faults = [f"At 200 % zoom: {fault}" for fault in await layout_faults(person)]
    await person.page.set_viewport_size(size)
    await person.page.evaluate(_SPACED_TEXT)
    faults += [f"With spaced text: {fault}" for fault in await layout_faults(person)]
    await person.page.evaluate(_LARGER_TEXT)
    faults += [f"With text of twice the size: {fault}" for fault in await layout_faults(person) if CUT in fault]
    assert not faults, _list(person, faults)


async def layout_faults(person: Visitor) -> list[str]:
    """What sticks out, is cut off or missing."""
    found: list[str] = await person.page.evaluate(_LAYOUT)
    return found


def _told(violations: list[dict[str, Any]]) -> Iterator[str]:
    for violation in violations:
        for node in violation["nodes"]:
            where = " ".join(str(part) for part in node["target"])
            why = "; ".join(check["message"] for check in [*node["any"], *node["all"], *node["none"]])
            yield f"{violation['id']} ({violation['impact']}): {where}\n      {node['html'][:200]}\n      {why}"


def _list(person: Visitor, faults: list[str]) -> str:
    how = "on" if person.scripts else "off"
    width = person.page.viewport_size["width"] if person.page.viewport_size else 0
    told = [f"  - {fault}" for fault in dict.fromkeys(faults)]
    more = [f"  … and {len(told) - _MOST_TOLD} more"] if len(told) > _MOST_TOLD else []
    return "\n".join([f"{person.path} at {width} px, scripts {how}:", *told[:_MOST_TOLD], *more])
