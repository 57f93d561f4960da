"""Parameters that many routes share: numbers and keys in an address, and where in a list one is."""

from typing import Annotated, Any

from fastapi import Path, Query

from app.kernel.paging import MAX_LIMIT

LARGEST_ID = 2**31 - 1

Id = Annotated[int, Path(ge=1, le=LARGEST_ID, description="Its number.")]
KeyInPath = Annotated[str, Path(pattern=r"^[a-z0-9-]{1,80}$", description="Its key.")]
Named = Annotated[str | None, Query(max_length=200, pattern=r"^[^\x00]*$", description="Its key or its name.")]
Limit = Annotated[int, Query(ge=1, le=MAX_LIMIT, description="How many at most.")]
Cursor = Annotated[str | None, Query(description="Where the last page ended: its `next_cursor`.")]


def text_filter(description: str) -> Any:
    """A filter that takes any text which the database can hold."""
    return Query(max_length=200, pattern=r"^[^\x00]*$", description=description)
