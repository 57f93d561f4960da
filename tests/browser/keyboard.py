"""A person who uses the keyboard alone: always sees where it is, gets everywhere and is caught nowhere."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from tests.browser.visitor import Visitor

_WHERE: Final = (Path(__file__).parent / "focus.js").read_text(encoding="utf-8")
_BEGIN: Final = "() => { document.activeElement.blur(); scrollTo(0, 0); window.adaptUnfocused = null; }"
MOST_STOPS: Final = 400


@dataclass(frozen=True)
class Stop:
    """What has the focus; `number` 0 is the page itself, the others count from 1 in the order of being reached."""

    number: int
    stops: int
    element: str = ""
    name: str = ""
    shows: bool = True
    covered: bool = False
    id: str = ""
    value: str = ""


@dataclass
class Keyboard:
    """The keys of one visitor. Every stop is looked at: focus that cannot be seen fails."""

    person: Visitor

    async def here(self) -> Stop:
        """What has the focus."""
        found: dict[str, Any] = await self.person.page.evaluate(_WHERE)
        return Stop(**found)

    async def tab(self, key: str = "Tab") -> Stop:
        """Go to the next stop, which must show that it has the focus and be in sight."""
        await self.here()  # how everything looks without the focus, on a page that is new
        await self.person.page.keyboard.press(key)
        stop = await self.here()
        assert stop.shows, f"Nothing shows that this has the focus: <{stop.element}> {stop.name}"
        assert not stop.covered, f"Something covers what has the focus: <{stop.element}> {stop.name}"
        return stop

    async def to(self, name: str, *, element: str | None = None) -> Stop:
        """Press Tab until something of this name has the focus."""
        passed = []
        for _ in range(MOST_STOPS):
            stop = await self.tab()
            if stop.name.startswith(name) and element in (None, stop.element):
                return stop
            passed.append(stop.name)
            if stop.number == 0:
                break
        raise AssertionError(f"The keyboard does not reach “{name}”; it came by {passed}.")

    async def type(self, text: str) -> None:
        """Type into what has the focus."""
        await self.person.page.keyboard.type(text)

    async def press(self, key: str) -> None:
        """Press a key: Enter, Space, ArrowDown."""
        await self.person.page.keyboard.press(key)

    async def write(self, name: str, text: str) -> None:
        """Go to a field and fill it in."""
        await self.to(name)
        await self.type(text)


async def reaches_everything(person: Visitor) -> None:
    """Go through a whole page with Tab: every stop once, each seen, and out again at the end."""
    keys = Keyboard(person)
    await person.page.evaluate(_BEGIN)
    wanted = (await keys.here()).stops
    assert wanted <= MOST_STOPS, f"{wanted} stops are too many for anybody."
    seen: list[int] = []
    while len(seen) <= wanted:
        stop = await keys.tab()
        if stop.number == 0 or (seen and stop.number == 1):
            break
        assert stop.number not in seen, f"The keyboard is caught at “{stop.name}”."
        seen.append(stop.number)
    assert len(seen) == wanted, f"The keyboard reaches {len(seen)} of {wanted} places."
