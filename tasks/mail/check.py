"""What `perennial check` says of the templates, without rendering one for a customer."""

from collections.abc import Callable
from functools import partial

from config.files import Files
from config.parts import read_parts
from models.errors import ConfigError
from tasks.mail.press import press
from tasks.mail.template import (
    DEFAULT_LANGUAGE,
    FOLDER,
    LAYOUTS,
    find_template,
    languages_of,
    read_template,
    template_names,
)

COMPANY = "config/perennial.yaml"


def check_templates(files: Files) -> list[ConfigError]:
    """Every error of every template, layout and footer, in the order of their paths.

    Each file is looked at by the process that renders: what would break it is told, and breaks nothing else.
    """
    paths = [*files.under(f"{FOLDER}/{LAYOUTS}", ".mjml"), *files.under(FOLDER, ".md")]
    found = [error for path in paths for error in press().check(files, path)]
    checks: list[Callable[[], object]] = [partial(_check_booking, files)]
    checks += [partial(_check_english, files, name) for name in template_names(files)]
    checks.append(partial(find_template, files, f"{LAYOUTS}/footer", DEFAULT_LANGUAGE))
    return [*found, *(error for check in checks for error in _tried(check))]


def _tried(check: Callable[[], object]) -> list[ConfigError]:
    """The error that a check raises, if it does."""
    try:
        check()
    except ConfigError as error:
        return [error]
    return []


def _check_booking(files: Files) -> None:
    """The page on which meetings are booked is configured, if a play sends somebody there."""
    read = read_parts(files).read
    company = read.get("company")
    if company is None or company.booking_url:
        return
    for play in read["plays"].values():
        for step in play.steps:
            path = f"{FOLDER}/{step.template}.{DEFAULT_LANGUAGE}.md"
            if path in files and "booking.url" in read_template(path, files[path]).front.needs:
                said = f"'{step.template}' needs 'booking.url', and there is no page: booking_url: in {COMPANY}"
                raise ConfigError(said, file=f"config/plays/{play.play}.yaml", key=f"steps.{step.id}")


def _check_english(files: Files, name: str) -> None:
    """Every template has the version to which all languages fall back."""
    if DEFAULT_LANGUAGE not in languages_of(files, name):
        problem = "the English version is missing, to which all languages fall back"
        raise ConfigError(problem, file=f"{FOLDER}/{name}.{DEFAULT_LANGUAGE}.md")
