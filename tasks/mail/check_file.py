"""One file of templates/emails, looked at without rendering it for a customer: what `perennial check` says of it."""

from jinja2 import TemplateSyntaxError

from config.files import Files
from models.errors import ConfigError
from tasks.mail import sandbox
from tasks.mail.layout import compiled, layout_text
from tasks.mail.template import FOLDER, LAYOUTS, Template, read_template


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
    return _texts(template)


def _texts(template: Template) -> list[ConfigError]:
    """What is wrong with the Jinja and the names of each of its texts."""
    front, found = template.front, []
    for key, text in (("subject", front.subject), ("preheader", front.preheader), ("", template.body)):
        try:
            sandbox.compiled(template, text)
        except ConfigError as error:
            found.append(ConfigError(error.problem, file=error.file, line=None if key else error.line, key=key))
        except TemplateSyntaxError as error:
            line, said = None if key else error.lineno, error.message or "this is no Jinja"
            found.append(ConfigError(said, file=template.path, line=line, key=key))
        except (ValueError, RecursionError, MemoryError) as error:
            found.append(ConfigError(sandbox.limit_told(error), file=template.path, key=key))
    return found


def _check_layout(files: Files, layout: str) -> None:
    """A layout compiles, in both directions."""
    for direction in ("ltr", "rtl"):
        compiled(layout_text(files, layout), direction, layout)
