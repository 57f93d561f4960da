"""A database URL is read the same by PostgreSQL's own library, whatever is in the password."""

import pytest
from psycopg.conninfo import conninfo_to_dict
from sqlalchemy.engine import URL

from app.kernel.conninfo import conninfo


@pytest.mark.parametrize("password", ["plain", "two words", "it's", r"back\slash", "a@b:c/d?e=f%20", ""])
def test_any_password_arrives_unchanged(password: str) -> None:
    url = URL.create("postgresql+psycopg", "davina", password, "db.example", 5433, "adapt", {"sslmode": "require"})
    assert conninfo_to_dict(conninfo(url.render_as_string(hide_password=False))) == {
        "user": "davina",
        "host": "db.example",
        "port": "5433",
        "dbname": "adapt",
        "sslmode": "require",
    } | ({"password": password} if password else {})


def test_the_password_can_be_left_out_and_the_database_chosen() -> None:
    place = conninfo("postgresql://davina:secret@/adapt?host=/run/server", database="postgres", with_password=False)
    assert conninfo_to_dict(place) == {"user": "davina", "dbname": "postgres", "host": "/run/server"}
