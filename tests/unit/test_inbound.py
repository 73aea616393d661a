"""What a mail that came in is: by signed addresses, by what it answers, by who wrote it; no machine needed."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.auto_reply import BEGINNINGS, automatic
from models.bounce import code_of, judged
from models.excerpt import LENGTH, excerpt
from models.inbound import Way, classify, ways
from models.incoming import Incoming, Report
from models.return_paths import LIFE, return_address

KEY, OLD, DOMAIN = b"key", b"old", "perennial.example"
TODAY = date(2025, 3, 3)
ID = "6f9619ff-8b86-5011-b42d-00cf4fc964ff"
OTHER = "6f9619ff-8b86-5011-b42d-00cf4fc964fe"


def address(prefix: str, key: bytes = KEY, today: date = TODAY) -> str:
    """A signed address of the message."""
    return return_address(prefix, key, ID, DOMAIN, today)


@pytest.mark.parametrize(
    ("mail", "expected"),
    [
        (Incoming("1", recipients=(address("r"),)), [Way("reply", ID)]),
        (Incoming("1", recipients=(address("b", OLD),)), [Way("bounce", ID)]),
        (Incoming("1", recipients=(address("b", b"theirs"),)), []),
        (Incoming("1", recipients=(address("r").replace("r+", "u+"),)), []),
        (Incoming("1", recipients=(address("u", today=TODAY - LIFE - timedelta(days=1)),)), []),
        (Incoming("1", answered=(f"<{ID}@{DOMAIN}>",)), [Way("answered", ID)]),
        (Incoming("1", answered=(f"<{ID.upper()}@PERENNIAL.example>",)), [Way("answered", ID)]),
        (Incoming("1", answered=(f"<{ID}@elsewhere.example>", "<x@perennial.example>")), []),
        (Incoming("1", inside=(address("r"), f"<{ID}@{DOMAIN}>")), []),
        (Incoming("1", complaint="abuse", inside=(address("r"), f"<{ID}@{DOMAIN}>")), [Way("inside", ID)]),
    ],
)
def test_a_mail_belongs_to_a_message_by_a_signed_address_or_its_message_id(mail: Incoming, expected: list[Way]) -> None:
    """Another key, purpose, domain or day leads nowhere; what a mail quotes counts in reports alone."""
    assert ways(mail, [KEY, OLD], DOMAIN, TODAY) == expected


FAILED = Report("failed", "5.1.1")
REPLY, BOUNCE, WISH = Way("reply", ID), Way("bounce", ID), Way("unsubscribe", ID)


@pytest.mark.parametrize(
    ("mail", "found", "expected"),
    [
        (Incoming("1"), [REPLY], "reply"),
        (Incoming("1"), [Way("answered", ID)], "reply"),
        (Incoming("1"), [BOUNCE], "auto_reply"),
        (Incoming("1"), [BOUNCE, Way("answered", ID)], "reply"),
        (Incoming("1", headers={"auto-submitted": "auto-replied"}), [REPLY], "auto_reply"),
        (Incoming("1", headers={"auto-submitted": "auto-generated"}), [WISH], "unsubscribe"),
        (Incoming("1"), [Way("reply", OTHER)], "unknown"),
        (Incoming("1"), [], "unknown"),
        (Incoming("1", reports=(FAILED,)), [BOUNCE], "bounce"),
        (Incoming("1", reports=(FAILED,)), [Way("inside", ID)], "bounce"),
        (Incoming("1", reports=(FAILED,)), [REPLY], "unknown"),
        (Incoming("1", reports=(FAILED,)), [WISH], "unknown"),
        (Incoming("1", reports=(Report("delayed", "4.4.1"),)), [BOUNCE], "delayed"),
        (Incoming("1", reports=(Report("relayed", "2.0.0"),)), [BOUNCE], "delivered"),
        (Incoming("1", complaint="abuse"), [Way("inside", ID)], "complaint"),
        (Incoming("1", complaint="not-spam"), [Way("inside", ID)], "unknown"),
        (Incoming("1", complaint="abuse"), [], "unknown"),
    ],
)
def test_the_kind_of_a_mail(mail: Incoming, found: list[Way], expected: str) -> None:
    """Reports count for the return path alone, answers for messages that were really sent."""
    assert classify(mail, found, {ID}).kind == expected


def test_what_comes_from_ourselves_is_no_answer() -> None:
    """It would go in circles."""
    assert classify(Incoming("1"), [REPLY], {ID}, own=True).kind == "unknown"


@pytest.mark.parametrize(
    ("report", "expected"),
    [
        (Report("failed", "5.1.1"), ("dead", "5.1.1")),
        (Report("failed", "5.0.0", "smtp; 550 5.1.10 not found"), ("dead", "5.1.10")),
        (Report("failed", "5.0.0", "smtp; 550 No such user"), ("dead", "5.1.1")),
        (Report("failed", "", "450 no such user, try later"), ("failed", "")),
        (Report("failed", "5.1.8", "bad domain of the sender"), ("policy", "5.1.8")),
        (Report("failed", "5.1.1", "550 5.7.1 blocked"), ("policy", "5.7.1")),
        (Report("failed", "5.1.1", "550 listed in our blocklist"), ("policy", "5.1.1")),
        (Report("failed", "5.7.509", "DMARC"), ("policy", "5.7.509")),
        (Report("failed", "5.2.2"), ("counted", "5.2.2")),
        (Report("failed", "4.4.7"), ("counted", "4.4.7")),
        (Report("failed", "4.2.2"), ("failed", "4.2.2")),
        (Report("failed", "5.3.4"), ("failed", "5.3.4")),
        (Report("delayed", "5.1.1"), ("delayed", "5.1.1")),
        (Report("delivered", "2.1.5"), ("delivered", "2.1.5")),
    ],
)
def test_what_a_report_means(report: Report, expected: tuple[str, str]) -> None:
    """Only a failure 5.1.x of the address itself makes it dead; 5.7.x never."""
    assert judged(report) == expected


@given(st.text(max_size=200), st.text(max_size=20), st.sampled_from(["failed", "delayed", "delivered", "relayed", ""]))
def test_no_report_with_a_policy_code_or_without_a_failure_makes_an_address_dead(
    words: str, status: str, action: str
) -> None:
    """Whatever else is said."""
    told = Report(action, status, words)
    assert judged(told)[0] != "dead" or (action == "failed" and code_of(told).startswith("5.1."))
    assert judged(Report(action, status, f"{words} 5.7.1 "))[0] != "dead"


@pytest.mark.parametrize("subject", [one for phrases in BEGINNINGS.values() for one in phrases])
def test_a_machine_is_known_by_how_its_subject_begins(subject: str) -> None:
    """In any case and behind brackets; a person who answers or mentions it is none."""
    assert automatic({}, f"{subject}: your contract")
    assert automatic({}, f"[{subject.upper()}]") or subject != subject.upper().lower()
    assert not automatic({}, f"Re: {subject}")


@pytest.mark.parametrize(
    ("headers", "machine"),
    [
        ({}, False),
        ({"auto-submitted": "no"}, False),
        ({"auto-submitted": "auto-replied; owner-email=x"}, True),
        ({"precedence": "first-class"}, False),
        ({"precedence": "Bulk"}, True),
        ({"x-auto-response-suppress": "DR, RN, NRN"}, False),
        ({"x-auto-response-suppress": "OOF, AutoReply"}, True),
        ({"return-path": "<jane@customer.example>"}, False),
        ({"return-path": "<>"}, True),
        ({"content-type": "multipart/report; report-type=disposition-notification"}, True),
    ],
)
def test_a_machine_is_known_by_its_headers(headers: dict[str, str], machine: bool) -> None:
    """RFC 3834, and what servers really send."""
    assert bool(automatic(headers, "Re: Your contract")) is machine


@pytest.mark.parametrize(
    "quoted",
    [
        "> Hello\n> there",
        "On Mon, Mar 3, 2025 at 9:00 AM Nina <n@v.example> wrote:\n\nHello",
        "On Monday, 3 March 2025 at nine in the morning Nina Park of Perennial\n<nina@v.example> wrote:\n> Hello",
        "Am 03.03.25 um 09:00 schrieb Nina Park:\n> Hello",
        "Le lun. 3 mars 2025 à 09:00, Nina a écrit :\nHello",
        "-----Original Message-----\nFrom: Nina\nHello",
        "-----Ursprüngliche Nachricht-----\nVon: Nina",
        "________________________________\nFrom: Nina Park\nHello",
        "From: Nina <nina@v.example>\nSent: Monday\nHello",
        "пн, 3 мар. 2025 г. в 09:00, Nina <n@v.example> пишет:\nHello",  # noqa: RUF001
        "في الاثنين، 3 مارس 2025 كتب Nina:\nHello",
        "-- \nJane Doe\nCustomer Ltd",
    ],
)
def test_an_excerpt_ends_where_the_quoted_mail_begins(quoted: str) -> None:
    """A person's own words, in several languages."""
    assert excerpt(f"Yes, gladly.\n\nFriday at ten?\n\n{quoted}") == "Yes, gladly.\n\nFriday at ten?"


@given(st.text(max_size=5_000))
def test_an_excerpt_is_short_whatever_is_written(text: str) -> None:
    """And quotes nothing."""
    found = excerpt(text)
    assert len(found) <= LENGTH
    assert not any(line.lstrip().startswith(">") for line in found.split("\n"))
