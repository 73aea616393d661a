"""What the approval gates look at: the plan's mails, and how many accounts changed their health band."""

from sqlalchemy import select

from models.decision import Plan
from models.gates import HISTORY, ceiling, reasons
from models.tables import run
from tasks.night import Night
from tasks.store.engine import read

_MOVED = """
    SELECT count(*), count(*) FILTER (health_band_before <> health_band)
    FROM read_parquet(?) WHERE health_band_before IN ('green', 'yellow', 'red')"""


def approval_reasons(night: Night, plan: Plan) -> list[str]:
    """Why the night must wait for a person; empty if it need not."""
    query = select(run.c.messages).where(run.c.state == "done", run.c.as_of < night.as_of, run.c.messages.is_not(None))
    with read(night.engine) as conn:
        sent = list(conn.execute(query.order_by(run.c.as_of.desc()).limit(HISTORY)).scalars())
    sheet = night.lake.resolve(night.path("sheet_account.parquet"))
    with night.lake.duckdb() as con:
        had, changed = con.execute(_MOVED, [sheet]).fetchone() or (0, 0)
    gates = night.rules.company.gates
    return reasons(plan.mails, ceiling(sent, gates), had, changed, gates)
