"""Every shipped mail in every language as it would leave: signed, parsed alike by two parsers, fit for any relay."""

from dataclasses import replace
from email import message_from_bytes, policy
from itertools import cycle, islice
from typing import Any
from uuid import UUID

import dkim
import pytest

from config.files import read_files
from models.message import Class
from tasks.mail.dkim import signed
from tasks.mail.mime import Letter, to_bytes
from tasks.mail.paths import Paths
from tasks.mail.render import Rendered, render
from tasks.mail.template import languages_of, template_names
from tests.dkim_zone import new_signers, zone
from tests.letters_of_mime import LETTER
from tests.mail_values import values

FILES = read_files()
MAILS = [(name, language) for name in template_names(FILES) for language in languages_of(FILES, name)]
SIGNERS = new_signers("s1")
PATHS = Paths(b"key", "https://success.perennial.example", "r.perennial.example", "r.perennial.example")
ID = str(UUID(int=7))
NAMES = cycle(
    ["Ada Löw, PhD", "李小龙", "نينا بارك", "Анна Каренина", "O'Neil <b@x.example>", "👩‍👩‍👧 Ñandú", "\u202egnp.exe",
     "a\x00b\nBcc: x", "=?utf-8?q?x?=", "x" * 300, "", "Größe " * 40]
)  # fmt: skip


TEMPLATES = {
    "contractual": "renewal/day-90-notice", "service": "onboarding/day-01-intro", "marketing": "webinar/invitation",
}  # fmt: skip


def letter_of(name: str, rendered: Rendered) -> Letter:
    """The mail to somebody of that name."""
    day = LETTER.date.date()
    return replace(
        LETTER, message_id=ID, name=name, sender=name, reply_to=PATHS.reply_to(ID, day), subject=rendered.subject,
        text=rendered.text, html=rendered.html, unsubscribe=PATHS.to_unsubscribe(rendered.klass, ID, day),
    )  # fmt: skip


def rendered_for(template: str, language: str) -> Rendered:
    """The template's words, with the links of its footer."""
    day = LETTER.date.date()
    links: dict[str, Any] = {
        "unsubscribe": {"url": PATHS.page("u", ID, day)}, "preferences": {"url": PATHS.page("p", ID, day)},
    }  # fmt: skip
    return render(FILES, template, language, values(**links), ["success.perennial.example"])


@pytest.mark.parametrize(("template", "language"), MAILS)
def test_every_mail_is_deliverable(template: str, language: str) -> None:
    """Both signatures verify, lines and size are fit, both parsers read the same, unsubscribing is one line."""
    words = rendered_for(template, language)
    for name in islice(NAMES, 2):
        content = signed(to_bytes(letter_of(name, words)), SIGNERS)
        assert [dkim.DKIM(content).verify(place, dnsfunc=zone(SIGNERS)) for place in (0, 1)] == [True, True]
        assert content.isascii()
        assert len(content) <= 100_000
        assert max(map(len, content.split(b"\r\n"))) <= 998
        new, old = (message_from_bytes(content, policy=one) for one in (policy.default, policy.compat32))
        assert list(new.keys()) == list(old.keys())
        kinds = [part.get_content_type() for part in new.walk()]
        assert kinds == ["multipart/alternative", "text/plain", "text/html"]
        parts = [[part.get_payload(decode=True) for part in mail.walk()] for mail in (new, old)]
        assert parts[0] == parts[1]
        _unsubscribes(content, words.klass)


def _unsubscribes(content: bytes, klass: Class) -> None:
    """One line with both links, both headers signed; of a contract's notice none."""
    lines = [line for line in content.split(b"\r\n") if line.startswith(b"List-Unsubscribe")]
    if klass == "contractual":
        assert lines == []
        return
    links, post = lines
    assert links.startswith(b"List-Unsubscribe: <https://success.perennial.example/u/")
    assert b">, <mailto:u+" in links
    assert post == b"List-Unsubscribe-Post: List-Unsubscribe=One-Click"
    covered = content[: content.index(b"\r\nFrom:")].replace(b"\r\n  ", b"")
    assert covered.count(b":list-unsubscribe:list-unsubscribe-post:") == 2


@pytest.mark.parametrize("language", languages_of(FILES, "layouts/footer"))
@pytest.mark.parametrize("klass", ["contractual", "service", "marketing"])
def test_the_footer_leads_to_the_pages(klass: str, language: str) -> None:
    """Of service and marketing mails, in each language; nothing of it where no page is reached."""
    template = {"contractual": "renewal/day-90-notice", "service": "onboarding/day-01-intro"}.get(
        klass, "webinar/invitation"
    )
    words = rendered_for(template, language)
    assert words.klass == klass
    for body in (words.text, words.html):
        assert ("https://success.perennial.example/u/" in body) is (klass != "contractual")
        assert ("https://success.perennial.example/p/" in body) is (klass != "contractual")
    without = render(FILES, template, language, values())
    assert not any(link in without.text + without.html for link in ("/u/", "/p/", "<>", "]("))
