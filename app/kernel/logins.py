"""The account the app signs in to PostgreSQL with: it owns nothing and may only become the app's role."""

import psycopg
from psycopg import sql

from app.kernel.conninfo import conninfo
from app.kernel.database import APP_ROLE

APP_LOGIN = "adapt_login"


def ensure_login(owner_url: str, password: str, *, login: str = APP_LOGIN) -> None:
    """Make the app's login, or give it the new password; migrations must have made the app's role before.

    By itself the login may do nothing (NOINHERIT): each connection becomes the role, under row-level security.
    """
    with psycopg.connect(conninfo(owner_url)) as connection:
        name, role = sql.Identifier(login), sql.Identifier(APP_ROLE)
        # Hashed here: what is sent as a statement may end in the server's log.
        hashed = connection.pgconn.encrypt_password(password.encode(), login.encode(), b"scram-sha-256").decode()
        # Two deployments that migrate together take turns; roles are shared by the whole server.
        connection.execute("SELECT pg_advisory_xact_lock(hashtext('adapt login'))")
        found = connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", (login,)).fetchone()
        if found is None:
            connection.execute(sql.SQL("CREATE ROLE {}").format(name))
        rights = "NOSUPERUSER NOCREATEDB NOCREATEROLE NOBYPASSRLS NOINHERIT"
        alter = sql.SQL(f"ALTER ROLE {{}} LOGIN {rights} PASSWORD {{}}")
        connection.execute(alter.format(name, sql.Literal(hashed)))
        connection.execute(sql.SQL("GRANT {} TO {}").format(role, name))
