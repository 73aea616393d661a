"""The gallery: one self-contained page with every mail in every language, for people to look at."""

import base64
import hashlib
import json
from dataclasses import dataclass
from itertools import groupby

from jinja2 import DictLoader, Environment, StrictUndefined
from markupsafe import Markup

from config.files import Files
from models.errors import RenderError
from tasks.mail.contexts import CUSTOMERS
from tasks.mail.press import Press
from tasks.mail.proofread import Sampler, every_template
from tasks.mail.template import Template

FOLDER = "templates/reports"


@dataclass(frozen=True)
class Mail:
    """One mail of the gallery; `problem` says why it could not be rendered, and all else is empty then."""

    name: str
    language: str
    klass: str
    subject: str = ""
    preheader: str = ""
    text: str = ""
    html: str = ""
    problem: str = ""

    @property
    def size(self) -> int:
        """Of the HTML, in kB, begun ones counted."""
        return -(-len(self.html.encode()) // 1000)


@dataclass(frozen=True)
class Gallery:
    """The page and what is on it."""

    page: str
    mails: list[Mail]

    @property
    def languages(self) -> list[str]:
        """Of its mails."""
        return sorted({mail.language for mail in self.mails})

    @property
    def problems(self) -> list[str]:
        """Of the mails that could not be rendered."""
        return [mail.problem for mail in self.mails if mail.problem]


def gallery(files: Files, press: Press) -> Gallery:
    """Every mail in every language, for an ordinary made-up customer."""
    sampler = Sampler.of(files)
    mails = [_mail(sampler, press, template) for template in every_template(files)]
    return Gallery(_page(files, str(sampler.company["name"]), mails), mails)


def _mail(sampler: Sampler, press: Press, template: Template) -> Mail:
    """One mail, or why there is none."""
    name, language, klass = template.name, template.language, template.front.klass
    try:
        found = press.render(sampler.files, name, language, sampler.values(template, CUSTOMERS[0]))
    except RenderError as error:
        return Mail(name, language, klass, problem=str(error))
    return Mail(name, language, klass, found.subject, found.preheader, found.text, found.html)


def _page(files: Files, company: str, mails: list[Mail]) -> str:
    """The page; the mails lie in it as data, and its one script, which the policy knows by its hash, shows them."""
    texts = {name: files[f"{FOLDER}/{name}"] for name in ("gallery.html", "gallery-script.html")}
    environment = Environment(
        loader=DictLoader(texts), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    script = texts["gallery-script.html"]
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    pages = json.dumps([mail.html for mail in mails]).replace("<", "\\u003c")
    return environment.get_template("gallery.html").render(
        company=company, mails=mails, folders=_folders(mails), languages=sorted({mail.language for mail in mails}),
        script=Markup(script), script_hash=Markup(f"sha256-{digest}"), pages=Markup(pages),  # noqa: S704 — ours
    )  # fmt: skip


def _folders(mails: list[Mail]) -> dict[str, dict[str, list[str]]]:
    """Folder → mail → the languages it is written in."""
    found: dict[str, dict[str, list[str]]] = {}
    for name, written in groupby(mails, lambda mail: mail.name):
        found.setdefault(name.rpartition("/")[0], {})[name] = [mail.language for mail in written]
    return found
