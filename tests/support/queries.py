"""Counts the statements that a piece of work sends to the database: what a page costs, held by tests."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import psycopg
from sqlalchemy import event

from tests.support.service import Service


@dataclass
class Statements:
    """What was sent, in order; BEGIN, COMMIT and the like are not counted."""

    sent: list[str] = field(default_factory=list)

    @property
    def count(self) -> int:
        """How many there were."""
        return len(self.sent)

    def __str__(self) -> str:
        return "\n---\n".join(" ".join(statement.split()) for statement in self.sent)


@contextmanager
def counted(service: Service) -> Iterator[Statements]:
    """Count what the app sends while the block runs, through SQLAlchemy and on the driver itself."""
    found = Statements()
    engine = service.app.state.db.engine.sync_engine
    on_the_driver = psycopg.AsyncCursor.execute

    def through_sqlalchemy(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        found.sent.append(statement)

    async def directly(self: Any, query: Any, params: Any = None, **more: Any) -> Any:
        # `app.kernel.database.direct` asks for the statement to be prepared; SQLAlchemy never does.
        if more.get("prepare"):
            found.sent.append(str(query))
        return await on_the_driver(self, query, params, **more)

    event.listen(engine, "before_cursor_execute", through_sqlalchemy)
    psycopg.AsyncCursor.execute = directly  # type: ignore[assignment,method-assign]
    try:
        yield found
    finally:
        psycopg.AsyncCursor.execute = on_the_driver  # type: ignore[method-assign]
        event.remove(engine, "before_cursor_execute", through_sqlalchemy)
