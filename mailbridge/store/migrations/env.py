"""What alembic runs: the steps, on the connection that `migrate.upgrade` handed over, in its transaction."""

from alembic import context

from mailbridge.store.tables import metadata

connection = context.config.attributes["connection"]
context.configure(
    connection=connection, target_metadata=metadata, render_as_batch=True, compare_type=True, transactional_ddl=True
)
context.run_migrations()
