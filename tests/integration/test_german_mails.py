"""The German mails: all of them are there, they promise what the English ones promise, and they read as German does."""

import re
from typing import Any

import pytest

from config.files import read_files
from tasks.mail.render import Rendered, render
from tasks.mail.template import find_template, languages_of, template_names
from tests.mail_values import values

SHIPPED = read_files()
NAMES = template_names(SHIPPED)
LINK = re.compile(r"<(https?://[^>]+)>|\((\S+@\S+)\)")
NOBODY = {"name": "", "email": ""}


def mail(name: str, language: str = "de", **account: Any) -> Rendered:
    """The mail for an account with these figures."""
    return render(SHIPPED, name, language, values(account={**values()["account"], **account}))


def text(name: str, **account: Any) -> str:
    """The German text, in one line."""
    return " ".join(mail(name, **account).text.split())


@pytest.mark.parametrize("name", NAMES)
def test_every_mail_is_in_german(name: str) -> None:
    """With the class, the layout and the needs of its English version; of the contact it may know the last name too."""
    assert "de" in languages_of(SHIPPED, name)
    german, english = (find_template(SHIPPED, name, language).front for language in ("de", "en"))
    assert (german.klass, german.layout, set(german.needs)) == (english.klass, english.layout, set(english.needs))
    assert set(german.optional) == {*english.optional, "contact.last_name"}


@pytest.mark.parametrize("name", NAMES)
def test_german_leads_where_english_leads(name: str) -> None:
    """The same links, in the same order, with a page to book on and a low touch."""
    german, english = (LINK.findall(mail(name, language, touch="low").text) for language in ("de", "en"))
    assert german == english


@pytest.mark.parametrize("name", NAMES)
def test_a_german_mail_greets_and_takes_leave_formally(name: str) -> None:
    """With the whole name, without one where it is not whole; nobody is addressed as a friend."""
    assert mail(name).text.startswith("Guten Tag Ada Löw,\n\n")
    short = render(SHIPPED, name, "de", values(contact={"first_name": "Ada"})).text
    assert short.startswith("Guten Tag,\n\n")
    assert "\nFreundliche Grüße\n" in short
    assert not re.search(r"\b(du|dich|dir|dein\w*|euch|euer|eure\w*)\b", short, re.IGNORECASE)


@pytest.mark.parametrize("name", NAMES)
def test_a_german_mail_begins_as_after_a_comma(name: str) -> None:
    """What follows the greeting is small, unless it is a noun, a name or the polite Sie or Ihr."""
    first = mail(name).text.split("\n\n")[1].split()[0]
    assert first[0].islower() or first in {"Acme", "Sie", "Ihr"}


@pytest.mark.parametrize("name", NAMES)
def test_the_preheader_adds_to_the_subject(name: str) -> None:
    """A reader of the inbox sees both; subjects leave room for the account's name."""
    found = mail(name)
    assert found.preheader != found.subject
    assert len(found.subject) <= 72


@pytest.mark.parametrize(
    ("name", "figures", "words"),
    [
        (
            "payment-overdue/reminder-7",
            {"invoices_overdue": 1},
            "ist eine Rechnung an Acme für Example noch nicht bezahlt",
        ),
        (
            "payment-overdue/reminder-7",
            {"invoices_overdue": 4},
            "sind 4 Rechnungen an Acme für Example noch nicht bezahlt",
        ),
        (
            "payment-overdue/reminder-14",
            {"invoices_overdue": 1},
            "weiterhin eine Rechnung offen: 2.469 €, fällig am 20. Dezember 2024.",
        ),
        (
            "payment-overdue/reminder-14",
            {"invoices_overdue": 2},
            "2 Rechnungen offen: insgesamt 2.469 €. Die älteste war am",
        ),
        ("payment-overdue/reminder-30", {"invoices_overdue": 1}, "Die Rechnung war am 20. Dezember 2024 fällig."),
        (
            "payment-overdue/reminder-30",
            {"invoices_overdue": 3},
            "Die älteste von 3 Rechnungen war am 20. Dezember 2024 fällig.",
        ),
        (
            "adoption/aha-reached",
            {"usage_days_28d": 1, "features_28d": 1},
            "es an 1 Tag genutzt, mit einer seiner Funktionen.",
        ),
        (
            "adoption/aha-reached",
            {"usage_days_28d": 14, "features_28d": 4},
            "es an 14 Tagen genutzt, mit 4 seiner Funktionen.",
        ),
        (
            "usage-drop/what-changed",
            {"usage_base_week": 12412, "usage_recent_week": 84},
            "etwa 12.412 Aktionen; in den vergangenen vier Wochen waren es etwa 84 pro Woche",
        ),
        (
            "plan/what-we-understood",
            {"goals_open": 1},
            "ein Ziel von Ihnen, das noch offen ist. Ich wüsste gern, ob es das richtige ist",
        ),
        (
            "plan/what-we-understood",
            {"goals_open": 3},
            "3 Ziele von Ihnen, die noch offen sind. Ich wüsste gern, welches",
        ),
        ("win-back/day-90-delivered", {"requests_delivered_90d": 1}, "Einer dieser Wünsche ist"),
        ("win-back/day-90-delivered", {"requests_delivered_90d": 2}, "2 dieser Wünsche sind"),
        (
            "expansion-upsell/idea",
            {"seat_use": 1.2},
            "mehr Menschen mit Example gearbeitet, als der Vertrag Lizenzen umfasst",
        ),
        ("expansion-upsell/idea", {"seat_use": 0.93}, "alle oder fast alle Lizenzen"),
        ("expansion-upsell/idea", {"seat_use": None}, "ich habe mir angesehen, wie Acme mit Example arbeitet"),
    ],
)
def test_german_counts_as_people_count(name: str, figures: dict[str, Any], words: str) -> None:
    """One is one, several are several, and money and numbers have German marks."""
    assert words in text(name, **figures)


@pytest.mark.parametrize(
    ("people", "words"),
    [
        ({}, "damit Nina Park, ab jetzt für Acme zuständig, dort anknüpfen kann, wo wir"),
        ({"sales": NOBODY}, "damit ich, ab jetzt für Acme zuständig, dort anknüpfen kann, wo andere"),
        ({"sales": NOBODY, "csm": NOBODY}, "damit unser Team (Customer Success), ab jetzt für Acme zuständig, dort"),
    ],
)
def test_whoever_signs_says_i(people: dict[str, Any], words: str) -> None:
    """The invitation to the hand-over speaks of the CSM only where sales signs it."""
    found = render(SHIPPED, "handover/schedule-handover", "de", values(**people)).text
    assert words in " ".join(found.split())


@pytest.mark.parametrize(("klass", "words"), [
    ("renewal/day-90-notice", "Kontaktperson für den Vertrag mit Example Software"),
    ("webinar/invitation", "weil Sie zugestimmt haben, von Example Software zu hören"),
    ("surveys/nps", "weil Sie Kontaktperson von Acme sind, einem Kunden von Example Software"),
])  # fmt: skip
def test_the_footer_says_why_in_german(klass: str, words: str) -> None:
    """Each class has its reason."""
    assert words in text(klass)
