"""The oracle of a night: who begins, who ends, who moves, what goes. It shares no code with the engine."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from tests.books import Books, Line
from tests.oracle_steps import Talk, kind_of
from tests.playbook import Script, root
from tests.rehearsal import Sheet
from tests.world import World

DAY = timedelta(days=1)
Key = tuple[str, str]


@dataclass
class Forecast:
    """What the night must bring.

    Attributes:
        begins: (play, occurrence) of new enrollments; a version's restart is none.
        ends, moves: enrollment → how.
        words: (enrollment, step) → verdict.
        resolved: tasks whose reason is gone.
    """

    begins: set[Key] = field(default_factory=set)
    ends: dict[str, str] = field(default_factory=dict)
    moves: dict[str, str] = field(default_factory=dict)
    words: dict[Key, str] = field(default_factory=dict)
    resolved: set[Key] = field(default_factory=set)


def forecast(world: World, books: Books, told: Sequence[Sheet], arms: dict[str, bool]) -> Forecast:
    """The night from the rules: what is told of the customer, and which plays hold it out."""
    found, sheets = Forecast(), {sheet.play: sheet for sheet in told}
    running = {id_: line for id_, line in books.lines.items() if line.ended_on is None}
    talks = [_talk(id_, line, sheets, world, books) for id_, line in running.items()]
    for play, occurrence in _begin(world, books, sheets, running):
        found.begins.add((play, occurrence))
        sheet = Sheet(**{**vars(sheets[play]), "occurrence": occurrence})
        new = Talk(f"{play} {occurrence}", world.live[play], sheet, {}, arms.get(play, False), world, books.surveyed)
        talks.append(new)
    for talk in talks:
        line = running.get(talk.id)
        end = _end(talk, line.enroll.occurrence.split("~")[0] if line else talk.sheet.occurrence)
        if end:
            found.ends[talk.id] = end
            continue
        found.resolved |= {(talk.id, step) for step in _resolved(talk)}
        how = world.live[talk.script["play"]].get("migrate", {}).get("how", "finish_old")
        if line and how != "finish_old" and world.plays[talk.script["play"]].hash != line.play_hash:
            found.moves[talk.id] = how
        else:
            found.words |= {(talk.id, step): word for step, word in talk.words().items()}
    _cap(found, {talk.id: talk for talk in talks}, world, books)
    found.ends |= {
        id_: "finished" for (id_, step), word in found.words.items() if step.startswith("quit") and word == "done"
    }
    return found


def _talk(id_: str, line: Line, sheets: dict[str, Sheet], world: World, books: Books) -> Talk:
    """A running enrollment; one that was asked for has no other time than its own."""
    sheet = sheets[line.enroll.play]
    if line.enroll.occurrence.startswith("request:"):
        sheet = Sheet(**{**vars(sheet), "occurrence": line.enroll.occurrence.split("~")[0]})
    script, held_out = world.scripts[line.play_hash], line.enroll.arm == "held_out"
    names = {
        root(step["id"]): step["id"] for step in script["steps"]
    }  # not as the engine has it: as who edits meant it
    steps = {names.get(root(step), step): one for step, one in line.logged.items()}
    return Talk(id_, script, sheet, steps, held_out, world, books.surveyed)


def _begin(world: World, books: Books, sheets: dict[str, Sheet], running: dict[str, Line]) -> list[Key]:
    """Who begins: what was asked for, else what the sheet says, by precedence; one of a group; after its rest."""
    busy = {line.enroll.play for line in running.values() if not _past(line, sheets[line.enroll.play])}
    begun = {(line.enroll.play, line.enroll.occurrence) for line in books.lines.values()}
    found: list[Key] = []
    for play in sorted(world.live, key=lambda name: -world.live[name]["precedence"]):
        script, sheet = world.live[play], sheets[play]
        asked = [id_ for id_, (name, *_) in books.requests.items() if name == play][-1:]
        mine = {line.enroll.play for line in running.values()}
        asked = [id_ for id_ in asked if (play, id_) not in begun and play not in mine]
        occurrence = asked[0] if asked else sheet.occurrence
        fits = asked or (sheet.truth.get("audience") is True and not sheet.stale.get("audience"))
        if not occurrence or (play, occurrence) in begun or not fits or sheet.truth.get("exit.stop") is True:
            continue
        care = {name for name, one in world.live.items() if one.get("group") and one["group"] == script.get("group")}
        if care & busy or (not asked and _rests(script, care, books, world.today)):
            continue
        busy.add(play)
        found.append((play, occurrence))
    return found


def _past(line: Line, sheet: Sheet) -> bool:
    """Whether another time has begun."""
    own = line.enroll.occurrence.split("~")[0]
    return not own.startswith("request:") and sheet.occurrence not in (None, own)


def _rests(script: Script, care: set[str], books: Books, tonight: date) -> bool:
    """Whether it is too early for it: days since its own last end, and since the last of its group."""
    ended = [(line.enroll.play, line.ended_on) for line in books.lines.values() if line.ended_on]
    again, rest = int(script.get("reentry", "0 d").split()[0]), int(script.get("cool_down", "0 d").split()[0])
    own = [day for play, day in ended if play == script["play"]]
    group = [day for play, day in ended if play in care]
    return any(tonight < day + again * DAY for day in own) or any(tonight < day + rest * DAY for day in group)


def _end(talk: Talk, occurrence: str | None) -> str:
    """How the enrollment ends tonight, if it does."""
    truth, dates = talk.sheet.truth, talk.dates()
    if truth.get("exit.stop") is True:
        return "stopped"
    if talk.sheet.occurrence not in (None, occurrence):
        return "finished"
    if truth.get("exit.success") is True and not talk.sheet.stale.get("exit.success") and not _still_runs(talk):
        return "success"
    return "finished" if not dates and all(one.outcome for one in talk.steps.values()) else ""


def _still_runs(talk: Talk) -> bool:
    """Whether a step's own date was before tonight, and only a weekend or a holiday keeps it until tonight or later."""
    steps = {step["id"]: step for step in talk.script["steps"]}
    dated = {id_: day for id_, day in talk.dates().items() if isinstance(day, date)}
    for id_, day in dated.items():
        raw, first = talk.raw(steps[id_]), talk.first_day(steps[id_], day)
        if raw and raw < talk.world.today <= first and raw < first:
            return True
    return False


def _resolved(talk: Talk) -> list[str]:
    """Open tasks whose condition holds on fresh data."""
    return [
        step["id"]
        for step in talk.script["steps"]
        if step["id"] in talk.steps and talk.steps[step["id"]].outcome is None and kind_of(step) in ("task", "meeting")
        if "resolve" in step and talk.sheet.truth.get(f"{step['id']}.resolve") is True
        and not talk.sheet.stale.get(f"{step['id']}.resolve")
    ]  # fmt: skip


def _cap(found: Forecast, talks: dict[str, Talk], world: World, books: Books) -> None:
    """One touch a day and three in seven days, one play a day, none the day after a higher one; deadlines go first."""
    days = {id_: talk.dates() for id_, talk in talks.items()}
    turn: list[tuple[bool, int, date, int, str, str]] = []
    for (id_, step), word in found.words.items():
        if word == "sent":
            script, day = talks[id_].script, days[id_][step]
            line, mine = next((line, one) for line, one in enumerate(script["steps"]) if one["id"] == step)
            since = day if isinstance(day, date) else date.max
            turn.append((not mine.get("deadline"), -script["precedence"], since, line, id_, step))
    today = [day for day, *_ in books.touches if day == world.today]
    week = [day for day, *_ in books.touches if world.today - day < 7 * DAY]
    speaker = ""
    for free, precedence, _, _, id_, step in sorted(turn):
        louder = any(
            day == world.today - DAY and world.live[play]["precedence"] > -precedence for day, play, *_ in books.touches
        )
        if free and ((speaker and speaker != id_) or louder):
            found.words[id_, step] = "held"
        elif free and (len(today) >= 1 or len(week) >= 3):
            found.words[id_, step] = "capped"
        else:
            today, week, speaker = [*today, world.today], [*week, world.today], speaker or id_
