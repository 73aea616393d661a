"""`perennial templates`: every mail that a configuration can send, read before a customer reads it."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli.answer import Answer, Json, settings_of, told

if TYPE_CHECKING:
    from tasks.mail.proofread import Proofs

EXIT_WRONG = 2
app = typer.Typer(no_args_is_help=True, help="Every mail of a configuration, read before a customer reads it.")


@app.command("check")
@told
def check(ctx: typer.Context, json: Json = False) -> Answer:
    """Render every mail in every language for the worst of customers.

    Made-up customers with the longest names, right-to-left names, markup in their names, one and thirty contracts,
    and without each value that is optional. Looks at links, size, names, plain text against HTML, and says which
    languages are missing. Exits 2 if anything is wrong; a missing language is told and is no error.

    Example: perennial templates check
    """
    from config.files import read_files
    from tasks.check import check as check_files
    from tasks.mail.press import press
    from tasks.mail.proofread import Proofs, proofread

    files = read_files(settings_of(ctx).config)
    wrong = check_files(files)
    proofs = Proofs(problems=wrong) if wrong else proofread(files, press())
    problems = wrong or [problem.at(files.place(problem.file)) for problem in proofs.problems]
    data = {
        "ok": not problems,
        "problems": [{name: getattr(one, name) for name in ("file", "line", "key", "problem")} for one in problems],
        "mails": proofs.mails,
        "missing": proofs.missing,
    }
    return Answer(data, _text(list(map(str, problems)), proofs), EXIT_WRONG if problems else 0)


@app.command("gallery")
@told
def gallery(
    ctx: typer.Context,
    out: Annotated[Path | None, typer.Option(help="Folder for the page (default: --var/gallery).")] = None,
    json: Json = False,
) -> Answer:
    """Write one page with every mail in every language, to look at in a browser.

    As a desktop and a phone show it, in light and in dark; with subject, preview line and plain text. The page needs
    no network, and neither do its mails. Exits 2 if a mail cannot be rendered; the page says which, and why.

    Example: perennial templates gallery --out mails
    """
    from config.files import read_files
    from tasks.gallery import gallery as hang
    from tasks.mail.press import press

    settings = settings_of(ctx)
    found, folder = hang(read_files(settings.config), press()), out or settings.var / "gallery"
    folder.mkdir(parents=True, exist_ok=True)
    page = folder / "index.html"
    page.write_text(found.page, encoding="utf-8")
    data = {"page": str(page), "mails": len(found.mails), "languages": found.languages, "problems": found.problems}
    told = f"{len(found.mails)} mails in {', '.join(found.languages)}: {page}"
    return Answer(data, "\n".join([*found.problems, told]), EXIT_WRONG if found.problems else 0)


def _text(problems: list[str], proofs: "Proofs") -> str:
    """For people."""
    from cli.table import plural

    lines = [*problems, ""] if problems else []
    lines += [f"Not written in '{language}' yet: {_names(names)}" for language, names in proofs.missing.items()]
    lines.append(f"{plural(len(problems), 'problem')} in {plural(proofs.mails, 'rendered mail')}.")
    return "\n".join(lines)


def _names(names: list[Any]) -> str:
    """The first of them, and how many more."""
    more = f" and {len(names) - 5} more" if len(names) > 5 else ""
    return ", ".join(names[:5]) + more
