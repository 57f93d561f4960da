"""Templates and what they may link to. A template lies beside its feature: `cases/templates/home.html`."""

import hashlib
from collections.abc import Mapping
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any, Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from app.edge.components import Components
from app.edge.fields import draw_questions, draw_summary, navigation_items
from app.kernel.clock import LONDON

APP: Final = Path(__file__).resolve().parents[1]
STATIC: Final = Path(__file__).resolve().parent / "static"


def day(value: date | datetime) -> str:
    """Write a day as people here read it: "3 November 2026"."""
    local = value.astimezone(LONDON).date() if isinstance(value, datetime) else value
    return f"{local.day} {local:%B} {local.year}"


def moment(value: datetime) -> str:
    """Write a moment as people here read it: "3 November 2026, 2:05pm"."""
    local = value.astimezone(LONDON)
    return f"{day(local)}, {local.hour % 12 or 12}:{local:%M}{'am' if local.hour < 12 else 'pm'}"


def plural(number: int, one: str, many: str | None = None) -> str:
    """Write a number with its noun: "1 day", "3 days"."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def first_sentence(words: str) -> str:
    """The first sentence of some words, with its full stop."""
    first, stop, _ = words.partition(". ")
    return f"{first}." if stop else words


@cache
def version_of(name: str) -> str:
    """What tells one content of a static file from another: the beginning of its SHA-256.

    Raises FileNotFoundError, saying what to do, when the styles and scripts have not been built.
    """
    try:
        content = (STATIC / name).read_bytes()
    except FileNotFoundError:
        raise FileNotFoundError(f"{name} is not there. `make assets` builds the styles and scripts.") from None
    return hashlib.sha256(content).hexdigest()[:16]


def static_url(name: str) -> str:
    """The address of a static file; another content has another address, so it may be kept for good."""
    return f"/static/{name}?v={version_of(name)}"


def render(template: str, context: Mapping[str, Any]) -> str:
    """Fill in a template. Every value is escaped; one that is missing raises instead of leaving a gap."""
    return _environment().get_template(template).render(context)


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(APP),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    environment.filters |= {"day": day, "moment": moment, "plural": plural, "first_sentence": first_sentence}
    environment.globals |= {
        "static": static_url,
        "govuk": Components(),
        "draw_questions": draw_questions,
        "draw_summary": draw_summary,
        "navigation_items": navigation_items,
    }
    return environment
