"""The whole configuration, checked without running it: every problem with file, line, key and nearest valid name."""

from datetime import date
from pathlib import PurePosixPath
from zoneinfo import available_timezones

from config.calendar import workdays
from config.check_mappings import check_mappings
from config.check_plays import check_plays
from config.check_rules import check_rules
from config.check_sources import check_sources
from config.files import Files
from config.parts import FOLDERS, SINGLE, SOURCES, Parts, read_parts
from models.errors import ConfigError
from models.fact import GRAINS
from models.nearest import did_you_mean
from models.signals import table_faults


def check(files: Files) -> list[ConfigError]:
    """Everything that is wrong with YAML, mappings, suites, facts, conditions, anchors and plays, by file and line."""
    parts = read_parts(files)
    _check_names(parts)
    _check_company(parts)
    check_sources(parts)
    check_mappings(parts)
    check_rules(parts)
    check_plays(parts)
    _check_signal_table(parts)
    told = {str(problem): problem for problem in parts.problems}
    return sorted(told.values(), key=_place)


def _check_signal_table(parts: Parts) -> None:
    """Overlapping and empty cells of the signals' decision table that are not declared."""
    if {"signals", "segments"} <= set(parts.read):
        for fault in table_faults(parts.read["signals"], parts.read["segments"].size_names):
            name = fault.partition(" ")[0]
            place = next(at for at, one in enumerate(parts.read["signals"].signals) if one.signal == name)
            said = f"{fault}; declare it: `first_match: true` for overlaps, `no_plan:` for cells without a plan"
            parts.say(said, SINGLE["signals"][0], "signals", place, "plans")


def _place(problem: ConfigError) -> tuple[str, bool, int, str]:
    """By file and line; what has no line, being missing, comes after the slip that made it so."""
    return problem.file, problem.line is None, problem.line or 0, problem.key


def _check_names(parts: Parts) -> None:
    """A file that nothing reads is a misspelled one, and what it says would silently not hold."""
    known = [SOURCES, *(path for path, _ in SINGLE.values())]
    folders = [
        *(folder for folder, *_ in FOLDERS.values()),
        "config/sources",
        *(f"config/facts/{grain}" for grain in GRAINS),
    ]
    for path in parts.files.under("config"):
        folder = str(PurePosixPath(path).parent)
        if path not in known and folder not in folders:
            parts.say(f"nothing reads this file; {did_you_mean(path, known)}", path)


def _check_company(parts: Parts) -> None:
    """Calendar: its zone, its days, its holidays."""
    file = SINGLE["company"][0]
    company = parts.read.get("company")
    if company is None:
        return
    zone, zones = company.calendar.timezone, available_timezones()
    if zone not in zones:
        parts.say(f"there is no time zone '{zone}'; {did_you_mean(zone, zones)}", file, "calendar", "timezone")
    if not company.calendar.working_days or not set(company.calendar.working_days) <= set(range(7)):
        parts.say("working days are numbers from 0 (Monday) to 6", file, "calendar", "working_days")
    if company.calendar.opens >= company.calendar.closes:
        parts.say("the day closes before it opens", file, "calendar", "closes")
    try:
        workdays(company.calendar, date(2025, 1, 1))
    except ConfigError as error:
        parts.say(error.problem, file, *error.key.split("."))
