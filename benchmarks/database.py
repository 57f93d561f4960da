"""The owner's own connection to the measured database."""

import psycopg

from app.kernel.conninfo import conninfo


def connect(url: str) -> "psycopg.Connection[tuple[object, ...]]":
    """Open one."""
    return psycopg.connect(conninfo(url), autocommit=True)
