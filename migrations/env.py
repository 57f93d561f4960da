"""Alembic's entry: one synchronous connection as the schema's owner, one transaction a migration.

An advisory lock keeps two deployments that start together from migrating at the same time.
"""

from alembic import context
from sqlalchemy import create_engine, pool, text

_MIGRATION_LOCK = 7_401_001


def run() -> None:
    """Run the migrations on the URL that app.kernel.migrations put into the configuration."""
    url = context.config.get_main_option("sqlalchemy.url")
    if url is None:
        raise SystemExit("Run migrations with `adapt migrate`; it knows which database to use.")
    engine = create_engine(url, poolclass=pool.NullPool)
    with engine.connect() as connection:
        connection.execute(text("SELECT pg_advisory_lock(:key)"), {"key": _MIGRATION_LOCK})
        connection.commit()
        context.configure(connection=connection, transaction_per_migration=True)
        with context.begin_transaction():
            context.run_migrations()
        connection.commit()
        connection.execute(text("SELECT pg_advisory_unlock(:key)"), {"key": _MIGRATION_LOCK})
        connection.commit()
    engine.dispose()


run()
