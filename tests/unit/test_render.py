"""Rendering: values are read by customers exactly as they are, or not at all."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.files import Files, read_files
from models.errors import RenderError
from tasks.mail.render import Rendered, render
from tasks.mail.sandbox import clean
from tests.mail_values import values

SHIPPED = read_files()
LAYOUT = "templates/emails/layouts/plain.mjml"
HOSTILE = [
    "Company_0",
    "*x* _y_ **z** `code`",
    "[click](javascript:alert(1))",
    "<script>alert(1)</script>",
    "&amp; & \"quoted\" 'n'",
    "# heading",
    "1. list",
    "- list",
    "{{ 7*7 }}{% for x in y %}",
    "[[content]] [[footer]]",
    "zqpn0nqz",
    "![x](http://x.example/p.png)",
    "<mj-text>",
    "</td></tr></table>",
    "http://x.example",
    "名前 שלום Ünïcode",
    "a\\*b\\_c",
    "|a|b|",
]


def template(body: str, front: str = "needs: [account.name]", subject: str = "Hello") -> Files:
    """A configuration with one template of this text."""
    footer = "---\nclass: service\nneeds: [company.name]\n---\n{{ company.name }}\n"
    return Files(
        {
            "templates/emails/t.en.md": f'---\nsubject: "{subject}"\n{front}\n---\n{body}\n',
            "templates/emails/layouts/footer.en.md": footer,
            LAYOUT: SHIPPED[LAYOUT],
        }
    )


def rendered(body: str, front: str = "needs: [account.name]", subject: str = "Hello", **changes: Any) -> Rendered:
    """That template, rendered."""
    return render(template(body, front, subject), "t", "en", values(**changes))


@pytest.mark.parametrize("hostile", HOSTILE)
def test_values_are_read_as_they_are(hostile: str) -> None:
    """Raw in the text, escaped in the HTML: neither Markdown nor MJML nor Jinja ever sees them."""
    mail = rendered("Dear *{{ account.name }}*,\n\n- {{ account.name }}", account={"name": hostile})
    shown = clean(hostile.replace("zqpn0nqz", "")) or "x"
    if hostile == "zqpn0nqz":
        return
    assert f"Dear {shown}," in mail.text
    assert f"- {shown}" in mail.text
    assert "<script" not in mail.html
    assert "<mj-" not in mail.html
    assert "<img" not in mail.html
    assert "javascript:alert" not in mail.html.replace(shown.replace("<", "&lt;"), "")


@given(st.text(min_size=1, max_size=80))
def test_any_text_survives(name: str) -> None:
    """Whatever an account is called, the text part has it, less what cannot be seen."""
    if not clean(name).strip() or "zqpn" in name:
        return
    mail = rendered("Dear {{ account.name }}!", account={"name": name})
    assert mail.text.startswith(f"Dear {clean(name)}!")


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        ("https://x.example/a?b=1", "https://x.example/a?b=1"),
        ("http://x.example", "http://x.example"),
        ("javascript:alert(1)", None),
        ("JAVASCRIPT:alert(1)", None),
        ("data:text/html,x", None),
        ("//x.example", None),
        ("file:///etc/passwd", None),
        ("https://", None),
        ('https://x.example/"onclick="x', None),
        ("https://x.example/a b", None),
    ],
)
def test_links_lead_to_the_web_or_a_mailbox(address: str, shown: str | None) -> None:
    """http, https and mailto; anything else stops the mail."""
    if shown is None:
        with pytest.raises(RenderError, match="link"):
            rendered("[here]({{ account.name }})", account={"name": address})
        return
    mail = rendered("[here]({{ account.name }})", account={"name": address})
    assert f'href="{shown}"' in mail.html
    assert f"here <{shown}>" in mail.text


def test_a_value_inside_a_link_is_encoded() -> None:
    """A value cannot add parameters, a path or a host to a link."""
    mail = rendered("[x](https://x.example/?a={{ account.name }})", account={"name": "b&c=1#/?é"})
    assert "https://x.example/?a=b%26c%3D1%23%2F%3F%C3%A9" in mail.html


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
