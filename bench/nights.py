"""Whole nights: with steps due, with nothing due, and the same night through Prefect and plainly."""

import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from bench.company import Company
from bench.place import settle
from cli.server import start_server
from config.quiet import quiet_environment
from config.settings import Settings
from tasks.opening import open_place

DAY = timedelta(days=1)
DUE_ON = date(2025, 6, 30)
"""A working day: one account in DUE has a renewal step on it, and nobody has one on the day after."""
DUE = 100
SNAPSHOTS = ("csms", "accounts", "contacts", "contracts")
HISTORY = ("tickets", "feedback", "churn_events")
LAYER = Path(__file__).with_name("layer")
PERENNIAL = (sys.executable, "-c", "from cli.main import app; app()")


@dataclass(frozen=True)
class Night:
    """One run of `perennial nightly`.

    Attributes:
        seconds: of the whole process, on the clock.
        processor: seconds of the processors, without Prefect's server.
        megabytes: its peak.
        summary: what it said with --json.
    """

    seconds: float
    processor: float
    megabytes: float
    summary: dict[str, Any]


def settled(folder: Path, accounts: int) -> Path:
    """A place where the company's history lies and the night before DUE_ON has enrolled everybody."""
    var, company = folder / "var", Company(accounts, DUE_ON, due=DUE)
    for name in SNAPSHOTS:
        company.write(name, folder / f"raw/{name}.parquet")
    with open_place(Settings.load(var)) as place:
        settle(place, replace(company, skip=2), ["usage", *HISTORY])
    run(folder, var, DUE_ON - DAY, accounts)
    return var


def run(folder: Path, var: Path, as_of: date, accounts: int, api: str = "") -> Night:
    """The night of a date, with that night's rows of usage; through the Prefect server at `api` if there is one."""
    Company(accounts, as_of, days=1, due=DUE).write("usage", folder / "raw/usage.parquet")
    settings = Settings.load(var)
    environment = {
        **os.environ,
        **quiet_environment(settings),
        "BENCH_RAW": str(folder / "raw"),
        "PREFECT_API_URL": api,
    }
    through = [] if api else ["--no-prefect"]
    arguments = ["--config", str(LAYER), "--var", str(var), "nightly", "--as-of", as_of.isoformat(), "--json", *through]
    return _waited([*PERENNIAL, *arguments], environment, folder)


def _waited(command: list[str], environment: dict[str, str], folder: Path) -> Night:
    """Run it, and look at what it took."""
    started = time.perf_counter()
    with (folder / "out.json").open("w") as out, (folder / "err.txt").open("w") as err:
        process = subprocess.Popen(command, env=environment, stdout=out, stderr=err, cwd=LAYER.parent.parent)
        _, _, used = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - started
    summary = dict(json.loads((folder / "out.json").read_text() or "{}"))
    if summary.get("state") != "done":
        raise SystemExit(f"the night did not end done: {summary or (folder / 'err.txt').read_text()[-2000:]}")
    megabytes = used.ru_maxrss / 1024 / (1024 if sys.platform == "darwin" else 1)
    return Night(seconds, used.ru_utime + used.ru_stime, megabytes, summary)


def nights(folder: Path, accounts: int) -> dict[str, Night]:
    """Name → night: 1 % of the accounts due, then nothing due."""
    var = settled(folder, accounts)
    return {
        "1 % due": run(folder, var, DUE_ON, accounts),
        "nothing due": run(folder, var, DUE_ON + DAY, accounts),
    }


def with_and_without_prefect(folder: Path, accounts: int, times: int) -> Iterator[tuple[Night, Night]]:
    """The same quiet night (through Prefect, plainly), in turns on copies of the place that `nights` left."""
    server = start_server(Settings.load(folder / "server"))
    as_of = DUE_ON + 2 * DAY
    try:
        api = server.wait()
        for _ in range(times):
            through, plainly = (_copied(folder, as_of, accounts, api=way) for way in (api, ""))
            yield through, plainly
    finally:
        server.stop()


def _copied(folder: Path, as_of: date, accounts: int, api: str) -> Night:
    """The night on a copy that is thrown away."""
    copy = folder / "copy"
    shutil.rmtree(copy, ignore_errors=True)
    shutil.copytree(folder / "var", copy, symlinks=True)
    return run(folder, copy, as_of, accounts, api)
