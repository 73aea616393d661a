"""One file of templates/emails, looked at without rendering it for a customer: what `perennial check` says of it."""

from urllib.parse import quote

from jinja2 import TemplateSyntaxError

from config.files import Files
from config.hosts import allowed_hosts
from models.errors import ConfigError
from models.hosts import astray
from tasks.mail import sandbox
from tasks.mail.layout import layout_text, settled
from tasks.mail.markdown import links
from tasks.mail.template import FOLDER, LAYOUTS, Template, line_of_key, read_template


def check_file(files: Files, path: str) -> list[ConfigError]:
    """What is wrong with it; of a template all that is wrong with its front matter, subject, preheader and text."""
    try:
        if path.endswith(".mjml"):
            _check_layout(files, path.removeprefix(f"{FOLDER}/{LAYOUTS}/").removesuffix(".mjml"))
            return []
        template = read_template(path, files[path])
        layout_text(files, template.front.layout)
    except ConfigError as error:
        return [error]
    return [*_texts(template, files[path]), *_links(files, template)]


def _texts(template: Template, source: str) -> list[ConfigError]:
    """What is wrong with the Jinja and the names of each of its texts."""
    found = []
    for key, text in template.texts:
        line = line_of_key(source, key)
        try:
            sandbox.compiled(template, text)
        except ConfigError as error:
            found.append(ConfigError(error.problem, file=error.file, line=line or error.line, key=key))
        except TemplateSyntaxError as error:
            said = error.message or "this is no Jinja"
            found.append(ConfigError(said, file=template.path, line=line or error.lineno, key=key))
        except (ValueError, RecursionError, MemoryError) as error:
            found.append(ConfigError(sandbox.limit_told(error), file=template.path, line=line, key=key))
    return found


def _links(files: Files, template: Template) -> list[ConfigError]:
    """Links in its text that lead where no link may; those that a value makes are looked at when it is rendered."""
    hosts = _hosts(files)
    if hosts is None:
        return []
    told = [(astray(target, hosts), line) for target, line in links(template.body) if not _made(target)]
    return [ConfigError(problem, file=template.path, line=line) for problem, line in told if problem]


def _hosts(files: Files) -> frozenset[str] | None:
    """Where links may lead; None if the file that lists it is broken, which is told of that file, once."""
    try:
        return allowed_hosts(files)
    except ConfigError:
        return None


def _made(target: str) -> bool:
    """Whether a value takes part in it."""
    return "{{" in target or quote("{{") in target


def _check_layout(files: Files, layout: str) -> None:
    """A layout compiles, in both directions."""
    for direction in ("ltr", "rtl"):
        settled(files, layout, direction, _hosts(files) or frozenset())
