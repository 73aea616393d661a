"""What `perennial check` finds: every problem at once, each with file, line, key, and the nearest valid name."""

from collections.abc import Mapping
from dataclasses import dataclass

import pytest

from config.check import check
from config.files import Files, read_files
from config.load import load_rules
from models.errors import ConfigError
from tasks.check import check as check_all


@dataclass(frozen=True)
class Broken:
    """One thing written wrong, and what must be said of it."""

    file: str
    right: str
    wrong: str
    key: str
    says: str


CONTENT = [
    Broken("config/sources.yaml", "suite: feedback", "suite: feedbak", "sources.feedback.suite", "'feedback'"),
    Broken("config/sources.yaml", "dates: {left: ", "dates: {lft: ", "sources.contacts.dates.lft", "'left'"),
    Broken(
        "config/sources/tickets.sql", "stars AS satisfaction", "stars AS satisfacton", "satisfacton", "'satisfaction'"
    ),
    Broken("config/sources/feedback.sql", "FROM raw", "FROM read_csv('/etc/passwd')", "", "reads `raw` only"),
    Broken("config/sources/churn.sql", "FROM raw", "FROM raw WHERE 1 = 1", "", "keeps every row"),
    Broken(
        "config/expectations/contacts.yaml",
        "_to_match_regex",
        "_to_macth_regex",
        "expectations.1.expect",
        "_to_match_regex'",
    ),
    Broken(
        "config/expectations/contacts.yaml",
        "column: first_name",
        "column: firstname",
        "expectations.2.column",
        "'first_name'",
    ),
    Broken(
        "config/expectations/contracts.yaml",
        "min_value: 0}",
        "min_valu: 0}",
        "expectations.0.kwargs.min_valu",
        "'min_value'",
    ),
    Broken("config/expectations/tickets.yaml", "to: accounts", "to: acounts", "joins.0.to", "'accounts'"),
    Broken(
        "config/expectations/usage.yaml",
        "column: account_id, to: accounts",
        "column: contract_id, to: feedback",
        "joins.0.to",
        "come first",
    ),
    Broken("config/health.yaml", "else usage_trend", "else usage_trnd", "components[0].value", "'usage_trend'"),
    Broken(
        "config/stages.yaml", "days_since_start <= 120", "days_since_stat <= 120", "adoption.when", "'days_since_start'"
    ),
    Broken("config/touch.yaml", "segment = 'enterprise'", "segmnt = 'enterprise'", "touch[0].when", "'segment'"),
    Broken(
        "config/milestones.yaml",
        "features_28d >= 5",
        "features_28d >= 'five'",
        "milestones[1].when",
        "number with text",
    ),
    Broken("config/signals.yaml", "sponsor_left_90d", "now()", "sponsor_left.when", "not allowed"),
    Broken("config/anchors.yaml", "date: term_end", "date: term_ends", "anchors.term_end.date", "'term_end'"),
    Broken("config/plays/renewal.yaml", "touch = 'high'", "tuch = 'high'", "steps.1.when", "'touch'"),
    Broken(
        "config/plays/renewal.yaml",
        "renewal/day-120-plan",
        "renewal/day-120-plans",
        "steps.14.email",
        "'renewal/day-120-plan'",
    ),
    Broken(
        "config/plays/renewal.yaml",
        "anchor: opt_out_deadline",
        "anchor: optout_deadline",
        "anchor",
        "'opt_out_deadline'",
    ),
    Broken(
        "config/plays/onboarding-30-days.yaml",
        "anchor: first_contract_start",
        "anchor: term_end",
        "anchor",
        "per contract",
    ),
    Broken("config/perennial.yaml", "timezone: UTC", "timezone: Europe/Berln", "calendar.timezone", "'Europe/Berlin'"),
]

FORM = [
    Broken("config/sources.yaml", "entity: csms", "entity: csm", "sources.csms", "'csms'"),
    Broken(
        "config/sources.yaml",
        "freshness_days: 45",
        "freshnes_days: 45",
        "sources.contracts.freshnes_days",
        "'freshness_days'",
    ),
    Broken(
        "config/sources.yaml", "freshness_days: 3\n", "freshness_days: three\n", "sources.usage.freshness_days", "three"
    ),
    Broken("config/plays/renewal.yaml", "precedence: 50", "precedense: 50", "precedense", "'precedence'"),
    Broken("config/plays/onboarding-30-days.yaml", "play: onboarding", "play: onboardng", "play", "in a file named"),
    Broken(
        "config/expectations/usage.yaml",
        "severity: quarantine",
        "severity: quarantin",
        "expectations.0.severity",
        "'quarantine'",
    ),
    Broken("config/health.yaml", "weight: 20", "weight: 21", "", "the weights sum to"),
    Broken("config/stages.yaml", "stages:", "stages", "", ""),
    Broken("config/touch.yaml", "touch: tech", "touch: teck", "touch.2.touch", "'tech'"),
    Broken("config/facts/account/support.sql", "-- tickets_open:", "-- ticket_open:", "tickets_open", "header lacks"),
    Broken("config/facts/contact/contact.sql", "FROM contacts", "FROM contact", "", "'contacts'"),
]


@pytest.fixture(scope="module")
def ours() -> Files:
    """The configuration that ships."""
    return read_files()


@pytest.fixture(scope="module")
def content(ours: Files) -> dict[Broken, ConfigError | None]:
    """What one check of a configuration with all of CONTENT says of each."""
    return _found(ours, CONTENT)


@pytest.fixture(scope="module")
def form(ours: Files) -> dict[Broken, ConfigError | None]:
    """What one check of a configuration with all of FORM says of each."""
    return _found(ours, FORM)


def _found(ours: Files, broken: list[Broken]) -> dict[Broken, ConfigError | None]:
    """Break the files, check once, and find the problem that is about each."""
    texts = dict(ours.texts)
    for one in broken:
        assert one.right in texts[one.file], f"{one.file} has no {one.right!r}"
        texts[one.file] = texts[one.file].replace(one.right, one.wrong, 1)
    problems = check(Files(texts))
    return {one: next((problem for problem in problems if _is_about(problem, one)), None) for one in broken}


def _is_about(problem: ConfigError, one: Broken) -> bool:
    return (problem.file, problem.key) == (one.file, one.key) and one.says in problem.problem


def _line(ours: Mapping[str, str], one: Broken) -> int:
    """The line at which it was broken."""
    text = ours[one.file]
    return text[: text.index(one.right)].count("\n") + 1


@pytest.mark.parametrize("one", CONTENT, ids=lambda one: f"{one.file}:{one.key}")
def test_a_wrong_name_is_told_with_file_line_key_and_the_nearest(
    ours: Files, content: dict[Broken, ConfigError | None], one: Broken
) -> None:
    """All problems are found by one check, each where it stands."""
    found = content[one]
    assert found is not None
    assert found.line == _line(ours, one)


@pytest.mark.parametrize("one", FORM, ids=lambda one: f"{one.file}:{one.key}")
def test_what_is_no_valid_file_is_told_with_its_place(form: dict[Broken, ConfigError | None], one: Broken) -> None:
    """One broken file does not hide what is wrong in the others."""
    assert form[one] is not None


def test_the_configuration_that_ships_is_right(ours: Files) -> None:
    """Nothing to say, and the rules load."""
    assert check_all(ours) == []
    assert load_rules(ours).plays


def test_a_missing_mapping_is_told(ours: Files) -> None:
    """Files that others name must be there."""
    texts = {path: text for path, text in ours.texts.items() if path != "config/sources/usage.sql"}
    told = [problem.problem for problem in check(Files(texts))]
    assert told == ["config/sources/usage.sql is missing: the SELECT that maps its rows"]
