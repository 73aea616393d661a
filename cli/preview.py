"""`perennial preview`: a template with real values."""

from typing import Annotated, Any

import typer

from cli.answer import Answer, Json, settings_of, told


@told
def preview(
    ctx: typer.Context,
    template: Annotated[str, typer.Argument(help="The template, like onboarding/day-01-intro.")],
    account: Annotated[str, typer.Option(help="The account whose values it gets, by id or name.")],
    language: Annotated[str | None, typer.Option(help="Language (default: the contact's).")] = None,
    json: Json = False,
) -> Answer:
    """Render a template with an account's values.

    The template as it lies on the disk, the values of the newest night; nothing is sent. Where the account has
    no ticket, session or other thing that the template needs, a sample stands for it. Writes the HTML and the
    text under --var/preview and prints their paths.

    Example: perennial preview renewal/day-90-notice --account A00017
    """
    from config.files import read_files
    from tasks.lookup import account_of
    from tasks.opening import latest_night, open_place
    from tasks.preview import keep
    from tasks.preview import preview as render

    settings = settings_of(ctx)
    with open_place(settings, create=False) as place:
        night = latest_night(place)
        id_ = account_of(night, account)
        found = render(night, read_files(settings.config), template, id_, language)
    html, text = keep(settings.var / "preview", template, id_, found.rendered)
    data = {
        "template": template,
        "account": id_,
        "contact": found.contact,
        "role": found.role,
        "language": found.rendered.language,
        "class": found.rendered.klass,
        "subject": found.rendered.subject,
        "samples": list(found.samples),
        "html": str(html),
        "text": str(text),
    }
    return Answer(data, _text(data))


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
