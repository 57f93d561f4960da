"""What a browser sends: the fields of a form, read once, whatever anybody put into them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final
from urllib.parse import parse_qsl, urlencode

from fastapi import Request

from app.kernel.problems import TooLarge, Unprocessable, WrongContentType

MOST_FIELDS: Final = 500
LONGEST: Final = 500_000
FORM: Final = "application/x-www-form-urlencoded"


@dataclass(frozen=True, slots=True)
class Filled:
    """A filled-in form. A name may come several times; of a field that takes one answer the last counts."""

    fields: Mapping[str, tuple[str, ...]]

    def get(self, name: str, default: str = "") -> str:
        """The field's answer, or the default where it was not sent."""
        values = self.fields.get(name)
        return values[-1] if values else default

    def all(self, name: str) -> tuple[str, ...]:
        """Every answer under this name, in order."""
        return self.fields.get(name, ())

    def encoded(self, *, but_not: frozenset[str] = frozenset()) -> str:
        """The form as a browser would send it."""
        return urlencode([(n, value) for n, values in self.fields.items() if n not in but_not for value in values])


NOTHING: Final = Filled({})


def parse(body: str) -> Filled:
    """Read a form as a browser writes it. Raises Unprocessable for too many fields."""
    fields: dict[str, tuple[str, ...]] = {}
    try:
        pairs = parse_qsl(body, keep_blank_values=True, max_num_fields=MOST_FIELDS)
    except ValueError:
        raise Unprocessable([], f"A form has at most {MOST_FIELDS} fields.") from None
    for name, value in pairs:
        # The database holds every character but this one; a browser sends it only when made to.
        fields[name] = (*fields.get(name, ()), value.replace("\x00", "\ufffd"))
    return Filled(fields)


async def read(request: Request) -> Filled:
    """Read the form that a request carries.

    Raises WrongContentType for anything that a form of ours does not send, Unprocessable for too many fields.
    """
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != FORM:
        raise WrongContentType("Send the form from its own page.")
    body = await request.body()
    if len(body) > LONGEST:
        raise TooLarge("There is more text in this form than can be kept. Shorten it, or add it as a document.")
    return parse(body.decode("utf-8", errors="replace"))
