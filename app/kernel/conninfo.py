"""A database URL in the form PostgreSQL's own library reads."""

from psycopg.conninfo import make_conninfo
from sqlalchemy.engine import URL, make_url


def conninfo(url: str | URL, *, database: str | None = None, with_password: bool = True) -> str:
    """`host=… dbname=…` for psycopg.connect and for PostgreSQL's programs, whatever characters a password has.

    `database` replaces the one in the URL.
    """
    parsed = make_url(url)
    parts = parsed.translate_connect_args(username="user", database="dbname") | dict(parsed.query)
    if database is not None:
        parts["dbname"] = database
    if not with_password:
        parts.pop("password", None)
    return make_conninfo("", **parts)
