"""The Arabic mails: all of them are there, they keep the English ones' rules, and they read from right to left."""

import re
import unicodedata
from typing import Any

import pytest

from config.files import read_files
from tasks.mail.render import Rendered, render
from tasks.mail.template import find_template, languages_of, template_names
from tests.mail_values import values

SHIPPED = read_files()
NAMES = template_names(SHIPPED)
ADDRESS = re.compile(r"<?https?://\S+|\S+@\S+")


def mail(name: str, **account: Any) -> Rendered:
    """The Arabic mail for an account with these figures."""
    return render(SHIPPED, name, "ar", values(account={**values()["account"], **account}))


@pytest.mark.parametrize("name", NAMES)
def test_every_mail_is_in_arabic(name: str) -> None:
    """With the class, the layout and the needs of its English version."""
    assert "ar" in languages_of(SHIPPED, name)
    arabic, english = (find_template(SHIPPED, name, language).front for language in ("ar", "en"))
    assert (arabic.klass, arabic.layout, set(arabic.needs)) == (english.klass, english.layout, set(english.needs))


@pytest.mark.parametrize("name", NAMES)
def test_every_line_begins_in_arabic(name: str) -> None:
    """A line that begins with a Latin name would run from left to right where a mail program asks the first letter."""
    found = mail(name, feature_to_try="Time tracking", goals_open=3)
    body = found.text.partition("مع أطيب التحيات")[0]
    for line in (found.subject, found.preheader, *filter(None, body.splitlines())):
        if line != values()["session"]["session_topic"]:
            assert _first_letter(ADDRESS.sub("", line)) == "AL", line
    assert "direction:ltr" not in found.html


@pytest.mark.parametrize(
    ("name", "figures", "words"),
    [
        ("payment-overdue/reminder-7", {"invoices_overdue": 1}, "لم تُسدَّد بعد فاتورة صادرة"),
        ("payment-overdue/reminder-7", {"invoices_overdue": 2}, "لم تُسدَّد بعد فاتورتان صادرتان"),
        ("payment-overdue/reminder-7", {"invoices_overdue": 4}, "لم تُسدَّد بعد 4 فواتير صادرة"),
        ("payment-overdue/reminder-7", {"invoices_overdue": 12}, "لم تُسدَّد بعد 12 فاتورة صادرة"),
        ("payment-overdue/reminder-14", {"invoices_overdue": 2}, "لم تُسدَّد حتى الآن فاتورتان، بمبلغ إجمالي"),
        ("payment-overdue/reminder-30", {"invoices_overdue": 1}, "وقد حل تاريخ استحقاق الفاتورة في"),
        ("adoption/aha-reached", {"usage_days_28d": 2, "features_28d": 11}, "في يومين، وشمل ذلك 11 ميزة"),
        ("adoption/aha-reached", {"usage_days_28d": 18, "features_28d": 3}, "في 18 يومًا، وشمل ذلك 3 ميزات"),
        ("plan/what-we-understood", {"goals_open": 1}, "هدفًا واحدًا لم يتحقق بعد"),
        ("plan/what-we-understood", {"goals_open": 2}, "دوّنت لكم هدفين"),
        ("win-back/day-90-delivered", {"requests_delivered_90d": 1}, "أُنجز واحد منها"),
        ("expansion-upsell/idea", {"seat_use": 1.2}, "تجاوز عدد مستخدمي"),
    ],
)
def test_nouns_agree_with_their_numbers(name: str, figures: dict[str, Any], words: str) -> None:
    """One, two, a few and many each have their form."""
    assert words in mail(name, **figures).text


@pytest.mark.parametrize(
    ("sales", "csm", "words"),
    [
        ("Tom Reyes", "Nina Park", "التي تنتقل من الآن إلى Nina Park"),
        ("", "Nina Park", "حتى أبدأ من حيث توقفنا"),
        ("Nina Park", "Nina Park", "حتى أبدأ من حيث توقفنا"),
        ("", "", "حتى يبدأ فريق Customer Success"),
    ],
)
def test_a_handover_names_the_one_who_takes_over(sales: str, csm: str, words: str) -> None:
    """Whoever signs speaks of themselves as I, and of nobody as a man or a woman."""
    people = {"sales": {"name": sales, "email": ""}, "csm": {"name": csm, "email": ""}}
    assert words in render(SHIPPED, "handover/schedule-handover", "ar", values(**people)).text


def _first_letter(line: str) -> str:
    """The direction of the first letter, as a mail program that guesses sees it."""
    return next((kind for kind in map(unicodedata.bidirectional, line) if kind in ("L", "R", "AL")), "AL")
