"""`make screens`: a picture of every page in every state at two widths, in docs/screens/, with an index.

The data are the demo's on one morning, so a picture changes only when its page does. `--only home` takes those again
whose name begins so.
"""

import argparse
import asyncio
import io
from collections.abc import Iterable
from itertools import groupby
from typing import Final

from PIL import Image
from playwright.async_api import Browser

from app.settings import ROOT
from tests.browser.catalogue import CATALOGUE, Shown
from tests.browser.scene import Scene, set_scene
from tests.browser.visitor import DESK, PHONE, new_context, visitor
from tests.support.chromium import running_chromium
from tests.support.databases import TestServer, begin_session, end_session

SCREENS: Final = ROOT / "docs" / "screens"
WIDTHS: Final = {"phone": PHONE, "desk": DESK}
TALLEST: Final = 1280
"""Of a long page the beginning is enough."""
_COLOURS: Final = 24


def main() -> None:
    """Take the pictures and write the index."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", default="", help="what the names of the pictures begin with")
    wanted = [shown for shown in CATALOGUE if shown.pictured and shown.name.startswith(parser.parse_args().only)]
    session = begin_session()
    try:
        server = TestServer(session)
        with server.fresh("screens") as url:
            asyncio.run(_take(url, wanted))
        server.close()
    finally:
        end_session(session)
    write_index()


def file_name(shown: Shown, look: str) -> str:
    """The picture's name in its folder."""
    return f"{shown.name}-{look}.png"


async def _take(url: str, wanted: Iterable[Shown]) -> None:
    SCREENS.mkdir(exist_ok=True)
    async with set_scene(url) as scene, running_chromium() as chromium:
        for shown in wanted:
            for look, width in WIDTHS.items():
                picture = await _picture(chromium, scene, shown, width)
                name = file_name(shown, look)
                (SCREENS / name).write_bytes(picture)
                print(f"{name}: {len(picture) // 1024} kB", flush=True)


async def _picture(chromium: Browser, scene: Scene, shown: Shown, width: int) -> bytes:
    context = await new_context(chromium, scripts=True)
    person = await visitor(context, scene.site, scripts=True, width=width)
    await shown.show(person, scene)
    whole = await person.page.screenshot(full_page=True, animations="disabled", caret="hide")
    await context.close()
    assert not person.faults, (shown.name, person.faults)
    return _small(whole)


def _small(png: bytes) -> bytes:
    """The same picture with few colours, cut where it gets long."""
    picture = Image.open(io.BytesIO(png)).convert("RGB")
    picture = picture.crop((0, 0, picture.width, min(picture.height, TALLEST)))
    kept = io.BytesIO()
    picture.quantize(_COLOURS, dither=Image.Dither.NONE).save(kept, "PNG", optimize=True)
    return kept.getvalue()


def write_index() -> None:
    """Write the page that shows the pictures, and remove those of pages that are gone."""
    pictured = [shown for shown in CATALOGUE if shown.pictured]
    named = {file_name(shown, look) for shown in pictured for look in WIDTHS}
    for path in SCREENS.glob("*.png"):
        if path.name not in named:
            path.unlink()
    (SCREENS / "README.md").write_text(index(pictured), encoding="utf-8")


def index(pictured: Iterable[Shown]) -> str:
    """The index, in the order of the catalogue."""
    lines = [
        "# Screens",
        "",
        "Every page as it looks on a phone and at a desk. Written by `make screens` from `tests/browser/catalogue.py`; the",
        f"people and homes are made up, and long pages are cut after {TALLEST:,} pixels.",
    ]
    for route, states in groupby(pictured, key=lambda shown: shown.route):
        lines += ["", f"## {route.strip('()')}"]
        for shown in states:
            lines += ["", f"**{shown.state.replace('-', ' ')}**{_seen_by(shown)}", ""]
            lines += [" ".join(_image(shown, look) for look in WIDTHS)]
    return "\n".join([*lines, ""])


def _seen_by(shown: Shown) -> str:
    return f", as {shown.who.replace('_', ' ')}" if shown.who else ""


def _image(shown: Shown, look: str) -> str:
    words = f"{shown.route.strip('()')}, {shown.state.replace('-', ' ')}, {'on a phone' if look == 'phone' else 'at a desk'}"
    width = 160 if look == "phone" else 480
    return f'<img src="{file_name(shown, look)}" alt="{words}" width="{width}">'


if __name__ == "__main__":
    main()
