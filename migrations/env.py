"""How Alembic reaches the database: through the caller's transaction, or through the settings' URL."""

from alembic import context
from sqlalchemy import Connection

from config.settings import Settings
from models.tables import metadata
from tasks.store.engine import begin, connect


def migrate(conn: Connection) -> None:
    """All that is missing, in the transaction that is already open: whole or not at all."""
    context.configure(connection=conn, target_metadata=metadata)
    context.run_migrations()


given = context.config.attributes.get("connection")
if given is not None:
    migrate(given)
else:
    with begin(connect(Settings.load().database)) as own:
        migrate(own)
