"""The pieces that request bodies are made of. What does not fit a column is refused here, with the field named."""

import re
from datetime import date, datetime
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, StringConstraints

from app.kernel.clock import EARLIEST

Short = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200, pattern=r"^[^\x00-\x1f\x7f]*$")
]
Line = Annotated[str, StringConstraints(strip_whitespace=True, max_length=200, pattern=r"^[^\x00-\x1f\x7f]*$")]
Prose = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=2_000, pattern=r"^[^\x00]*$")]
Key = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]([a-z0-9-]{0,78}[a-z0-9])?$")]
"""What programs call a thing: lower-case letters, digits and hyphens."""
Email = Annotated[
    str, StringConstraints(strip_whitespace=True, max_length=254, pattern=r"^[!-?A-~]{1,64}@[!-?A-~]{1,189}$")
]
"""An e-mail address as far as a pattern can tell: whether it is read by anybody only a message can tell."""
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_LAST_YEAR = 2199


def _written_as_a_day(value: object) -> object:
    if isinstance(value, str) and _DAY.fullmatch(value):
        return value
    if isinstance(value, date) and not isinstance(value, datetime):
        return value
    raise ValueError("Enter a day as year-month-day, such as 2025-02-14.")


def _within_reach(value: date) -> date:
    if not (value >= EARLIEST and value.year <= _LAST_YEAR):
        raise ValueError(f"Enter a day between the years {EARLIEST.year} and {_LAST_YEAR}.")
    return value


Day = Annotated[date, BeforeValidator(_written_as_a_day), AfterValidator(_within_reach)]
"""A day as the contract writes it, `YYYY-MM-DD`: no number is taken for seconds since 1970, nor a moment for a day."""


WrittenDay = Annotated[date, BeforeValidator(_written_as_a_day)]
"""A day to look from or to, however far away; no number is taken for one."""


class Body(BaseModel):
    """A request's body: unknown fields are refused, so a misspelt one is never lost."""

    model_config = ConfigDict(extra="forbid", frozen=True)


def example(value: dict[str, Any]) -> ConfigDict:
    """The settings of a body that shows how it is filled in; the example must work on an ordinary day."""
    return ConfigDict(extra="forbid", frozen=True, json_schema_extra={"examples": [value]})
