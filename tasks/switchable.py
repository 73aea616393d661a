"""What a kill switch may name: everything, a play, or a template."""

from pathlib import Path, PurePosixPath

from sqlalchemy import Connection, select

from config.files import read_files
from models.errors import UsageError
from models.nearest import did_you_mean
from models.tables import play_version
from tasks.mail.template import template_names
from tasks.store.switches import EVERYTHING, MAIL


def require_switchable(conn: Connection, layer: Path | None, name: str) -> None:
    """Refuse the name of nothing; only names are looked at, so that a broken configuration can still be stopped.

    Raises:
        UsageError: no play or template of that name, with the nearest one.
    """
    if name in (EVERYTHING, MAIL):
        return
    files = read_files(layer)
    if "/" in name:
        _require("template", name, set(template_names(files)))
        return
    plays = {PurePosixPath(path).stem for path in files.under("config/plays", ".yaml")}
    _require("play", name, plays | set(conn.execute(select(play_version.c.play)).scalars()))


def _require(kind: str, name: str, valid: set[str]) -> None:
    if name not in valid:
        raise UsageError(f"there is no {kind} '{name}'; {did_you_mean(name, valid)}")
