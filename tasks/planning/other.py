"""The configuration that a plan is held against: a folder, or the folder of --config at a git revision."""

import io
import subprocess
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from config.settings import Settings
from models.errors import UsageError


@contextmanager
def other_settings(settings: Settings, said: str) -> Iterator[Settings]:
    """The settings with the other configuration.

    Raises:
        UsageError: it is neither a folder nor a revision that git knows of the folder of --config.
    """
    if Path(said).is_dir():
        yield _with(settings, Path(said))
        return
    if settings.config is None:
        raise UsageError(f"there is no folder '{said}'; a git revision needs --config DIR, a folder in a repository")
    with tempfile.TemporaryDirectory(prefix="perennial-revision-") as folder:
        with tarfile.open(fileobj=io.BytesIO(_archived(settings.config, said))) as archive:
            archive.extractall(folder, filter="data")
        yield _with(settings, Path(folder))


def _archived(folder: Path, revision: str) -> bytes:
    """The folder at that revision, as git packs it."""
    call = ["git", "-C", str(folder), "archive", "--format=tar", "--end-of-options", revision, "."]
    ran = subprocess.run(call, capture_output=True, check=False)  # noqa: S603 — the revision is no option
    if ran.returncode:
        said = ran.stderr.decode(errors="replace").strip().splitlines()
        raise UsageError(f"'{revision}' is no folder, and no revision of {folder}: {said[0] if said else 'git failed'}")
    return ran.stdout


def _with(settings: Settings, config: Path) -> Settings:
    """The same installation under another layer."""
    return settings.model_copy(update={"config": config})
