"""`perennial serve`: the pages that mails lead customers to."""

from typing import Annotated

import typer

from cli.answer import Answer, Json, settings_of, told


@told
def serve(
    ctx: typer.Context,
    host: Annotated[str, typer.Option(help="Address to listen on; stay on loopback behind a reverse proxy.")] = (
        "127.0.0.1"
    ),
    port: Annotated[int, typer.Option(help="Port to listen on; 0 for any.", min=0, max=65535)] = 8025,
    json: Json = False,
) -> Answer:
    """Unsubscribing, preferences, surveys and bookings, for the links in mails, until Ctrl-C.

    Needs TLS in front of it, see docs/how-to/hear-back.md. PERENNIAL_PUBLIC_URL is the address that links lead to.

    Example: perennial serve --port 8025
    """
    import sys
    from contextlib import suppress

    from tasks.opening import open_place
    from tasks.serve.desk import desk_of
    from tasks.serve.server import listen, run

    settings = settings_of(ctx)
    with listen(host, port) as socket, open_place(settings) as place:
        desk = desk_of(place)
        url = f"http://{host}:{socket.getsockname()[1]}"
        if not json:
            said = f"Ready. {url} answers customers; links in mails lead to {settings.public_url or 'nowhere yet'}."
            print(said, "Ctrl-C ends it.", file=sys.stderr, flush=True)
        with suppress(KeyboardInterrupt):  # before the server listens to signals itself
            run(desk, socket)
    return Answer({"exit_code": 0})
