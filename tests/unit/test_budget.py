"""Small pieces: how long functions and modules may be, what carries a docstring, and what no file is called."""

import ast
from collections.abc import Iterator

import pytest

from config.files import ROOT

PRODUCT = ("cli", "config", "flows", "migrations", "models", "tasks", "templates")
FILES = {
    path.relative_to(ROOT): path.read_text(encoding="utf-8")
    for top in (*PRODUCT, "bench", "tests")
    for path in sorted((ROOT / top).rglob("*.py"))
}
TREES = {path: ast.parse(text) for path, text in FILES.items()}
Function = ast.FunctionDef | ast.AsyncFunctionDef
FUNCTIONS = [(path, node) for path, tree in TREES.items() for node in ast.walk(tree) if isinstance(node, Function)]


def lines(function: Function) -> int:
    """Lines of a function, its docstring not counted."""
    first = function.body[0]
    told = first.end_lineno - first.lineno + 1 if ast.get_docstring(function) and first.end_lineno else 0
    return (function.end_lineno or 0) - function.lineno + 1 - told


def public(tree: ast.Module) -> Iterator[Function]:
    """Functions, and methods of classes, that others call; of an overloaded one the last, which has the body."""
    classes = [node for node in tree.body if isinstance(node, ast.ClassDef) and not node.name.startswith("_")]
    for node in [*tree.body, *(one for each in classes for one in each.body)]:
        overload = isinstance(node, Function) and any(ast.unparse(mark) == "overload" for mark in node.decorator_list)
        if isinstance(node, Function) and not node.name.startswith("_") and not overload:
            yield node


@pytest.mark.parametrize("top", [*PRODUCT, "bench", "tests"])
def test_no_function_is_longer_than_forty_lines(top: str) -> None:
    """What does not fit on a screen is two things."""
    assert [f"{path}:{one.name}" for path, one in FUNCTIONS if path.parts[0] == top and lines(one) > 40] == []


def test_most_functions_are_short() -> None:
    """Half of them have eight lines at the most, nine of ten 25."""
    counts = sorted(lines(one) for path, one in FUNCTIONS if path.parts[0] in PRODUCT)
    assert counts[len(counts) // 2] <= 8
    assert counts[len(counts) * 9 // 10] <= 25


def test_no_module_is_longer_than_250_lines() -> None:
    """What nobody reads in one go is two modules."""
    assert [str(path) for path, text in FILES.items() if text.count("\n") > 250] == []


def test_packages_hold_nothing_in_their_init() -> None:
    """A name has one home."""
    assert [str(path) for path, text in FILES.items() if path.name == "__init__.py" and text.strip()] == []


def test_modules_are_named_for_what_they_do() -> None:
    """No drawer for all that is left over; and two tests of one name would hide each other."""
    words = ("util", "helper", "manager", "misc")
    assert [str(path) for path in FILES if any(word in path.stem for word in words)] == []
    tests = [path.name for path in FILES if path.name.startswith("test_")]
    assert sorted(set(tests)) == sorted(tests)


def test_all_that_others_use_says_what_it_does() -> None:
    """Each module and each public function of the product, and each test."""
    silent = [str(path) for path, tree in TREES.items() if path.name != "__init__.py" and not ast.get_docstring(tree)]
    product = [(path, one) for path, tree in TREES.items() if path.parts[0] in PRODUCT for one in public(tree)]
    tests = [(path, one) for path, one in FUNCTIONS if path.parts[0] == "tests" and one.name.startswith("test_")]
    silent += [
        f"{path}:{one.name}"
        for path, one in [*product, *tests]
        if not ast.get_docstring(one) and path.parts[0] != "migrations"
    ]
    assert silent == []
