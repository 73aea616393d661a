"""Markdown tables of pydantic models and of commands, for docs/generate.py."""  # noqa: INP001 — scripts, no package

import re
from collections.abc import Iterable, Sequence
from inspect import cleandoc
from types import NoneType, UnionType
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from models.duration import Days, Months, Share

SPANS = {id(Days): "span, like `3 days`", id(Months): "span, like `6 months`", id(Share): "share, like `15%` or 0.15"}
PLAIN = {str: "text", int: "whole number", float: "number", bool: "true or false", Any: "anything"}
ARGUMENT = re.compile(r"^(?P<names>\w+(?:, \w+)*): (?P<text>.*)$")


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A Markdown table; a stroke inside a cell is escaped."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in line)} |" for line in lines)


def model_tables(model: type[BaseModel], title: str) -> str:
    """A model's keys as a table, then those of the models inside it."""
    inner: list[type[BaseModel]] = []
    _collect(model, inner)
    parts = [f"**{title}**: {_told(model)}\n\n{_keys(model)}"]
    parts += [f"**`{each.__name__}`**: {_told(each)}\n\n{_keys(each)}" for each in inner if each is not model]
    return "\n\n".join(parts)


def _collect(model: type[BaseModel], found: list[type[BaseModel]]) -> None:
    """The models that a model's keys hold, in the order of the keys."""
    for field in model.model_fields.values():
        for inner in _models(field.annotation):
            if inner not in found:
                found.append(inner)
                _collect(inner, found)


def _models(annotation: Any) -> list[type[BaseModel]]:
    """The models in an annotation."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return [annotation]
    return [found for part in get_args(annotation) for found in _models(part)]


def _keys(model: type[BaseModel]) -> str:
    """One row a key."""
    hints = get_type_hints(model, include_extras=True)
    meanings = _meanings(model)
    rows = [
        (f"`{field.alias or name}`", _type(hints[name]), _default(field), meanings.get(name, ""))
        for name, field in model.model_fields.items()
    ]
    if not any(row[3] for row in rows):
        return table(("key", "value", "default"), [row[:3] for row in rows])
    return table(("key", "value", "default", "meaning"), rows)


def _default(field: FieldInfo) -> str:
    """What holds when the key is left out."""
    if field.is_required():
        return "required"
    default = field.get_default(call_default_factory=True)
    if default is None or default in ("", (), {}) or isinstance(default, BaseModel):
        return "-"
    shown = list(default) if isinstance(default, tuple) else default
    return f"`{str(shown).lower() if isinstance(shown, bool) else shown}`"


def _type(hint: Any) -> str:
    """A type in words."""
    if id(hint) in SPANS:
        return SPANS[id(hint)]
    if get_args(hint):
        return _composed(get_origin(hint), get_args(hint))
    if isinstance(hint, type) and issubclass(hint, BaseModel):
        return f"`{hint.__name__}`"
    return PLAIN.get(hint, getattr(hint, "__name__", str(hint)))


def _composed(origin: Any, parts: tuple[Any, ...]) -> str:
    """A type made of others."""
    if origin is Literal:
        return ", ".join(f"`{part}`" for part in parts)
    if origin in (Union, UnionType):
        return " or ".join(_type(part) for part in parts if part is not NoneType)
    if origin is tuple:
        return f"list of {_type(parts[0])}" if parts[-1] is Ellipsis else f"[{', '.join(map(_type, parts))}]"
    if origin is dict:
        return f"{_type(parts[0])} → {_type(parts[1])}"
    return _type(parts[0])  # Annotated


def _told(model: type[BaseModel]) -> str:
    """The docstring without its list of attributes, as one paragraph."""
    words = cleandoc(model.__doc__ or "").partition("\nAttributes:")[0]
    return " ".join(words.split())


def _meanings(model: type[BaseModel]) -> dict[str, str]:
    """Key → what the docstring says of it, own words before inherited ones."""
    found: dict[str, str] = {}
    for each in (model, *model.__mro__[1:]):
        if not issubclass(each, BaseModel):
            continue
        for name, text in _attributes(each.__doc__ or "").items():
            found.setdefault(name, text)
    return found


def _attributes(doc: str) -> dict[str, str]:
    """The lines below `Attributes:`, continuation lines joined."""
    found: dict[str, str] = {}
    names: list[str] = []
    for line in cleandoc(doc).partition("\nAttributes:\n")[2].splitlines():
        match = ARGUMENT.match(line.strip())
        if match and not line.startswith("     "):
            names = match["names"].split(", ")
            found |= dict.fromkeys(names, match["text"])
        else:
            found |= {name: f"{found[name]} {line.strip()}".strip() for name in names}
    return found


def command_text(name: str, command: Any, level: str = "##") -> str:
    """A command: its help, its arguments and options, its examples."""
    words, _, examples = cleandoc(command.help or "").partition("Example: ")
    shown = [line.removeprefix("Example: ") for line in examples.splitlines() if line.strip()]
    rows = [_option(each) for each in command.params if each.name != "help"]
    parts = [f"{level} perennial {name}", words.strip(), f"```\n{chr(10).join(shown)}\n```"]
    return "\n\n".join([*parts, table(("", "meaning"), rows)] if rows else parts)


def _option(option: Any) -> tuple[str, str]:
    """An option as it is typed, and what it means."""
    if option.param_type_name == "argument":
        word = (option.metavar or option.name.upper()).strip("[]")
        return f"`{word}`" + ("" if option.required else " (may be left out)"), option.help or ""
    value = "" if option.is_flag else f" {option.metavar or option.name.upper()}"
    return f"`{option.opts[0]}{value}`" + (" (required)" if option.required else ""), option.help or ""
