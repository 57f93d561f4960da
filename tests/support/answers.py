"""Read the parts of a problem answer that tests ask for."""

from typing import Any


def blocker(body: dict[str, Any]) -> str:
    """The code of the only reason that is given."""
    [only] = body["blockers"]
    code: str = only["code"]
    return code


def pointers(body: dict[str, Any]) -> list[str]:
    """Where the faults are, in order."""
    return [error["pointer"] for error in body["errors"]]
