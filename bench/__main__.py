"""The bench: `python -m bench` prints how fast Perennial is, as ratios to what one would write by hand.

Seconds on the clock depend on who else works on the machine; ratios are of runs taken in turns, and those of the
processors' seconds hardly depend on it.
"""

import argparse
import os
import platform
import shutil
import statistics
import sys
import tempfile
from pathlib import Path

import duckdb

from bench.due import due
from bench.mailing import is_there, mailing
from bench.nights import Night, nights, with_and_without_prefect
from bench.scoring import Measured, measured

BENCHES = ("score", "growth", "due", "mail", "nightly", "prefect")
MILLION = 1_000_000


def main() -> None:
    """Run the benches that were asked for, one after the other."""
    asked = _arguments()
    print(
        f"{platform.machine()}, {os.cpu_count()} processors, load {os.getloadavg()[0]:.1f}, DuckDB {duckdb.__version__}"
    )
    folder = Path(tempfile.mkdtemp(prefix="perennial-bench-", dir=asked.folder))
    try:
        if "score" in asked.benches or "growth" in asked.benches:
            _scoring(folder, asked)
        if "due" in asked.benches:
            _due(folder, asked)
        if "mail" in asked.benches:
            _mailing(folder, asked)
        if "nightly" in asked.benches or "prefect" in asked.benches:
            _nights(folder, asked)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    print(f"\nagain: python -m bench {' '.join(sys.argv[1:])}".rstrip())


def _arguments() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("benches", nargs="*", default=BENCHES, metavar="BENCH", help=f"some of: {', '.join(BENCHES)}")
    parser.add_argument("--accounts", type=int, default=100_000, help="accounts of the company (default: %(default)s)")
    parser.add_argument(
        "--enrollments", type=int, default=500_000, help="active enrollments of the due bench (default: %(default)s)"
    )
    parser.add_argument("--mails", type=int, default=5_000, help="mails of the mail bench (default: %(default)s)")
    parser.add_argument(
        "--times", type=int, default=3, help="how often each way is run, in turns (default: %(default)s)"
    )
    parser.add_argument(
        "--million", action="store_true", help="growth goes on to 1,000,000 accounts: 3 GB of disk, minutes"
    )
    parser.add_argument("--folder", type=Path, help="where the company is made, for a while")
    asked = parser.parse_args()
    if unknown := set(asked.benches) - set(BENCHES):
        parser.error(f"there is no bench {', '.join(sorted(unknown))}; there are {', '.join(BENCHES)}")
    return asked


def _scoring(folder: Path, asked: argparse.Namespace) -> None:
    """Measure + score beside hand-written SQL, at one size or at several."""
    sizes = [asked.accounts]
    if "growth" in asked.benches:
        sizes = [max(1, asked.accounts // 10), asked.accounts, *([MILLION] if asked.million else [])]
    print("\nMeasure + score, 90 days of usage, beside bench/by_hand.sql; every column of every row is equal")
    print(f"{'accounts':>10} {'ours s':>8} {'by hand s':>9} {'ratio':>6} {'cpu s':>7} {'by hand':>8} {'ratio':>6}"
          f" {'MB':>6} {'by hand':>8} {'cpu, times the size before':>27}")  # fmt: skip
    before: Measured | None = None
    for accounts in sizes:
        found = measured(folder, accounts, 1 if accounts == MILLION else asked.times)
        print(_line(found, before), flush=True)
        before = found


def _line(found: Measured, before: Measured | None) -> str:
    """One size."""
    ours, hand = "ours", "by_hand"
    grown = (
        f"{found.processor[ours] / before.processor[ours]:.1f} of {found.accounts / before.accounts:.0f}"
        if before
        else ""
    )
    return (
        f"{found.accounts:>10,} {found.seconds[ours]:>8.2f} {found.seconds[hand]:>9.2f} {found.ratio:>6.2f}"
        f" {found.processor[ours]:>7.2f} {found.processor[hand]:>8.2f} {found.processor_ratio:>6.2f}"
        f" {found.megabytes[ours]:>6.0f} {found.megabytes[hand]:>8.0f} {grown:>27}"
    )


def _due(folder: Path, asked: argparse.Namespace) -> None:
    """Due steps among many enrollments."""
    print("\nDue steps of four plays, beside bench/due.sql over the same files; both find the same steps")
    found = due(folder, asked.enrollments, asked.times)
    print(f"{found.enrollments:,} active enrollments, {found.due:,} steps due")
    words = {"by_hand": "the query by hand", "query": "the night's query", "whole": "query, cases and decisions"}
    for way, name in words.items():
        told = f"{found.seconds[way]:.2f} s (cpu {found.processor[way]:.2f})"
        print(f"{name:>28} {told:<22} cpu ratio {found.ratio(way):.1f}")


def _mailing(folder: Path, asked: argparse.Namespace) -> None:
    """From the template to the server's 250, beside Postfix's sender and a plain loop."""
    print(
        "\nMail to Postfix's smtp-sink on loopback; ours is rendered, frozen, claimed, sent and recorded in PostgreSQL"
    )
    if not is_there():
        print("  left out: smtp-sink and smtp-source are not installed (Debian: apt-get install postfix)")
        return
    limit = 0.0
    for way in mailing(folder / "mail", asked.mails):
        limit = limit or way.rate
        whole = f"{way.rate:>7.0f} mails/s, {way.rate / limit:.2f} of smtp-source"
        alone = f"sending alone {way.sending:.0f}/s, {way.sending / limit:.2f}"
        print(f"{way.name:>32} {whole}; {alone}; {way.megabytes:.0f} MB a sender", flush=True)


def _nights(folder: Path, asked: argparse.Namespace) -> None:
    """Whole nights, and Prefect's share of one."""
    print(f"\nThe whole nightly of {asked.accounts:,} accounts, a process of its own, without Prefect")
    for name, night in nights(folder, asked.accounts).items():
        print(f"{name:>12} {_told(night)}", flush=True)
    if "prefect" not in asked.benches:
        return
    print("\nThe same quiet night through Prefect (its server running) and plainly, in turns")
    pairs = []
    for through, plainly in with_and_without_prefect(folder, asked.accounts, asked.times):
        pairs.append((through, plainly))
        print(f"  through {_told(through)}\n  plainly {_told(plainly)}", flush=True)
    clock = statistics.median(1 - plainly.seconds / through.seconds for through, plainly in pairs)
    busy = statistics.median(1 - plainly.processor / through.processor for through, plainly in pairs)
    print(f"  Prefect's share, the median: {clock:.0%} of the clock, {busy:.0%} of the processors' seconds")


def _told(night: Night) -> str:
    """One night in numbers."""
    stages = " ".join(f"{name} {seconds:.1f}" for name, seconds in night.summary["seconds"].items())
    steps = night.summary["steps"].get("due", 0)
    sent = night.summary["messages"].get("sent", 0)
    return (
        f"{night.seconds:.1f} s (cpu {night.processor:.1f}), {night.megabytes:.0f} MB, "
        f"{steps} steps due, {sent} mails sent"
        f"\n{'':>12} seconds by stage: {stages}"
    )


if __name__ == "__main__":
    main()
