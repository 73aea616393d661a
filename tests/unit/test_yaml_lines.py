"""YAML errors speak of file, line, key, value and the nearest valid name."""

import pytest

from config.yaml_lines import line_of, parse, read_yaml
from models.company import Company
from models.errors import ConfigError
from models.play import Play

PLAY = """\
# a comment
play: hello
per: account
audience: "true"
anchor: start
steps:
  - {id: one, day: 1, email: m/one, to: [sponsor]}
  - id: two
    day: 2
    task: Call
"""


def problem(text: str) -> str:
    """What is said of a play's text."""
    with pytest.raises(ConfigError) as caught:
        parse(Play, text, "config/plays/hello.yaml")
    assert caught.value.exit_code == 2
    return str(caught.value)


def test_a_good_file_is_read() -> None:
    """And every key knows its line."""
    assert [step.id for step in parse(Play, PLAY, "f").steps] == ["one", "two"]
    _, lines = read_yaml(PLAY, "f")
    assert (lines[("per",)], lines[("steps", 0)], lines[("steps", 1, "task")]) == (3, 7, 10)


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("anchor: start", "ancor: start", "FILE:5: ancor: this key is not known; did you mean 'anchor'?"),
        ("    task: Call", "    taks: Call", "FILE:10: steps.1.taks: this key is not known; did you mean 'task'?"),
        ("per: account", "per: acount", "FILE:3: per: 'acount' is not known; did you mean 'account'?"),
        ("play: hello\n", "", "FILE: play: this key is missing"),
        ("    day: 2", "    day: soon", "FILE:9: steps.1.day: 'soon': "),
        ("[sponsor]", "[sponser]", "FILE:7: steps.0.to.0: 'sponser' is not known; did you mean 'sponsor'?"),
        ("per: account", "per: account\nper: contract", "FILE:4: the key 'per' stands twice"),
        ("per: account", "on: Monday\nper: account", "FILE:3: YAML reads the key 'on' as true; no key is called that"),
        ("anchor: start", "anchor: [start", "FILE:"),
        ("id: two", "id: one", "step id 'one' stands twice"),
        ("    day: 2", "    after: tow", "step 'two' follows 'tow', no earlier step; "),
        ("    day: 2\n", "", "step 'two' needs one of day:, week: or month:, or after: another step"),
    ],
)
def test_what_is_wrong_is_said_where_it_stands(old: str, new: str, words: str) -> None:
    """File, line, key, value, and what was probably meant; a slip before what it makes missing."""
    assert old in PLAY
    assert words.replace("FILE", "config/plays/hello.yaml") in problem(PLAY.replace(old, new, 1))


def test_an_empty_file_is_a_file_of_defaults() -> None:
    """Where a file may be missing it may be empty."""
    assert parse(Company, "", "config/perennial.yaml") == Company()


def test_the_nearest_line_above_stands_for_what_has_none() -> None:
    """A missing key has no line of its own."""
    assert line_of({("a",): 1, ("a", 0): 2}, ("a", 0, "missing")) == 2
    assert line_of({}, ("a",)) is None
