"""Writes the calendar files of Scotland and England from the `holidays` package.

Files, so that what counts as a working day is reviewed when it changes and does not change when a package does. Apart
from the loader, because the package takes memory that a running service should not spend.
"""

import json
from dataclasses import dataclass
from datetime import date
from importlib.metadata import version

import holidays

from app.kernel.calendars import WEEKDAYS_IN_WEEK

FIRST_YEAR, LAST_YEAR = 2010, 2045


@dataclass(frozen=True, slots=True)
class Jurisdiction:
    """Whose holidays to write: `subdivision` is its code in the `holidays` package, under GB."""

    title: str
    name: str
    subdivision: str
    confirm: tuple[tuple[date, str], ...] = ()


_WHY_15_JUNE_2026 = (
    "Two libraries disagree. The holidays package closes this day for Scotland's participation in the FIFA World "
    "Cup final, citing a proclamation published by the Privy Council Office; the list kept in govuk-bank-holidays "
    "0.19 does not have it. Find out whether your partnership closes, and if it works, put the day under removed."
)

JURISDICTIONS = {
    "scotland": Jurisdiction(
        title="Scotland's bank holidays",
        name="Scotland",
        subdivision="SCT",
        confirm=((date(2026, 6, 15), _WHY_15_JUNE_2026),),
    ),
    "england": Jurisdiction(title="England's bank holidays", name="England", subdivision="ENG"),
}


def generate(key: str) -> str:
    """Return the text of a jurisdiction's calendar file, from FIRST_YEAR through LAST_YEAR.

    Weekends are left out: nobody counts them. Local days that a file has under `added` and `removed` are for its
    keeper to carry over. Raises KeyError for a jurisdiction that is not in JURISDICTIONS.
    """
    jurisdiction = JURISDICTIONS[key]
    return "\n".join([*_header(key, jurisdiction), *_confirm(jurisdiction), *_closed_days(jurisdiction), ""])


def _header(key: str, jurisdiction: Jurisdiction) -> list[str]:
    source = f"holidays {version('holidays')} (MIT), country GB, subdivision {jurisdiction.subdivision}"
    return [
        "# The closed days are generated; edit the local days alone. A day on which the partnership is closed goes",
        "# under `added`, a closed day on which it works under `removed`, each with a date and a name.",
        f"key: {key}",
        f"title: {json.dumps(jurisdiction.title)}",
        f"jurisdiction: {json.dumps(jurisdiction.name)}",
        f"source: {json.dumps(source)}",
    ]


def _confirm(jurisdiction: Jurisdiction) -> list[str]:
    if not jurisdiction.confirm:
        return []
    items = (f"  - date: {day.isoformat()}\n    why: {json.dumps(why)}" for day, why in jurisdiction.confirm)
    return ["confirm:", *items]


def _closed_days(jurisdiction: Jurisdiction) -> list[str]:
    years = range(FIRST_YEAR, LAST_YEAR + 1)
    found = holidays.country_holidays("GB", subdiv=jurisdiction.subdivision, years=years, language="en_GB")
    weekdays = sorted((day, name) for day, name in found.items() if day.weekday() < WEEKDAYS_IN_WEEK)
    items = (f"  - {{date: {day.isoformat()}, name: {json.dumps(name)}}}" for day, name in weekdays)
    return ["closed_days:", *items]
