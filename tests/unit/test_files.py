"""Layers of configuration: theirs over ours, file by file; and their identity."""

from pathlib import Path

import pytest

from config.files import ROOT, Files, read_files
from models.errors import ConfigError


def layer(folder: Path, **texts: str) -> Path:
    """A folder with these files; `__` stands for a slash, the ending is .yaml."""
    for name, text in texts.items():
        path = folder / f"{name.replace('__', '/')}.yaml"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return folder


@pytest.fixture
def ours(tmp_path: Path) -> Path:
    """A small configuration of our own."""
    return layer(
        tmp_path / "ours", config__perennial="", config__health="h: 1", config__plays__one="p: 1",
        config__plays__two="p: 2", config__sources="s: 1",
    )  # fmt: skip


def test_a_file_of_the_layer_stands_for_ours(ours: Path, tmp_path: Path) -> None:
    """The others stay."""
    found = read_files(layer(tmp_path / "theirs", config__health="h: 2", config__plays__three="p: 3"), ours)
    assert found["config/health.yaml"] == "h: 2"
    assert set(found.under("config/plays")) == {f"config/plays/{name}.yaml" for name in ("one", "two", "three")}


def test_a_play_can_be_disabled(ours: Path, tmp_path: Path) -> None:
    """By name or all of them."""
    for wish, left in (("plays/one", {"config/plays/two.yaml"}), ("plays/*", set())):
        theirs = layer(tmp_path / "theirs", config__perennial=f"disable: [{wish}]")
        assert set(read_files(theirs, ours).under("config/plays")) == left


def test_nothing_can_be_inherited(ours: Path, tmp_path: Path) -> None:
    """`inherit: none`: only what the layer holds."""
    theirs = layer(tmp_path / "theirs", config__perennial="inherit: none", config__health="h: 2")
    assert set(read_files(theirs, ours)) == {"config/perennial.yaml", "config/health.yaml"}


def test_disabling_what_is_not_there_names_the_nearest(ours: Path, tmp_path: Path) -> None:
    """A slip must not leave a play running."""
    theirs = layer(tmp_path / "theirs", config__perennial="disable: [plays/onne]")
    with pytest.raises(ConfigError, match=r"'plays/onne' disables nothing; did you mean 'plays/one'\?"):
        read_files(theirs, ours)


def test_a_layer_that_is_not_there_is_said(ours: Path, tmp_path: Path) -> None:
    """Rather than running on ours."""
    with pytest.raises(ConfigError, match="there is no folder"):
        read_files(tmp_path / "nowhere", ours)


def test_what_is_no_utf8_is_said_with_its_name(ours: Path) -> None:
    """The file, and where in it."""
    (ours / "config/health.yaml").write_bytes(b"caf\xe9")
    with pytest.raises(ConfigError, match=r"health.yaml.*not UTF-8"):
        read_files(None, ours)


def test_equal_texts_have_equal_hashes_in_any_order() -> None:
    """The identity of a configuration is its content; it can be stored and read back."""
    one, other = Files({"a": "1", "b": "ü"}), Files({"b": "ü", "a": "1"})
    assert one.hash == other.hash
    assert Files.parse(one.dump()) == one
    assert Files({"a": "1", "b": "u"}).hash != one.hash


def test_secrets_stay_unexpanded_in_what_is_stored() -> None:
    """A snapshot holds `${NAME}`, never what the environment says."""
    assert "${VAR}" in read_files(None, ROOT).dump()
