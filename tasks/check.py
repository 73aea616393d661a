"""The whole configuration with its templates, checked; and what the environment must say for the sources."""

from functools import cache

from config.check import check as check_config
from config.files import Files
from config.parts import SOURCES, read_parts
from config.settings import Settings
from models.company import OURS
from models.errors import ConfigError
from tasks.mail.check import check_templates
from tasks.mail.check_names import check_names
from tasks.sources.environment import REFERENCE, names_here


def check(files: Files) -> list[ConfigError]:
    """Everything that is wrong with the files; what one source lacks in the environment fails that source alone."""
    return _placed(files, _problems(files.dump()))


@cache
def _problems(dumped: str) -> list[ConfigError]:
    """The same, looked for once a process: a night is checked before Prefect starts, and as it begins."""
    files = Files.parse(dumped)
    return [*check_config(files), *check_templates(files)] or check_names(files)


def check_environment(files: Files, settings: Settings) -> list[ConfigError]:
    """The names in sources' addresses that are set nowhere and have no default."""
    names = names_here(settings.home)
    parts = read_parts(files)
    before = len(parts.problems)
    for source, spec in parts.read["sources"].items():
        for key in ("path", "url", "query"):
            for match in REFERENCE.finditer(getattr(spec, key) or ""):
                if match["default"] is None and not names.get(match["name"]):
                    said = f"${{{match['name']}}} is not set; set {match['name']} in the environment or in .env"
                    parts.say(said, SOURCES, "sources", source, key)
    problem = missing_address(files, settings)
    return _placed(files, [*parts.problems[before:], *([problem] if problem else [])])


def missing_address(files: Files, settings: Settings) -> ConfigError | None:
    """That mails would lead to pages of ours, and nobody has said where these are."""
    company = read_parts(files).read.get("company")
    wanted = [key for key in ("survey_url", "booking_url") if company and getattr(company, key) == OURS]
    if not wanted or settings.public_url:
        return None
    said = "`ours` needs PERENNIAL_PUBLIC_URL, the address of `perennial serve`, e.g. http://127.0.0.1:8025"
    return ConfigError(said, file="config/perennial.yaml", key=wanted[0])


def _placed(files: Files, problems: list[ConfigError]) -> list[ConfigError]:
    """The problems, each told of its file where a person finds it."""
    return [problem.at(files.place(problem.file)) for problem in problems]


def counts(files: Files) -> dict[str, int]:
    """What there was to check."""
    read = read_parts(files).read
    facts = files.under("config/facts", ".sql")
    return {
        "sources": len(read["sources"]),
        "suites": len(read["suites"]),
        "facts": len(facts),
        "plays": len(read["plays"]),
        "templates": len(files.under("templates/emails", ".md")),
        "files": len(files),
    }
