"""Mails of surveys, closed loops, invitations and win-back: their class, their link, their words."""

import pytest

from config.files import read_files
from config.load import load_rules
from tasks.mail.render import render
from tasks.mail.template import find_template, languages_of
from tests.mail_values import values

SHIPPED = read_files()
PLAYS = load_rules(SHIPPED).plays
SURVEYS = [
    (step.email, language)
    for play in PLAYS.values()
    for step in play.steps
    if step.survey and step.email
    for language in languages_of(SHIPPED, step.email)
]
MARKETING = {
    "advocacy/quote", "advocacy/referral", "webinar/invitation", "webinar/last-call",
    "win-back/day-30", "win-back/day-90", "win-back/day-90-delivered", "win-back/day-180",
}  # fmt: skip
MINE = (
    "advocacy-and-referral", "webinar-invitation", "nps-survey", "nps-closed-loop", "csat-after-ticket",
    "csat-closed-loop", "ces-after-onboarding", "ces-closed-loop", "win-back",
)  # fmt: skip


@pytest.mark.parametrize("play", MINE)
def test_surveys_and_help_are_service_and_what_we_want_ourselves_is_marketing(play: str) -> None:
    """Only what serves us needs consent: a quote, an introduction, an audience, a customer back."""
    templates = {step.template for step in PLAYS[play].steps if step.template}
    classes = {name: find_template(SHIPPED, name, "en").front.klass for name in templates}

    assert classes == {name: "marketing" if name in MARKETING else "service" for name in templates}


@pytest.mark.parametrize(("name", "language"), SURVEYS)
def test_a_survey_asks_one_thing_and_links_to_its_page_once(name: str, language: str) -> None:
    """The link of the night, in both bodies; one question in bold; in each language."""
    mail = render(SHIPPED, name, language, values())

    assert mail.text.count("https://answers.example.com/survey") == 1
    assert mail.html.count("https://answers.example.com/survey") == 1
    assert mail.html.count("<strong>") == 1


@pytest.mark.parametrize(
    ("count", "words"), [(1, "One of them has been delivered"), (3, "3 of them have been delivered")]
)
def test_what_was_delivered_is_counted_as_people_count(count: int, words: str) -> None:
    """One has, three have."""
    given = values(account={**values()["account"], "requests_delivered_90d": count})

    assert words in " ".join(render(SHIPPED, "win-back/day-90-delivered", "en", given).text.split())


def test_a_quote_is_asked_for_with_the_day_on_which_it_began() -> None:
    """A date reads as a date."""
    assert "since May 8, 2023" in " ".join(render(SHIPPED, "advocacy/quote", "en", values()).text.split())
