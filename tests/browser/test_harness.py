"""The harness itself: it finds what it is there to find, with scripts on and off."""

import pytest

from tests.browser.accessibility import accessible, bears_larger_text, layout_faults
from tests.browser.conftest import Visit
from tests.browser.keyboard import Keyboard, reaches_everything
from tests.browser.loading import shifts
from tests.browser.visitor import PHONE
from tests.support.served import Site

pytestmark = pytest.mark.browser
_SOUND = """<!doctype html><html lang="en-GB"><head><title>A page</title><style>body {{ font-family: sans-serif }} {style}</style></head><body>
<header>Adapt</header><main><h1>A page</h1>{main}</main><footer>Foot</footer></body></html>"""


_FAULTS = {
    "label": "<input>",
    "color-contrast": "<p style='color: #aaa'>Pale.</p>",
    "target-size": "<button style='width: 20px; height: 20px; padding: 0'>x</button><button style='height: 20px'>y</button>",
    "heading-order": "<h4>Too deep</h4>",
    "Two elements have the id a": "<div id='a'></div><div id='a'></div>",
    "2 first headings": "<h1>Another</h1>",
    "wider than its screen": "<p style='width: 2000px'>Wide.</p>",
    "Sticks out": "<p style='margin-left: -3em'>To the left.</p>",
    "Breaks the word Adaptation": "<p style='width: 4em; overflow-wrap: anywhere'>Adaptation</p>",
    "Has no style: <p> “Plain": "<p style='font-family: initial'>Plain.</p>",
    "cut off": "<p style='width: 5em; overflow: hidden; white-space: nowrap'>Much longer than that.</p>",
    "aria-describedby of": "<label for='b'>Name</label><input id='b' aria-describedby='gone'>",
    "leads to nowhere": "<a href='#nowhere'>Further down</a>",
}


@pytest.mark.parametrize("scripts", [True, False])
async def test_planted_faults_are_found(office: Site, visit: Visit, scripts: bool) -> None:
    person = await visit(office, scripts=scripts)
    await person.page.set_content(_SOUND.format(main="<p>Sound.</p>", style=""))
    await accessible(person)
    await person.page.set_content(_SOUND.format(main="".join(_FAULTS.values()), style=""))
    with pytest.raises(AssertionError) as told:
        await accessible(person)
    assert [said for said in _FAULTS if said not in str(told.value)] == []


async def test_text_that_cannot_grow_is_found(office: Site, visit: Visit) -> None:
    person = await visit(office, width=PHONE)
    box = "<p style='font-size: 1rem; width: 10em; height: 1.2em; overflow: hidden'>As high as it is.</p>"
    await person.page.set_content(_SOUND.format(main=box, style=""))
    assert await layout_faults(person) == []
    with pytest.raises(AssertionError, match="cut off"):
        await bears_larger_text(person)


async def test_focus_that_cannot_be_seen_is_found(office: Site, visit: Visit) -> None:
    person = await visit(office, scripts=False)
    fields = "<a href='/'>One</a> <button>Two</button> <a href='/' {}>Three</a>"
    await person.page.set_content(_SOUND.format(main=fields.format(""), style=""))
    await reaches_everything(person)
    await person.page.set_content(_SOUND.format(main=fields.format("class='blind'"), style=".blind { outline: none }"))
    with pytest.raises(AssertionError, match="Nothing shows that this has the focus: <a> Three"):
        await reaches_everything(person)


async def test_focus_under_something_else_is_found(office: Site, visit: Visit) -> None:
    person = await visit(office)
    cover = "<a href='/'>One</a><div style='position: fixed; inset: 0; background: #fff'>Over all.</div>"
    await person.page.set_content(_SOUND.format(main=cover, style=""))
    with pytest.raises(AssertionError, match="covers what has the focus: <a> One"):
        await Keyboard(person).to("One")


async def test_a_keyboard_that_is_caught_is_found(office: Site, visit: Visit) -> None:
    person = await visit(office)
    await person.page.set_content(
        _SOUND.format(main="<a href='/'>One</a> <input aria-label='Two'> <a href='/'>Three</a>", style="")
    )
    await person.page.evaluate(
        "() => document.querySelector('input').addEventListener('keydown', (e) => e.key === 'Tab' && e.preventDefault())"
    )
    with pytest.raises(AssertionError, match="caught at “Two”"):
        await reaches_everything(person)


async def test_what_the_browser_complains_of_is_noted(office: Site, visit: Visit) -> None:
    person = await visit(office)
    await person.goto("/sign-in")
    await person.page.evaluate(
        "() => { const one = new Image(); one.src = '/nothing.png'; document.body.append(one); }"
    )
    await person.page.evaluate(
        "() => { const one = document.createElement('script'); one.text = '1'; document.body.append(one); }"
    )
    await person.page.evaluate(
        "() => { setTimeout(() => { throw new Error('of a script') }) ; fetch('/gone').catch(() => 0) }"
    )
    await person.page.evaluate("() => alert('Boo')")
    told = "\n".join(person.faults)
    person.faults.clear()
    for part in ("A dialog opened: Boo", "Executing inline script", "A script failed: of a script"):
        assert part in told


async def test_what_jumps_about_is_found(office: Site, visit: Visit) -> None:
    person = await visit(office)
    await person.goto("/sign-in")
    assert await shifts(person) == []
    late = "() => document.querySelector('h1').insertAdjacentHTML('beforebegin', '<p>' + 'Late. '.repeat(500) + '</p>')"
    await person.page.evaluate(late)
    assert await shifts(person) != []
