"""Templates and what they may link to. A template lies beside its feature: `cases/templates/home.html`."""

import hashlib
from collections.abc import Mapping
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any, Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined

APP: Final = Path(__file__).resolve().parents[1]
STATIC: Final = Path(__file__).resolve().parent / "static"


def day(value: date) -> str:
    """Write a day as people read it: "3 November 2026"."""
    return f"{value.day} {value:%B} {value.year}"


@cache
def version_of(name: str) -> str:
    """What tells one content of a static file from another: the beginning of its SHA-256."""
    return hashlib.sha256((STATIC / name).read_bytes()).hexdigest()[:16]


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
    environment.filters["day"] = day
    environment.globals["static"] = static_url
    return environment
