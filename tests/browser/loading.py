"""What loading a page costs whoever waits for it: bytes on the way, and things that jump about."""

from typing import Final

from tests.browser.visitor import Visitor

MOST_BYTES: Final = 150_000
LEAST_SEEN: Final = 0.001
"""How far a thing must jump to count, in the measure of browsers, which call a page good below a hundred times as much.

On a busy machine the first picture of a page may end in the middle of a line, whose beginning then makes room.
"""
_WEIGHT: Final = """() => Object.fromEntries(
  [...performance.getEntriesByType("navigation"), ...performance.getEntriesByType("resource")]
    .map((entry) => [entry.name, entry.encodedBodySize + 300]))"""
# What moved although nobody had touched anything, from the beginning of the page until two frames from now.
_SHIFTS: Final = """(least) => new Promise((done) => {
  const moved = [];
  const note = (entries) => entries.forEach((entry) => entry.hadRecentInput || entry.value < least || moved.push(
    `${entry.value.toFixed(4)}: ${entry.sources.map((one) => one.node?.outerHTML?.slice(0, 80)).join(", ")}`));
  const observer = new PerformanceObserver((list) => note(list.getEntries()));
  observer.observe({ type: "layout-shift", buffered: true });
  requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(() => {
    note(observer.takeRecords());
    done(moved);
  })));
})"""


async def weight(person: Visitor) -> dict[str, int]:
    """The bytes that each part of the page takes on the wire, compressed, with some for the headers.

    Also of parts that the browser has kept from another page: who comes to the page first has to wait for them.
    """
    found: dict[str, int] = await person.page.evaluate(_WEIGHT)
    return {address.removeprefix(person.site.base): size for address, size in found.items()}


async def shifts(person: Visitor) -> list[str]:
    """What jumped about while the page came up, and how far, where it is far enough to be seen."""
    found: list[str] = await person.page.evaluate(_SHIFTS, LEAST_SEEN)
    return found
