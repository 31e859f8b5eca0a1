"""Run by Alembic for every command; the connection comes from ``triage.store.database.upgrade``."""

from alembic import context

from triage.store.tables import metadata

# SQLite can undo DDL too, where the driver leaves transactions alone.
context.configure(connection=context.config.attributes["connection"], target_metadata=metadata, transactional_ddl=True)
with context.begin_transaction():
    context.run_migrations()
