"""Senders killed by the hundred: `python -m tests.crash.campaign --kills 1000`, half of them on each database.

Last line: `kills=… messages=… lost=… doubled=… uncertain=… resolved=…`, of the kills with a readable ledger; the
lines before it tell the same of each database, and of the kills without a ledger. Exit code 5 when a promise is
broken; then ledger and database are kept, and named.
"""

import argparse
import json
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any

from tasks.night import Night
from tasks.store.engine import read
from tasks.store.events import events_since
from tests.crash.points import SENDING, points
from tests.crash.processes import ROOT, Senders, senders
from tests.crash.rounds import MESSAGES, Rounds
from tests.crash.site import Site, site
from tests.crash.verdict import Verdict, judge
from tests.postgresql import postgresql, with_schema

BROKEN = 5
SEED = 20241231
DATABASES = ("sqlite", "postgresql")
LEDGER, BLIND = "readable ledger", "no ledger"


def main(given: argparse.Namespace) -> int:
    """The campaign on one database, or on both side by side; gives the exit code."""
    print(f"seed={given.seed}", flush=True)
    if given.database == "both":
        return both(given)
    folder = Path(tempfile.mkdtemp(prefix=f"perennial-crash-{given.database}-"))
    broken = False
    with database(given.database) as urls, senders() as parent:
        for name, kills in ((LEDGER, given.kills), (BLIND, given.blind)):
            if kills:
                place = folder / name.replace(" ", "-")
                broken |= campaign(given, place, parent, next(urls), readable=name == LEDGER)
    if not broken:
        shutil.rmtree(folder)
    return BROKEN if broken else 0


def campaign(given: argparse.Namespace, folder: Path, parent: Senders, url: str, *, readable: bool) -> bool:
    """One campaign: its line, and whether it broke a promise."""
    kills, name = (given.kills, LEDGER) if readable else (given.blind, BLIND)
    named = points(*SENDING) if given.points else []
    contacts = MESSAGES * (2 * kills + 2 * len(named) + 2)
    with site(folder, parent, seed=given.seed, contacts=contacts, database_url=url, readable=readable) as place:
        rounds = Rounds(place, given.seed)
        rounds.random(kills)
        for point in named:
            rounds.each(point)
        verdict = judge(place, rounds.kills)
        print(f"{given.database}, {name}: {verdict.line('unseen', 'held')}", flush=True)
        broken = verdict.broken(readable=readable)
        if broken:
            keep(place, verdict)
    return broken


def both(given: argparse.Namespace) -> int:
    """Two campaigns side by side, half of the kills each; prints what they print, and the sum."""
    started = [_child(given, name, -(-given.kills // 2), -(-given.blind // 2)) for name in DATABASES]
    total = Verdict()
    for child in started:
        for line in child.communicate()[0].decode().splitlines():
            if "kills=" in line:
                print(line, flush=True)
            if f", {LEDGER}: " in line:
                total += read_line(line)
    print(total.line(), flush=True)
    return max(child.returncode for child in started)


def read_line(line: str) -> Verdict:
    """The numbers of a campaign's line."""
    numbers: dict[str, Any] = {name: int(value) for name, value in re.findall(r"(\w+)=(\d+)", line)}
    return Verdict(**numbers)


def _child(given: argparse.Namespace, name: str, kills: int, blind: int) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "tests.crash.campaign", "--database", name, "--kills", str(kills)]
    command += ["--blind", str(blind), "--seed", str(given.seed), *(["--points"] if given.points else [])]
    return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE)


@contextmanager
def database(name: str) -> Iterator[Iterator[str]]:
    """New databases of a kind, as many as are asked for; for SQLite the installation's own file."""
    if name == "sqlite":
        yield iter(lambda: "", None)
        return
    with postgresql() as server:
        yield (with_schema(server, f"campaign_{number}") for number in range(10))


def keep(place: Site, verdict: Verdict) -> None:
    """Say what is wrong, and where ledger and database lie."""
    folder = place.sink.folder.parent
    _dump(place.night, folder / "events.jsonl")
    for line in verdict.wrong[:20]:
        print(f"  {line}", file=sys.stderr)
    print(f"  kept: {folder} (var: the installation, sink: the ledger, events.jsonl: its log)", file=sys.stderr)


def _dump(night: Night, path: Path) -> None:
    with read(night.engine) as conn, path.open("w", encoding="utf-8") as file:
        for record in events_since(conn):
            file.write(json.dumps(asdict(record), default=str) + "\n")


def arguments() -> argparse.Namespace:
    """What the command line says."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kills", type=int, default=200, help="random kills with a readable ledger")
    parser.add_argument("--blind", type=int, default=0, help="random kills without one")
    parser.add_argument("--points", action="store_true", help="and one kill at each named point")
    parser.add_argument("--database", choices=[*DATABASES, "both"], default="both")
    parser.add_argument("--seed", type=int, default=SEED)
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main(arguments()))
