"""The Russian mails: all are there, with the values and links of the English; numbers, dates and people read right."""

# ruff: noqa: RUF001 - Russian text is meant

import re
from datetime import date
from typing import Any

import pytest

from config.files import read_files
from config.load import load_rules
from tasks.mail.render import render
from tasks.mail.template import FOLDER, LAYOUTS, find_template, languages_of, template_names
from tests.mail_values import values

SHIPPED = read_files()
PLAYS = load_rules(SHIPPED).plays
NAMES = template_names(SHIPPED)
SURVEYS = [step.email or "" for play in PLAYS.values() for step in play.steps if step.survey]
NOBODY = {"name": "", "email": ""}
PEOPLE_UNKNOWN: dict[str, Any] = {
    "contact": {}, "csm": NOBODY, "sales": NOBODY, "sender": {"name": "Отдел поддержки", "email": ""},
}  # fmt: skip
CYRILLIC: dict[str, Any] = {
    "company": {"name": "Пример", "product": "Пример Про", "sender_name": "Отдел поддержки", "address": "Москва"},
    "contact": {"first_name": "Анна", "last_name": "Ёлкина", "role": "sponsor", "language": "ru"},
    "csm": {"name": "Ким Ли", "email": ""}, "sales": NOBODY, "sender": {"name": "Ким Ли", "email": ""},
    "session": {**values()["session"], "session_topic": "Отчёты, которые читают"},
    "contracts": [{"contract_id": "1", "term_end": None}, {"contract_id": "2", "term_end": date(2026, 1, 31)}],
}  # fmt: skip
SHEET: dict[str, Any] = {
    **values()["account"], "name": "Ромашка", "touch": "low", "currency": "RUB", "feature_to_try": "общие отчёты",
    "usage_days_28d": 21, "features_28d": 4, "usage_base_week": 1221.4, "usage_recent_week": 84, "goals_open": 2,
}  # fmt: skip
KINDS = {"many": SHEET, "one": {**SHEET, "goals_open": 1, "invoices_overdue": 1, "seat_use": 1.2, "touch": "high"}}


def text(template: str, **changes: Any) -> str:
    """The mail's text, in one line with plain spaces."""
    return " ".join(render(SHIPPED, template, "ru", values(**changes)).text.split())


@pytest.mark.parametrize("name", [*NAMES, f"{LAYOUTS}/footer"])
def test_a_russian_mail_is_what_the_english_one_is(name: str) -> None:
    """The same class, layout, values and targets of links; only the words differ."""
    assert "ru" in languages_of(SHIPPED, name)
    english, russian = (find_template(SHIPPED, name, language) for language in ("en", "ru"))

    assert (russian.front.klass, russian.front.layout) == (english.front.klass, english.front.layout)
    assert set(russian.front.needs) == set(english.front.needs)
    assert set(russian.front.optional) == set(english.front.optional)
    assert set(_targets(russian.body)) == set(_targets(english.body))


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("people", [{}, PEOPLE_UNKNOWN], ids=["known", "unknown"])
@pytest.mark.parametrize("sheet", KINDS.values(), ids=KINDS)
def test_nothing_is_left_in_english_and_no_sign_stands_twice(
    name: str, people: dict[str, Any], sheet: dict[str, Any]
) -> None:
    """With values in Cyrillic no Latin letter is left but in addresses; no stop after a stop, no space before one."""
    mail = render(SHIPPED, name, "ru", values(**{**CYRILLIC, "account": sheet, **people}))
    said = " ".join([mail.subject, mail.preheader, re.sub(r" <[^>]*>", "", mail.text)]).replace("\n", " ")

    assert not re.findall(r"[A-Za-z]+", said)
    assert not re.findall(r"[.,:;!?]{2}| [.,:;!?]|\( | \)|«»|« | »|\*\*", said)
    assert len(mail.subject) <= 90
    assert mail.preheader != mail.subject


@pytest.mark.parametrize("name", NAMES)
def test_nobody_who_writes_or_reads_is_a_man_or_a_woman(name: str) -> None:
    """No past tense and no adjective that tells which after `я`, no forms in brackets, and `вы` is written small."""
    body = SHIPPED[f"{FOLDER}/{name}.ru.md"]

    assert not re.findall(r"\b[Яя] (?:\w+ )?(?:\w+(?:л|ла|лся|лась)|рада?|готова?|должна?|уверена?)\b", body)
    assert not re.findall(r"[а-я]\([а-я]{1,2}\)", body)
    assert not re.findall(r"(?<![.!?:*«»] )(?<!^)(?<!\")\bВ(?:ы|ас|ам|ами|аш\w*)\b", body, re.MULTILINE)


@pytest.mark.parametrize("name", SURVEYS)
def test_a_survey_asks_one_thing_and_links_to_its_page_once(name: str) -> None:
    """As in English."""
    mail = render(SHIPPED, name, "ru", values())

    assert mail.text.count("https://answers.example.com/survey") == 1
    assert mail.html.count("<strong>") == 1


@pytest.mark.parametrize(
    ("template", "change", "words"),
    [
        ("plan/what-we-understood", {"goals_open": 1}, "одна цель вашей компании, которая ещё не достигнута"),
        ("plan/what-we-understood", {"goals_open": 3}, "В моих записях 3 открытые цели вашей компании."),
        ("plan/what-we-understood", {"goals_open": 11}, "В моих записях 11 открытых целей вашей компании."),
        ("plan/what-we-understood", {"goals_open": 21}, "В моих записях 21 открытая цель вашей компании."),
        ("plan/what-we-understood", {"goals_open": None}, "Мне пока не хватает вашей главной цели"),
        ("adoption/aha-reached", {}, "работала с продуктом 21 день; использовано функций: 4."),
        ("adoption/aha-reached", {"usage_days_28d": 12}, "работала с продуктом 12 дней;"),
        ("adoption/aha-reached", {"usage_days_28d": 22}, "работала с продуктом 22 дня;"),
        ("usage-drop/what-changed", {}, "около 1 221 действия; в последние четыре недели — около 84 в неделю."),
        ("usage-drop/what-changed", {"usage_base_week": 212.6}, "выходило около 213 действий;"),
        ("win-back/day-90-delivered", {"requests_delivered_90d": 1}, "выполнено одно из этих пожеланий."),
        ("win-back/day-90-delivered", {"requests_delivered_90d": 2}, "выполнено 2 пожелания из этого списка."),
        ("win-back/day-90-delivered", {"requests_delivered_90d": 5}, "выполнено 5 пожеланий из этого списка."),
        ("payment-overdue/reminder-7", {"invoices_overdue": 1}, "есть неоплаченный счёт за «Example»"),
        ("payment-overdue/reminder-7", {"invoices_overdue": 4}, "4 неоплаченных счёта за «Example» на общую сумму"),
        ("payment-overdue/reminder-14", {"invoices_overdue": 12}, "по-прежнему 12 неоплаченных счетов на общую сумму"),
        ("payment-overdue/reminder-30", {"invoices_overdue": 2}, "Неоплаченных счетов — 2; срок оплаты самого раннего"),
        ("expansion-upsell/idea", {"seat_use": 1.2}, "работало больше людей, чем рабочих мест в договоре."),
        ("expansion-upsell/idea", {"seat_use": 1}, "использовала все или почти все рабочие места"),
        ("onboarding/day-01-intro", {"touch": "low"}, "Для первого разговора хватит получаса"),
    ],
)  # fmt: skip
def test_a_number_and_its_word_agree(template: str, change: dict[str, Any], words: str) -> None:
    """One, few and many of each thing that a mail counts."""
    assert words in text(template, account={**SHEET, **change})


@pytest.mark.parametrize(
    ("minutes", "words"), [(1, "1 минута"), (30, "30 минут"), (42, "42 минуты"), (45, "45 минут"), (61, "61 минута")]
)
@pytest.mark.parametrize("template", ["plan/plan-meeting", "plan/review-meeting"])
def test_a_meeting_has_its_minutes(template: str, minutes: int, words: str) -> None:
    """However long the play's author makes it."""
    meeting = {**values()["meeting"], "minutes": minutes}
    mail = render(SHIPPED, template, "ru", values(meeting=meeting))

    assert f"6 января 2025 года в 10:00, {words}; приглашение приложено." in " ".join(mail.text.split())
    assert mail.preheader == f"{words}; приглашение приложено."


@pytest.mark.parametrize(
    ("people", "words", "name"),
    [
        ({}, "новое контактное лицо компании Acme (это Nina Park) могло начать", "Tom Reyes"),
        ({"sales": NOBODY}, "чтобы моя работа с компанией Acme началась там, где остановились мои", "Nina Park"),
        ({"sales": NOBODY, "csm": NOBODY}, "наша команда «Customer Success», которая теперь", "Customer Success"),
    ],
)
def test_the_hand_over_speaks_of_whoever_does_not_sign_it(people: dict[str, Any], words: str, name: str) -> None:
    """Sales presents the CSM, the CSM speaks of themselves, the team of itself."""
    mail = text("handover/schedule-handover", **people)

    assert words in mail
    assert f"С уважением, {name} Example Software" in mail


@pytest.mark.parametrize(
    ("template", "words"),
    [
        ("renewal/day-90-notice", "Вы получили это уведомление как контактное лицо компании Acme по договору"),
        ("win-back/day-30", "согласились получать сообщения от компании Example Software"),
        ("onboarding/day-03-follow-up", "контактное лицо компании Acme, клиента компании Example Software"),
    ],
)
def test_the_footer_says_why_the_mail_came(template: str, words: str) -> None:
    """By the mail's class."""
    assert words in text(template).split(" -- ")[1]


def test_a_notice_says_who_does_what_by_when() -> None:
    """With a contract that renews itself, and with one that does not."""
    open_end = {**values()["contract"], "contract_auto_renew": False}

    assert "Договор продлевается автоматически." in text("renewal/day-90-notice")
    asked = "Пожалуйста, сообщите нам до 3 октября 2024 года включительно, как вы хотите поступить дальше."
    assert asked in text("renewal/day-90-notice", contract=open_end)
    assert "продлевается" not in text("renewal/day-180-outlook", contract=open_end)


def _targets(body: str) -> list[str]:
    """Where the links of a template lead."""
    return re.findall(r"\]\(([^)]*)\)", body)
