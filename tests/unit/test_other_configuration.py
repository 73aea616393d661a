"""The configuration that a plan is held against: a folder, or what the folder was at a revision."""

import subprocess
from pathlib import Path

import pytest

from config.settings import Settings
from models.errors import UsageError
from tasks.planning.other import other_settings

GIT = ("git", "-c", "user.name=t", "-c", "user.email=t@example.org", "-C")


@pytest.fixture
def layer(tmp_path: Path) -> Path:
    """A folder in a repository, changed since it was committed."""
    folder = tmp_path / "repository" / "layer"
    (folder / "config").mkdir(parents=True)
    (folder / "config/perennial.yaml").write_text("before", encoding="utf-8")
    for call in (["init", "-q"], ["add", "."], ["commit", "-qm", "before"]):
        subprocess.run([*GIT, str(folder.parent), *call], check=True, capture_output=True)
    (folder / "config/perennial.yaml").write_text("after", encoding="utf-8")
    return folder


@pytest.mark.parametrize(("said", "text"), [("HEAD", "before"), ("LAYER", "after")])
def test_a_revision_and_a_folder_are_configurations(layer: Path, tmp_path: Path, said: str, text: str) -> None:
    """A revision is read as the folder was; the folder itself as it lies there."""
    settings = Settings(var=tmp_path / "var", config=layer, _env_file=None)
    with other_settings(settings, str(layer) if said == "LAYER" else said) as other:
        assert other.config is not None
        assert (other.config / "config/perennial.yaml").read_text(encoding="utf-8") == text
        assert other.var == settings.var


@pytest.mark.parametrize("said", ["no-such-revision", "--output=/nowhere"])
def test_what_is_neither_is_refused(layer: Path, tmp_path: Path, said: str) -> None:
    """In one line; nothing that looks like an option reaches git as one."""
    settings = Settings(var=tmp_path / "var", config=layer, _env_file=None)
    with pytest.raises(UsageError, match="is no folder, and no revision"), other_settings(settings, said):
        pass


def test_a_revision_needs_a_folder_of_its_own(tmp_path: Path) -> None:
    """Without --config there is none."""
    settings = Settings(var=tmp_path / "var", config=None, _env_file=None)
    with pytest.raises(UsageError, match="needs --config DIR"), other_settings(settings, "HEAD"):
        pass
