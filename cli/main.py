"""The command line: one command a file, each importing what it needs when it runs."""

from pathlib import Path
from typing import Annotated

import typer

from cli import (
    account,
    approve,
    check,
    database,
    demo,
    erase,
    inbox,
    mail,
    nightly,
    override,
    plan,
    preview,
    quarantine,
    renewal,
    serve,
    start,
    status,
    suppress,
    switches,
    tasks,
    templates,
    up,
    versions,
    why,
)
from cli.answer import Options
from cli.group import Commands

app = typer.Typer(
    name="perennial",
    cls=Commands,
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_show_locals=False,
    rich_markup_mode=None,
)


@app.callback()
def main(
    ctx: typer.Context,
    config: Annotated[Path | None, typer.Option(help="Folder whose config/ and templates/ are laid over ours.")] = None,
    var: Annotated[
        Path | None, typer.Option(help="Folder of the lake, the database, the mailbox and Prefect (default: var).")
    ] = None,
) -> None:
    """Customer success that runs itself, as code.

    Example: perennial --config examples/ravenstack --var var/ravenstack nightly --as-of 2024-12-31
    """
    ctx.obj = Options(config, var)


app.command("nightly")(nightly.nightly)
app.command("plan")(plan.plan)
app.command("renewal")(renewal.renewal)
app.command("start")(start.start)
app.command("serve")(serve.serve)
app.command("status")(status.status)
app.command("account")(account.account)
app.command("why")(why.why)
app.add_typer(tasks.app, name="tasks")
app.command("done")(tasks.done_alone)
app.command("override")(override.override)
app.command("versions")(versions.versions)
app.command("approve")(approve.approve)
app.command("stop")(switches.stop)
app.command("resume")(switches.resume)
app.command("suppress")(suppress.suppress)
app.command("erase")(erase.erase)
app.add_typer(mail.app, name="mail")
app.command("inbox")(inbox.inbox)
app.command("quarantine")(quarantine.quarantine)
app.command("check")(check.check)
app.command("preview")(preview.preview)
app.add_typer(templates.app, name="templates")
app.add_typer(database.app, name="db")
app.command("demo")(demo.demo)
app.command("up")(up.up)
