"""What a template may be made of: the kinds of node, filters and tests it may use, and the names it must declare."""

from jinja2 import nodes

from models.errors import ConfigError
from models.nearest import did_you_mean
from tasks.mail.filters import FILTER_NAMES
from tasks.mail.template import ROOTS, Template

MAX_LOOPS = 3
"""How deep loops may lie in each other: each one multiplies."""
ALLOWED: tuple[type[nodes.Node], ...] = (
    nodes.Template, nodes.Output, nodes.TemplateData, nodes.If, nodes.For, nodes.Assign, nodes.Name, nodes.Const,
    nodes.Getattr, nodes.Filter, nodes.Test, nodes.Compare, nodes.Operand, nodes.And, nodes.Or, nodes.Not,
    nodes.CondExpr, nodes.Add, nodes.Sub, nodes.Tuple, nodes.Keyword, nodes.Neg,
)  # fmt: skip
TESTS = frozenset({"none", "defined", "in", "eq", "ne", "gt", "ge", "lt", "le"})


def check_nodes(tree: nodes.Template, template: Template) -> None:
    """Refuse what a template may not do, and values it has not declared.

    Raises:
        ConfigError: with the line and the nearest valid name.
    """
    for node in _walk(tree):
        if not isinstance(node, ALLOWED):
            raise _error(template, node, f"{type(node).__name__} is not for templates")
        if isinstance(node, nodes.Filter) and node.name not in FILTER_NAMES:
            raise _error(template, node, f"there is no filter '{node.name}'; {did_you_mean(node.name, FILTER_NAMES)}")
        if isinstance(node, nodes.Test) and node.name not in TESTS:
            raise _error(template, node, f"there is no test '{node.name}'; {did_you_mean(node.name, TESTS)}")
    if _loops(tree) > MAX_LOOPS:
        raise _error(template, tree, f"loops lie more than {MAX_LOOPS} deep in each other")
    for name in tree.find_all(nodes.Name):
        if name.ctx == "store" and name.name in ROOTS:
            raise _error(template, name, f"'{name.name}' is what mails speak of; give it a name of your own")
    for used, node in names_read(tree):
        if not _declared(used, template.declared):
            raise _error(template, node, f"'{used}' stands neither in needs: nor in optional:{_hint(used, template)}")


def names_read(tree: nodes.Template) -> list[tuple[str, nodes.Node]]:
    """Dotted names of values that a text reads, with their nodes; those of its own loops are none."""
    own = {name.name for name in tree.find_all(nodes.Name) if name.ctx == "store"} | {"loop"}
    return [(name, node) for name, node in _names(tree) if name.split(".")[0] not in own]


def _hint(name: str, template: Template) -> str:
    """The nearest declared name, or that nothing is declared; a beginning that nothing has is told first."""
    root = name.partition(".")[0]
    if template.declared and root in ROOTS:
        return f"; {did_you_mean(name, template.declared)}"
    return f"; {did_you_mean(root, ROOTS)}" if root not in ROOTS else "; the front matter has no needs: at all"


def _loops(node: nodes.Node) -> int:
    """How deep loops lie in each other below a node."""
    below = max(map(_loops, node.iter_child_nodes()), default=0)
    return below + isinstance(node, nodes.For)


def _declared(name: str, declared: tuple[str, ...]) -> bool:
    """Whether a name, or what it is a part of, is declared."""
    return any(name == other or name.startswith(other + ".") for other in declared)


def _walk(node: nodes.Node) -> list[nodes.Node]:
    """The node and all below it."""
    return [node, *(below for child in node.iter_child_nodes() for below in _walk(child))]


def _names(node: nodes.Node) -> list[tuple[str, nodes.Node]]:
    """Dotted names that are read, longest first."""
    dotted = _dotted(node)
    if dotted:
        return [(dotted, node)]
    return [found for child in node.iter_child_nodes() for found in _names(child)]


def _dotted(node: nodes.Node) -> str:
    """`account.name` of a chain of attributes, empty for anything else."""
    if isinstance(node, nodes.Name):
        return node.name if node.ctx == "load" else ""
    if isinstance(node, nodes.Getattr):
        below = _dotted(node.node)
        return f"{below}.{node.attr}" if below else ""
    return ""


def _error(template: Template, node: nodes.Node, problem: str) -> ConfigError:
    """A problem at a node of a template."""
    return ConfigError(problem, file=template.path, line=node.lineno)
