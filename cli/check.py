"""`perennial check`: is everything that people write right?"""

from typing import Any

import typer

from cli.answer import Answer, Json, settings_of, told
from models.errors import ConfigError

EXIT_WRONG = 2


@told
def check(ctx: typer.Context, json: Json = False) -> Answer:
    """Check every config file, SQL, play and template.

    Exits 2 if anything is wrong. Each problem names file, line, key, and the nearest valid name. Every night
    checks the same before it starts.

    Example: perennial --config examples/ravenstack check
    """
    from config.files import read_files
    from tasks.check import check as check_files
    from tasks.check import check_environment, counts

    settings = settings_of(ctx)
    try:
        files = read_files(settings.config)
    except ConfigError as error:
        return Answer({"ok": False, "problems": [_plain(error)]}, _text([error], {}), EXIT_WRONG)
    problems = [*check_files(files), *check_environment(files, settings)]
    checked = counts(files)
    data = {"ok": not problems, "problems": [_plain(one) for one in problems], "checked": checked}
    return Answer(data, _text(problems, checked), EXIT_WRONG if problems else 0)


def _plain(problem: ConfigError) -> dict[str, Any]:
    """As JSON."""
    return {name: getattr(problem, name) for name in ("file", "line", "key", "problem")}


def _text(problems: list[ConfigError], checked: dict[str, int]) -> str:
    """For people."""
    from cli.table import plural

    if problems:
        return "\n".join([*map(str, problems), "", f"{plural(len(problems), 'problem')}."])
    *parts, (_, files) = checked.items()
    return f"All is well: {', '.join(f'{count} {name}' for name, count in parts)} in {files} files."
