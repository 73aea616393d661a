"""The names that templates may speak of, whatever play sends them."""

from collections.abc import Mapping

from models.company import Sender
from models.errors import ConfigError
from models.nearest import did_you_mean
from tasks.mail.contexts import Columns
from tasks.mail.template import Template
from tasks.values import CONTACT, PERSON

Known = Mapping[str, frozenset[str] | None]
"""Root → the names under it; None where anything goes; a root that is not in it is not there at all."""
EVERYWHERE: Known = {
    "contact": frozenset(CONTACT), **dict.fromkeys(("csm", "sales", "sender"), frozenset(PERSON)),
    "company": frozenset({*Sender.model_fields, "survey_url", "booking_url"}),
    "step": frozenset({"id", "planned_on"}), "booking": frozenset({"url"}),
    "unsubscribe": frozenset({"url"}), "preferences": frozenset({"url"}), "as_of": None, "message": None,
}  # fmt: skip
SURVEY = frozenset({"kind", "url"})
MEETING = frozenset({"agenda", "minutes", "on", "time"})


def unknown_names(template: Template, columns: Columns) -> list[ConfigError]:
    """The names that a template declares and that no play could give it, with the nearest that one could."""
    sheets = {grain: frozenset({*names, "id"}) for grain, names in columns.items() if grain != "contact"}
    known: Known = {**sheets, **EVERYWHERE, "contracts": None, "survey": SURVEY, "meeting": MEETING}
    found = (unknown(template, name, known) for name in template.declared)
    return [error for error in found if error]


def unknown(template: Template, name: str, known: Known) -> ConfigError | None:
    """What is wrong with a name below a root that is known; None if nothing is."""
    root, _, rest = name.partition(".")
    names = known[root]
    if names is None or not rest or rest.partition(".")[0] in names:
        return None
    problem = f"there is no '{name}'; {did_you_mean(rest, names)}"
    return ConfigError(problem, file=template.path, line=_line(template, name), key=name)


def _line(template: Template, name: str) -> int | None:
    """Where the name stands first in the text, whose lines are numbered as the file's."""
    return next((number for number, line in enumerate(template.body.splitlines(), 1) if name in line), None)
