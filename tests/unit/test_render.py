"""Rendering: values are read by customers exactly as they are, or not at all."""

from html.parser import HTMLParser
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from config.files import Files, read_files
from models.errors import RenderError
from tasks.mail.check_file import check_file
from tasks.mail.render import Rendered, render
from tasks.mail.sandbox import clean
from tests.hostile import LINKS, NAMES, ODD_LINKS
from tests.mail_values import values

SHIPPED = read_files()
LAYOUT = "templates/emails/layouts/plain.mjml"
COMPANY = """
booking_url: https://meet.example.com/cs
links: [help.example.com, "*.below.example", "odd.example:8443"]
"""


def template(body: str, front: str = "needs: [account.name]", subject: str = "Hello") -> Files:
    """A configuration with one template of this text."""
    footer = "---\nclass: service\nneeds: [company.name]\n---\n{{ company.name }}\n"
    return Files(
        {
            "templates/emails/t.en.md": f'---\nsubject: "{subject}"\n{front}\n---\n{body}\n',
            "templates/emails/layouts/footer.en.md": footer,
            LAYOUT: SHIPPED[LAYOUT],
            "config/perennial.yaml": COMPANY,
        }
    )


def rendered(body: str, front: str = "needs: [account.name]", subject: str = "Hello", **changes: Any) -> Rendered:
    """That template, rendered."""
    return render(template(body, front, subject), "t", "en", values(**changes))


@pytest.mark.parametrize("name", NAMES)
def test_values_are_read_as_they_are(name: str) -> None:
    """Raw in the text, escaped in the HTML: neither Markdown nor MJML nor Jinja ever sees them."""
    body = "Dear *{{ account.name }}*,\n\n- {{ account.name }}\n\n# {{ account.name }}"
    mail = rendered(body, subject="For {{ account.name }}", account={"name": name})
    plain = rendered(body, subject="For {{ account.name }}", account={"name": "Acme"})
    told = mail.text.replace("\u2068", "").replace("\u2069", "")
    assert f"Dear {clean(name)}," in told
    assert f"- {clean(name)}" in told
    assert mail.subject == " ".join(f"For {name}".split())
    assert tags(mail.html) == tags(plain.html)


def tags(html: str) -> list[tuple[str, list[tuple[str, str | None]]]]:
    """All tags of a page with their attributes, in order; a label, which has the subject, without its words."""
    found: list[tuple[str, list[tuple[str, str | None]]]] = []

    class Reader(HTMLParser):
        def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
            found.append((tag, [(key, None if key == "aria-label" else value) for key, value in attrs]))

    Reader().feed(html)
    return found


def test_a_placeholder_in_a_value_is_no_placeholder() -> None:
    """A name that looks like one is read without what looks like one."""
    assert rendered("{{ account.name }}!", account={"name": "a zqpn0nqz b"}).text.startswith("a  b!")


@given(st.text(min_size=1, max_size=80))
def test_any_text_survives(name: str) -> None:
    """Whatever an account is called, the text part has it, less what cannot be seen."""
    if not clean(name).strip() or "zqpn" in name:
        return
    mail = rendered("Dear {{ account.name }}!", account={"name": name})
    assert mail.text.replace("\u2068", "").replace("\u2069", "").startswith(f"Dear {clean(name)}!")


@pytest.mark.parametrize("address", [*LINKS, *ODD_LINKS])
def test_a_value_leads_to_no_other_host(address: str) -> None:
    """Only https to a listed host, or a mailbox; anything else stops the mail."""
    with pytest.raises(RenderError, match=r"t\.en\.md: .*link"):
        rendered("[here]({{ account.name }})", "needs: [account]", account={"name": address, "x": "y"})


@pytest.mark.parametrize("address", LINKS)
def test_a_text_leads_to_no_other_host(address: str) -> None:
    """What an edited template says itself is held to the same list, and told by `check` with its line."""
    files = template(f"One\n\n[here](<{address}>)")
    found = [str(error) for error in check_file(files, "templates/emails/t.en.md")]
    linked = "href" in str(MarkdownIt().parse(f"[here](<{address}>)")[1].children)
    assert not linked or (len(found) == 1 and "t.en.md:7: a link" in found[0]), found
    try:
        mail = render(files, "t", "en", values())
    except RenderError:
        return
    assert "<a " not in mail.html


@pytest.mark.parametrize(
    "address",
    ["https://help.example.com/a?b=1", "https://HELP.example.com", "https://help.example.com:443/",
     "mailto:a@b.example", "https://a.below.example/", "https://a.b.below.example/", "https://meet.example.com/x", "https://odd.example:8443/"],
)  # fmt: skip
def test_links_lead_to_listed_hosts_and_mailboxes(address: str) -> None:
    """Hosts of `links:`, all below a host with a star, the company's own pages, and any mailbox."""
    mail = rendered("[here]({{ account.name }})", account={"name": address})
    assert f'href="{address}"' in mail.html
    assert f"here <{address.removeprefix('mailto:')}>" in mail.text


def test_a_refused_link_names_its_host() -> None:
    """Whoever reads the held message knows what to list."""
    with pytest.raises(RenderError, match=r"leads to 'evil\.example', which is not allowed; links: in config/perenn"):
        rendered("[here]({{ account.name }})", account={"name": "https://evil.example/x"})


def test_a_value_inside_a_link_is_encoded() -> None:
    """A value cannot add parameters, a path or a host to a link."""
    mail = rendered("[x](https://help.example.com/?a={{ account.name }})", account={"name": "b&c=1#/?é"})
    assert "https://help.example.com/?a=b%26c%3D1%23%2F%3F%C3%A9" in mail.html


@pytest.mark.parametrize("bad", [None, "", float("nan"), float("inf"), True, ["a"], {"a": 1}])
def test_what_a_customer_cannot_read_is_never_printed(bad: object) -> None:
    """A declared group may hold anything; printing what is no text, number or date stops the mail."""
    with pytest.raises(RenderError):
        rendered("{{ account.odd }}", "needs: [account]", account={"name": "A", "odd": bad})


@pytest.mark.parametrize(
    ("body", "shown"),
    [
        ("{{ as_of | date }}", "December 31, 2024"),
        ("{{ as_of }}", "December 31, 2024"),
        ("{{ account.mrr_minor | money('EUR') }}", "€1,234.50"),
        ("{{ account.seats | money('USD') }}", "$12"),
        ("{{ account.seats | money('JPY') }}", "¥1,200"),
        ("{{ account.seats | number }}", "1,200"),
        ("{{ account.tags | join(' and ') }}", "a and b"),
        ("{% for tag in account.tags %}{{ loop.index }}{{ tag }}{% endfor %}", "1a2b"),
    ],
)
def test_filters_write_for_people(body: str, shown: str) -> None:
    """Dates and money are written out."""
    account = {"name": "A", "mrr_minor": 123450, "seats": 1200, "tags": ["a", "b"]}
    assert rendered(body, "needs: [account, as_of]", account=account).text.startswith(shown)


def test_right_to_left_languages_get_a_right_to_left_page() -> None:
    """The layout is compiled for each direction."""
    files = template("שלום {{ account.name }}")
    texts = {path.replace("t.en", "t.he"): text for path, text in files.texts.items()}
    page = render(Files(texts), "t", "he", values()).html
    assert 'dir="rtl"' in page
    assert "text-align:right" in page
    assert "direction:ltr" not in page


@pytest.mark.parametrize("subject", ["{{ account.name }}", "x {{ account.name }}"])
def test_a_subject_is_one_short_line(subject: str) -> None:
    """A value cannot break the subject into a header of its own, nor make it endless."""
    mail = rendered("x", subject=subject, account={"name": "A\r\nBcc: evil@x.example"})
    assert "\n" not in mail.subject
    assert "\r" not in mail.subject
    with pytest.raises(RenderError, match="subject"):
        rendered("x", subject=subject, account={"name": "y" * 151})


@pytest.mark.parametrize(
    ("language", "direction"),
    [("en", "ltr"), ("de", "ltr"), ("ru", "ltr"), ("ar", "rtl"), ("he", "rtl"), ("fa", "rtl"), ("ur", "rtl")],
)
def test_a_page_says_its_language_and_direction(language: str, direction: str) -> None:
    """Whatever reads it aloud or lays it out knows how; and that it has dark colors of its own."""
    texts = {path.replace(".en.", f".{language}."): text for path, text in template("x").texts.items()}
    html = render(Files(texts), "t", language, values()).html
    assert f'<html lang="{language}" dir="{direction}"' in html
    assert f"direction:{direction}" in html
    assert '<meta name="color-scheme" content="light dark">' in html
    assert "@media (prefers-color-scheme: dark)" in html
    assert len(html.encode()) < 100_000


def test_names_of_the_other_direction_are_kept_apart() -> None:
    """An Arabic name in an English sentence does not reorder what stands around it."""
    assert rendered("{{ account.name }} (24)", account={"name": "شركة"}).text.startswith("\u2068شركة\u2069 (24)")
    assert rendered("{{ account.name }}", account={"name": "Acme شركة"}).text.startswith("Acme شركة")


@pytest.mark.parametrize(
    ("part", "said"),
    [
        ("<mj-image src='https://help.example.com/x.png' />", "loads nothing"),
        ("<mj-text><img src='x' /></mj-text>", "loads nothing"),
        ("<mj-raw><script>alert(1)</script></mj-raw>", "loads nothing"),
        ("<mj-raw><form action='https://evil.example'></form></mj-raw>", "loads nothing"),
        ("<mj-text font-family='Roboto'>x</mj-text>", ""),
        ("<mj-style>@import 'x.css';</mj-style>", "loads nothing"),
        ("<mj-text><b onclick='x()'>x</b></mj-text>", "loads nothing"),
        ("<mj-text><b style='background:url(x)'>x</b></mj-text>", "loads nothing"),
        ("<mj-button href='https://evil.example/'>x</mj-button>", "'evil.example', which is not allowed"),
        ("<mj-text><p style='direction:ltr'>x</p></mj-text>", "runs from left to right"),
        ("<mj-button href='javascript:alert(1)'>x</mj-button>", "https and mailto"),
        ("<mj-button href='https://help.example.com/'>x</mj-button>", ""),
    ],
)
def test_a_layout_loads_nothing_and_leads_to_listed_hosts(part: str, said: str) -> None:
    """A picture tells the sender who opened the mail; a script has no place in one."""
    head = part if "mj-style" in part else ""
    way = 'direction="[[direction]]"'
    body = f"<mj-body><mj-section {way}><mj-column {way}>{'' if head else part}</mj-column></mj-section></mj-body>"
    layout = f"<mjml><mj-head>{head}</mj-head>{body}</mjml>"
    files = Files({**template("x").texts, LAYOUT: layout})
    found = [str(error) for error in check_file(files, LAYOUT)]
    assert (found == []) if not said else (said in found[0] and "plain.mjml" in found[0])
    if said and "runs" not in said:
        with pytest.raises(RenderError, match=r"plain\.mjml"):
            render(files, "t", "en", values())
