"""A telephone that makes codes, and a clock for the service that a test moves on purpose."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import httpx
import pyotp

from tests.support.browsing import Browser, Page
from tests.support.service import Service

SECOND_FACTOR = "/account/second-factor"
CODE = "/sign-in/code"


@dataclass
class MovedClock:
    """Stands still until it is moved."""

    moment: datetime

    def now(self) -> datetime:
        return self.moment


@dataclass(frozen=True)
class Telephone:
    """Somebody's telephone with the key that was typed or read into it, and their recovery codes on paper."""

    key: str
    clock: MovedClock
    recovery: tuple[str, ...] = ()

    def code(self, *, steps: int = 0) -> str:
        """The code shown now, or some steps later."""
        return pyotp.TOTP(self.key).at(self.clock.moment, counter_offset=steps)

    def wait(self) -> None:
        """Until the next code is shown."""
        self.clock.moment += timedelta(seconds=30)


def still(service: Service) -> MovedClock:
    """Let the service go by a clock that stands."""
    clock = MovedClock(datetime(2026, 6, 2, 9, 30, tzinfo=UTC))
    service.app.state.clock = clock
    return clock


def shown_key(response: httpx.Response) -> str:
    """The key as it is written beside its picture."""
    [key] = re.findall(r"Key: <code>([A-Z2-7 ]+)</code>", response.text)
    return key.replace(" ", "")


def shown_codes(response: httpx.Response) -> tuple[str, ...]:
    """The recovery codes on the page that shows them once."""
    return tuple(re.findall(r"<code>([a-z2-7]{4}(?:-[a-z2-7]{4}){3})</code>", response.text))


async def enrolled(browser: Browser, clock: MovedClock, **fields: str) -> Telephone:
    """Set up a second factor from its page, as far as the recovery codes."""
    begun = await browser.send(SECOND_FACTOR, f"{SECOND_FACTOR}/begin", **fields)
    assert (begun.status_code, begun.headers["location"]) == (303, SECOND_FACTOR), begun.text
    page = await browser.http.get(SECOND_FACTOR)
    telephone = Telephone(shown_key(page), clock)
    hidden = Page(page.text).hidden
    done = await browser.http.post(f"{SECOND_FACTOR}/confirm", data={**hidden, "code": telephone.code()})
    assert done.status_code == 200, done.text
    return Telephone(telephone.key, clock, shown_codes(done))
