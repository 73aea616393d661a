"""YAML with the line of every key, so that an error can point at it."""

from typing import Any, TypeVar, get_args

import yaml
from pydantic import BaseModel, ValidationError

from models.errors import ConfigError
from models.nearest import did_you_mean

Path = tuple[str | int, ...]
Model = TypeVar("Model", bound=BaseModel)


_Safe: type[Any] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
"""The loader in C, eight times as fast, wherever PyYAML was built with it."""


class _Loader(_Safe):  # type: ignore[misc]
    """PyYAML's safe loader, which refuses a key that stands twice."""


def _mapping(loader: _Loader, node: yaml.MappingNode) -> dict[Any, Any]:
    """A mapping; a repeated key would silently win otherwise, and `on:` would be read as true."""
    seen: set[Any] = set()
    for key_node, _ in node.value:
        key = loader.construct_object(key_node, deep=True)
        if isinstance(key, bool):
            problem = f"YAML reads the key '{key_node.value}' as {str(key).lower()}; no key is called that"
            raise yaml.MarkedYAMLError(problem=problem, problem_mark=key_node.start_mark)
        if key in seen:
            raise yaml.MarkedYAMLError(problem=f"the key '{key}' stands twice", problem_mark=key_node.start_mark)
        seen.add(key)
    mapping: dict[Any, Any] = loader.construct_mapping(node, deep=True)
    return mapping


_Loader.add_constructor(yaml.resolver.BaseResolver.DEFAULT_MAPPING_TAG, _mapping)


def read_yaml(text: str, file: str) -> tuple[Any, dict[Path, int]]:
    """The data and the 1-based line of every key.

    Raises:
        ConfigError: no YAML, with the line.
    """
    try:
        loader = _Loader(text)
        node = loader.get_single_node()
        data = loader.construct_document(node) if node is not None else None
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else None
        raise ConfigError(error.problem or "this is no YAML", file=file, line=line) from error
    return data, dict(_lines(node, ()))


def _lines(node: yaml.Node | None, path: Path) -> list[tuple[Path, int]]:
    """(path, line) of the node and of all below it."""
    found: list[tuple[Path, int]] = []
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            here = (*path, key.value)
            found += [(here, key.start_mark.line + 1), *_lines(value, here)]
    elif isinstance(node, yaml.SequenceNode):
        for index, value in enumerate(node.value):
            found += [((*path, index), value.start_mark.line + 1), *_lines(value, (*path, index))]
    return found


def parse(model: type[Model], text: str, file: str) -> Model:
    """The file as that model.

    Raises:
        ConfigError: with line, key, value and the nearest valid name of the first thing that is wrong.
    """
    data, lines = read_yaml(text, file)
    return build(model, data if data is not None else {}, file, lines)


def build(model: type[Model], data: object, file: str, lines: dict[Path, int], below: Path = ()) -> Model:
    """The data as that model; `below` is where the data stands in its file."""
    try:
        return model.model_validate(data)
    except ValidationError as error:
        raise told(model, error, file, lines, below)[0] from error


def told(
    model: type[BaseModel], error: ValidationError, file: str, lines: dict[Path, int], below: Path = ()
) -> list[ConfigError]:
    """Everything that is wrong with the data, each with its line and key; a slip comes before what it makes missing."""
    found = []
    for each in sorted(error.errors(), key=lambda each: each["type"] == "missing"):
        path = (*below, *each["loc"])
        found.append(ConfigError(_problem(model, each), file=file, line=line_of(lines, path), key=dotted(path)))
    return found


def _problem(model: type[BaseModel], error: Any) -> str:
    """One sentence: what is wrong and what would be right."""
    if error["type"] == "extra_forbidden":
        return f"this key is not known; {did_you_mean(str(error['loc'][-1]), _fields_at(model, error['loc'][:-1]))}"
    if error["type"] == "missing":
        return "this key is missing"
    if error["type"] in ("model_type", "dict_type"):
        return f"keys with their values are needed here, not a {type(error['input']).__name__}"
    message = error["msg"].removeprefix("Value error, ")
    value = error["input"]
    if error["type"] == "value_error" or isinstance(value, dict | list):
        return str(message)
    if error["type"] == "literal_error":
        valid = error["ctx"]["expected"].replace(" or ", ", ").replace("'", "").split(", ")
        return f"'{value}' is not known; {did_you_mean(str(value), valid)}"
    return f"'{value}': {message}"


def line_of(lines: dict[Path, int], path: Path) -> int | None:
    """The line of the path, or of the nearest key above it."""
    for length in range(len(path), 0, -1):
        if path[:length] in lines:
            return lines[path[:length]]
    return None


def dotted(path: Path) -> str:
    """The path as a person writes it, e.g. `steps.3.email`."""
    return ".".join(str(part) for part in path)


def _fields_at(model: type[BaseModel], loc: Path) -> list[str]:
    """The keys that are valid at that place."""
    here = model
    for part in loc:
        names = {field.alias or name: field for name, field in here.model_fields.items()}
        if isinstance(part, str) and part in names:
            here = _model_in(names[part].annotation) or here
    return [field.alias or name for name, field in here.model_fields.items()]


def _model_in(annotation: Any) -> type[BaseModel] | None:
    """The model inside an annotation such as `tuple[Step, ...]` or `Step | None`."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next((found for found in map(_model_in, get_args(annotation)) if found), None)
