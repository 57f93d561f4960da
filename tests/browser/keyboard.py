"""A person who uses the keyboard alone: always sees where it is, gets everywhere and is caught nowhere."""

from collections.abc import Callable
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
    field: str = ""
    value: str = ""


@dataclass
class Keyboard:
    """The keys of one visitor. Every stop is looked at: focus that cannot be seen fails.

    `answers` counts the fields that were filled in, `presses` the keys.
    """

    person: Visitor
    answers: int = 0
    presses: int = 0

    async def here(self) -> Stop:
        """What has the focus."""
        found: dict[str, Any] = await self.person.page.evaluate(_WHERE)
        return Stop(**found)

    async def tab(self, key: str = "Tab") -> Stop:
        """Go to the next stop, which must show that it has the focus and be in sight."""
        await self.here()  # how everything looks without the focus, on a page that is new
        return await self.next(key)

    async def next(self, key: str = "Tab") -> Stop:
        """`tab` on a page that was looked at before."""
        await self.press(key)
        stop = await self.here()
        assert stop.shows, f"Nothing shows that this has the focus: <{stop.element}> {stop.name}"
        assert not stop.covered, f"Something covers what has the focus: <{stop.element}> {stop.name}"
        return stop

    async def to(self, name: str, *, element: str | None = None) -> Stop:
        """Press Tab until something of this name has the focus."""
        return await self._until(lambda stop: stop.name.startswith(name) and element in (None, stop.element), name)

    async def _until(self, found: Callable[[Stop], bool], wanted: str) -> Stop:
        passed = []
        for _ in range(MOST_STOPS):
            stop = await self.tab()
            if found(stop):
                return stop
            passed.append(stop.name)
            if stop.number == 0:
                break
        raise AssertionError(f"The keyboard does not reach “{wanted}”; it came by {passed}.")

    async def type(self, text: str) -> None:
        """Type into what has the focus."""
        self.presses += len(text)
        await self.person.page.keyboard.type(text)

    async def press(self, key: str) -> None:
        """Press a key: Enter, Space, ArrowDown."""
        self.presses += 1
        await self.person.page.keyboard.press(key)

    async def write(self, name: str, text: str) -> None:
        """Go to a field and fill it in."""
        self.answers += 1
        await self.to(name)
        await self.type(text)

    async def choose(self, question: str, answer: str) -> None:
        """Go to a question's radio buttons, and with the arrows to an answer."""
        self.answers += 1
        group = self.person.page.get_by_role("group", name=question)
        field = await group.get_by_label(answer).first.get_attribute("name")
        stop = await self._until(lambda stop: stop.field == field, question)
        await self.press("Space")
        for _ in range(await group.get_by_role("radio").count()):
            if stop.name.startswith(answer):
                return
            await self.press("ArrowDown")
            stop = await self.here()
        raise AssertionError(f"The arrows do not reach “{answer}” under “{question}”.")

    async def pick(self, name: str, answer: str) -> None:
        """Go to a list to choose from, and type the beginning of an answer."""
        self.answers += 1
        await self.to(name, element="select")
        await self.type(answer)


async def reaches_everything(person: Visitor) -> None:
    """Go through a whole page with Tab: every stop once, each seen, and out again at the end."""
    keys = Keyboard(person)
    await person.page.evaluate(_BEGIN)
    wanted = (await keys.here()).stops
    assert wanted <= MOST_STOPS, f"{wanted} stops are too many for anybody."
    seen: list[int] = []
    while len(seen) <= wanted:
        stop = await keys.next()
        if stop.number == 0 or (seen and stop.number == 1):
            break
        assert stop.number not in seen, f"The keyboard is caught at “{stop.name}”."
        seen.append(stop.number)
    assert len(seen) == wanted, f"The keyboard reaches {len(seen)} of {wanted} places."
