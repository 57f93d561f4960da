"""Put work for the worker into the queue, in the transaction that causes it: neither is there without the other.

Nothing is sent outside from within a transaction; a job that is deferred in it does so once it has been committed.
"""

from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import text

from app.kernel.database import Session

_DEFER = text("SELECT door.defer(:task, CAST(:args AS jsonb), :once, :at)")


async def defer(
    session: Session, task: str, *, once: str | None = None, at: datetime | None = None, **args: Any
) -> int | None:
    """Defer a job on the session's own connection; its number.

    `task` is the key of one of the worker's jobs, `args` what it is given (JSON). With `once`, nothing is deferred
    while a job with the same word still waits, and None comes back. `at` says when to start at the earliest.
    """
    values = {"task": task, "args": orjson.dumps(args).decode(), "once": once, "at": at}
    number: int | None = await session.scalar(_DEFER, values)
    return number
