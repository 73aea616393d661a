"""Hostile templates: refused, within moments, without memory; and named to the person who wrote them."""

import pytest

from config.files import Files, read_files
from models.errors import RenderError
from tasks.mail.check import check_templates
from tasks.mail.render import render

SHIPPED = read_files()
FOOTER = "---\nclass: service\nneeds: [company.name]\n---\n{{ company.name }}\n"
FRONT = "---\nsubject: Hello\nclass: service\nneeds: [account.name, contracts]\n---\n"
VALUES = {"company": {"name": "E"}, "account": {"name": "A"}, "contracts": [{"id": "1"}, {"id": "2"}]}
HOSTILE = [
    "{{ 'a' * 200000000 }}",
    "{{ '%300000000s' | format(1) }}",
    "{{ 9 ** 9 ** 9 }}",
    "{{ range(1000000000) }}",
    "{% for x in range(10000000) %}x{% endfor %}",
    "{{ account.name.__class__.__mro__ }}",
    "{{ ''.__class__ }}",
    "{{ account.__class__.__base__.__subclasses__() }}",
    "{{ account.name.format('x') }}",
    "{{ account.name | attr('__class__') }}",
    "{{ self }}",
    "{{ self.__init__.__globals__ }}",
    "{{ config }}",
    "{{ lipsum.__globals__ }}",
    "{{ cycler.__init__.__globals__.os.popen('id') }}",
    "{{ joiner }}",
    "{{ namespace() }}",
    "{% include '/etc/passwd' %}",
    "{% import 'x' as y %}",
    "{% from 'x' import y %}",
    "{% extends 'x' %}",
    "{% block a %}{% endblock %}",
    "{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}",
    "{% set a %}{{ account.name }}{% endset %}{{ a }}",
    "{% filter upper %}x{% endfilter %}",
    "{% call x() %}{% endcall %}",
    "{% set a = account.name ~ account.name %}{{ a }}",
    "{% set a = account.name + account.name %}{{ a }}",
    "{{ [1, 2] }}",
    "{{ {'a': 1} }}",
    "{{ account['name'] }}",
    "{{ account.name[0] }}",
    "{{ account.items }}",
    "{{ account.keys() }}",
    "{{ contracts | map(attribute='id') | list }}",
    "{{ contracts | tojson }}",
    "{{ undeclared }}",
    "{{ account.other }}",
    "{{ account.name",
    "{% if account.name %}",
    "{% nonsense %}",
    "{{ account.name | nofilter }}",
    "{{ account.name is divisibleby 3 }}",
    "{{ 1 / 0 }}",
    "{{ account.name | date }}",
    "{{ loop }}",
    "{{ caller }}",
    "{{ varargs }}",
    "{{ contracts }}",
    "{% for a in contracts %}" * 30 + "x" + "{% endfor %}" * 30,
]


def files(body: str) -> Files:
    """One template with this text."""
    layout = "templates/emails/layouts/plain.mjml"
    return Files(
        {
            "templates/emails/t.en.md": FRONT + body + "\n",
            "templates/emails/layouts/footer.en.md": FOOTER,
            layout: SHIPPED[layout],
        }
    )


@pytest.mark.parametrize("body", HOSTILE)
def test_a_hostile_template_renders_nothing(body: str) -> None:
    """It is refused; the other messages go on."""
    with pytest.raises(RenderError, match=r"templates/emails/t\.en\.md"):
        render(files(body), "t", "en", VALUES)


T = "templates/emails/t.en.md"
BAD = "templates/emails/layouts/bad.mjml"


@pytest.mark.parametrize(
    ("path", "text", "said"),
    [
        (T, "no front matter", "t.en.md:1: a template begins with front matter"),
        (T, "---\nsubjekt: x\n---\n", "t.en.md:2: subjekt: this key is not known; did you mean 'subject'"),
        (T, "---\nsubject: x\nclass: servce\n---\n", "t.en.md:3: class: 'servce' is not known; did you mean 'service'"),
        (T, "---\nclass: service\n---\n", "subject: this key is missing"),
        (T, "---\nsubject: x\nneeds: [acount.name]\n---\n", "did you mean 'account'"),
        (T, FRONT + "one\n{{ account.name\n", "t.en.md:7"),
        (T, FRONT + "one\n{% if x %}\n", "t.en.md:7"),
        (T, FRONT + "\n\n{{ account.nme }}\n", "t.en.md:8: 'account.nme' stands neither"),
        (T, FRONT + "{{ account.name | uper }}\n", "t.en.md:6: there is no filter 'uper'; did you mean 'upper'"),
        (T, FRONT.replace("class", "layout: plane\nclass"), "there is no layout 'plane'; did you mean 'plain'"),
        ("templates/emails/u.de.md", FRONT, "u.en.md: the English version is missing"),
        (BAD, "<mjml><mj-body>", "bad.mjml: this is no MJML"),
        (BAD, "<mjml><mj-body>[[contnt]]</mj-body></mjml>", "did you mean 'content'"),
    ],
)
def test_errors_name_file_line_and_the_nearest_name(path: str, text: str, said: str) -> None:
    """A person can mend it without reading our code."""
    errors = check_templates(Files({**files("x").texts, path: text}))
    assert any(said in str(error) for error in errors), [str(error) for error in errors]


def test_a_mail_has_an_end() -> None:
    """More than 256 kB is refused, however it comes about."""
    values = {**VALUES, "contracts": [{"id": "x" * 9000}] * 30}
    with pytest.raises(RenderError, match="longer"):
        render(files("{% for c in contracts %}{{ c.id }}{% endfor %}"), "t", "en", values)
