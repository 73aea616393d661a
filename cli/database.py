"""`perennial db`: the database's schema."""

import typer

from cli.answer import Answer, Json, settings_of, told

app = typer.Typer(help="The database's schema.", no_args_is_help=True)


@app.callback()
def main() -> None:
    """The database's schema; make a copy of the database before you change it."""


@app.command("upgrade")
@told
def upgrade(ctx: typer.Context, json: Json = False) -> Answer:
    """Bring the database to the schema of this version; forward only, and nothing if it is there already.

    Example: perennial db upgrade
    """
    from tasks.store.engine import begin, connect, name_of
    from tasks.store.schema import upgrade as migrate
    from tasks.store.schema import version

    settings = settings_of(ctx)
    if not settings.database_url:
        settings.var.mkdir(parents=True, exist_ok=True)
    engine = connect(settings.database)
    try:
        with begin(engine) as conn:
            before, now = version(conn), migrate(conn)
        name = name_of(engine)
    finally:
        engine.dispose()
    text = f"{name} is at schema {now} already." if before == now else f"{name}: schema {before or 'none'} → {now}."
    return Answer({"database": name, "before": before, "schema": now}, text)
