"""Finding what a person means: an account by id or name, a task by the beginning of its id."""

from collections.abc import Iterable
from difflib import get_close_matches

from sqlalchemy import Connection, select

from models.errors import UsageError
from models.nearest import did_you_mean
from models.tables import task
from tasks.night import Night
from tasks.store import csm_tasks
from tasks.store.csm_tasks import CsmTask


def account_of(night: Night, said: str) -> str:
    """The id of the account that has this id or, whatever its case, this name.

    Raises:
        UsageError: there is none, with the nearest id or name; or several have the name.
    """
    names = account_names(night)
    if said in names:
        return said
    found = sorted(id_ for id_, name in names.items() if said.casefold() in (id_.casefold(), name.casefold()))
    if len(found) > 1:
        raise UsageError(f"several accounts are named '{said}': {', '.join(found)}; say the id")
    if not found:
        raise UsageError(f"there is no account '{said}'; {_nearest(said, names)}")
    return found[0]


def csm_of(night: Night, said: str, also: Iterable[str | None] = ()) -> str:
    """The CSM of that id: one with accounts, or one of `also`.

    Raises:
        UsageError: there is none, with the nearest id.
    """
    sheet = night.lake.read(night.path("sheet_account.parquet"))
    known = sorted({id_ for id_ in (*sheet["csm_id"].to_pylist(), *also) if id_})
    if said not in known:
        raise UsageError(f"there is no CSM '{said}'; {did_you_mean(said, known)}")
    return said


def account_names(night: Night) -> dict[str, str]:
    """Account id → name, of the night's fact sheets."""
    path = night.lake.resolve(night.path("sheet_account.parquet"))
    con = night.lake.duckdb()
    try:
        rows = con.execute("SELECT account_id, name FROM read_parquet(?)", [path]).fetchall()
    finally:
        con.close()
    return {id_: name or "" for id_, name in rows}


def task_of(conn: Connection, said: str) -> CsmTask:
    """The task whose id begins like that, done ones too.

    Raises:
        UsageError: none or several do.
    """
    query = select(task.c.task_id).where(task.c.task_id.startswith(said, autoescape=True)).limit(10)
    found = list(conn.execute(query.order_by(task.c.task_id)).scalars()) if said else []
    if len(found) > 1 and said not in found:
        raise UsageError(f"several tasks begin with '{said}': {', '.join(found)}")
    return csm_tasks.get(conn, found[0] if len(found) == 1 else said)


def _nearest(said: str, names: dict[str, str]) -> str:
    """The nearest of all ids and names, as `Name (id)`."""
    words = {word.casefold(): id_ for id_, name in names.items() for word in (name, id_) if word}
    close = get_close_matches(said.casefold(), words, n=1)
    if not close:
        return f"the newest night knows {len(names)} accounts, none of a similar name"
    id_ = words[close[0]]
    return f"did you mean '{names[id_] or id_}' ({id_})?"
