"""`perennial preview`: a template with real values."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli.answer import Answer, Json, settings_of, told

if TYPE_CHECKING:
    from config.settings import Settings
    from tasks.night import Night


@told
def preview(
    ctx: typer.Context,
    template: Annotated[str, typer.Argument(help="The template, like onboarding/day-01-intro.")],
    account: Annotated[str, typer.Option(help="The account whose values it gets, by id or name.")],
    language: Annotated[str | None, typer.Option(help="Language (default: the contact's).")] = None,
    watch: Annotated[
        bool, typer.Option("--watch", help="Render again whenever a file is saved, until Ctrl-C.")
    ] = False,
    json: Json = False,
) -> Answer:
    """Render a template with an account's values.

    The template as it lies on the disk, the values of the newest night; nothing is sent. Where the account has
    no ticket, session or other thing that the template needs, a sample stands for it. Writes the HTML and the
    text under --var/preview and prints their paths. With --watch it does so after every save; an error is told
    with file and line, and the watching goes on.

    Example: perennial preview renewal/day-90-notice --account A00017
    Example: perennial --config mine preview renewal/day-90-notice --account A00017 --watch
    """
    from cli.preview_watch import watch as keep_watching
    from config.files import ROOT
    from models.errors import UsageError
    from tasks.lookup import account_of
    from tasks.opening import latest_night, open_place

    if watch and json:
        raise UsageError("--json answers once and --watch goes on: give one of the two")
    settings = settings_of(ctx)
    with open_place(settings, create=False) as place:
        night = latest_night(place)
        desk = _Desk(night, settings, template, account_of(night, account), language)
        if not watch:
            data = desk.data()
            return Answer(data, _text(data))
        keep_watching([one for one in (ROOT, settings.config) if one], lambda: _text(desk.data()))
    return Answer()


@dataclass(frozen=True)
class _Desk:
    """One template for one account, rendered as often as it is asked for."""

    night: "Night"
    settings: "Settings"
    template: str
    account: str
    language: str | None

    def data(self) -> dict[str, Any]:
        """The preview, written to its files, as plain data.

        Raises:
            PerennialError: it cannot be rendered; with the file as a person finds it.
        """
        from config.files import read_files
        from models.errors import RenderError
        from tasks.preview import keep, preview

        files = read_files(self.settings.config)
        try:
            found = preview(self.night, files, self.template, self.account, self.language)
        except RenderError as error:
            path, _, rest = str(error).partition(":")
            raise RenderError(f"{files.place(path)}:{rest}" if path in files else str(error)) from error
        html, text = keep(self.settings.var / "preview", self.template, self.account, found.rendered)
        return {
            "template": self.template,
            "account": self.account,
            "contact": found.contact,
            "role": found.role,
            "language": found.rendered.language,
            "class": found.rendered.klass,
            "subject": found.rendered.subject,
            "samples": list(found.samples),
            "html": str(html),
            "text": str(text),
        }


def _text(data: dict[str, Any]) -> str:
    """For people."""
    lines = [
        f"Subject: {data['subject']}",
        f"  for   {data['contact']} ({data['role'] or 'no role'}) of {data['account']}; class {data['class']}",
        f"  html  {data['html']}",
        f"  text  {data['text']}",
    ]
    if data["samples"]:
        lines.append(f"  with samples for {', '.join(data['samples'])}")
    return "\n".join(lines)
