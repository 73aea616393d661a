"""`perennial templates`: every mail that a configuration can send, read before a customer reads it."""

from typing import TYPE_CHECKING, Any

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
