"""One measured run in a process of its own: `python -m bench.once ours|by_hand VAR ACCOUNTS DATE`; prints JSON.

Each way imports only what it needs, so that the other's libraries do not count as its memory.
"""

import json
import resource
import sys
import time
from datetime import date, timedelta
from pathlib import Path

from bench.company import Company

MEGABYTE = 1024 * (1024 if sys.platform == "darwin" else 1)
SCRIPT = Path(__file__).with_name("by_hand.sql")

SIGNALS = ("usage_drop", "gone_quiet", "sponsor_left", "red_health", "renewal_at_risk")
REMEMBERED = {
    "account_id": "VARCHAR", "health_band": "VARCHAR", "health_score": "DECIMAL(18, 9)", "health_band_since": "DATE",
    "stage": "VARCHAR", "stage_since": "DATE", "milestone_first_value": "DATE", "milestone_broad_use": "DATE",
    "held_usage_drop": "BOOLEAN", "held_gone_quiet": "BOOLEAN", "held_sponsor_left": "BOOLEAN",
    "held_red_health": "BOOLEAN", "held_renewal_at_risk": "BOOLEAN", "stage_entry": "INTEGER",
    "stage_backfilled": "BOOLEAN", "entries": "INTEGER[]",
    **{f"times_{name}": "INTEGER" for name in SIGNALS},
    **{f"signal_{name}": "BOOLEAN" for name in SIGNALS},
    **{f"signal_{name}_since": "DATE" for name in SIGNALS},
}  # fmt: skip
NOTHING = f"(SELECT {', '.join(f'NULL::{type_} AS {name}' for name, type_ in REMEMBERED.items())} WHERE false)"


def ours(var: Path, company: Company) -> tuple[float, float]:
    """Seconds on the clock and of the processors, of measure and score."""
    from bench.place import open_night  # noqa: PLC0415 (not imported for the other way)
    from config.settings import Settings  # noqa: PLC0415 (not imported for the other way)
    from tasks.measure import measure  # noqa: PLC0415 (not imported for the other way)
    from tasks.opening import open_place  # noqa: PLC0415 (not imported for the other way)
    from tasks.score import score  # noqa: PLC0415 (not imported for the other way)

    settings = Settings.load(var)
    with open_place(settings) as place:
        night = open_night(place, settings, company)
        started, busy = time.perf_counter(), time.process_time()
        measure(night)
        score(night)
        return time.perf_counter() - started, time.process_time() - busy


def by_hand(var: Path, company: Company) -> tuple[float, float]:
    """Seconds on the clock and of the processors, of bench/by_hand.sql over the same files."""
    import duckdb  # noqa: PLC0415 (not imported for the other way)

    before, out = (var / f"by_hand/{day}" for day in (company.as_of - timedelta(days=1), company.as_of))
    out.mkdir(parents=True, exist_ok=True)
    known = f"'{before}/sheet_account.parquet'" if before.exists() else NOTHING
    script = SCRIPT.read_text(encoding="utf-8")
    for name, value in {"lake": var / "lake", "as_of": f"DATE '{company.as_of}'", "before": known, "out": out}.items():
        script = script.replace(f"{{{name}}}", str(value))
    started, busy = time.perf_counter(), time.process_time()
    with duckdb.connect(config={"threads": 2}) as con:
        con.execute("SET TimeZone = 'UTC'")
        con.execute(script)
    return time.perf_counter() - started, time.process_time() - busy


def main() -> None:
    """Run it once."""
    which, var, accounts, day = sys.argv[1:]
    company = Company(int(accounts), date.fromisoformat(day))
    seconds, processor = {"ours": ours, "by_hand": by_hand}[which](Path(var), company)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / MEGABYTE
    print(json.dumps({"seconds": seconds, "processor": processor, "megabytes": peak}))


if __name__ == "__main__":
    main()
