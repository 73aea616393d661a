"""When a night waits for a person: too many mails, or too many accounts changing their health band at once."""

from collections.abc import Sequence
from statistics import quantiles

from models.company import Gates

HISTORY = 28  # runs; before that the declared ceiling holds
FLOOR = 50  # mails that are never too many once there is history


def ceiling(sent: Sequence[int], gates: Gates) -> int:
    """The most mails a night may queue by itself.

    That is max(50, three times the p95 of 28 runs), and the declared ceiling until there are 28.
    """
    if len(sent) < HISTORY:
        return gates.mails
    return max(FLOOR, round(3 * quantiles(sent[:HISTORY], n=20)[-1]))


def reasons(mails: int, most: int, had_band: int, changed: int, gates: Gates) -> list[str]:
    """Why the night needs approval, in words; empty if it does not."""
    found = []
    if mails > most:
        found.append(f"{mails} mails are planned, the ceiling is {most}")
    if had_band and changed / had_band > gates.band_changes:
        found.append(f"{changed} of {had_band} accounts change their health band, allowed are {gates.band_changes:.0%}")
    return found
