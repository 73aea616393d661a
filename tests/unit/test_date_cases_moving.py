"""The table of dates, second part: anchors that move, contracts that change, entry and re-entry, what follows what."""

import pytest

from tests.date_table import Case, mail, notice, story, table

CASES: dict[str, Case] = {}
says = table(CASES)

# fmt: off
# Anchors are read again every night
MOVING = {"steps": [mail(day=10)], "first": "2025-03-01", "start": "2025-03-01"}
says("an anchor that moves later takes its step along", "2025-03-18 s sent",
     facts={"2025-03-05": {"start": "2025-03-08"}}, last="2025-03-20", **MOVING)
says("an anchor that moves earlier takes its step along", "2025-03-08 s sent",
     facts={"2025-03-05": {"start": "2025-02-26"}}, last="2025-03-20", **MOVING)
says("an anchor moved into the past, within the lateness: the step goes that night", "2025-03-05 s sent",
     facts={"2025-03-05": {"start": "2025-02-20"}}, last="2025-03-20", **MOVING)
says("an anchor moved into the past beyond it: the step is late", "2025-03-05 s late",
     facts={"2025-03-05": {"start": "2025-02-01"}}, last="2025-03-20", **MOVING)
says("an anchor that vanishes holds the step, and lets it go when it is back", "2025-03-05 s held",
     "2025-03-11 s sent", facts={"2025-03-05": {"start": None}, "2025-03-09": {"start": "2025-03-01"}},
     last="2025-03-20", **MOVING)
says("an anchor that is back too late makes the step late", "2025-03-05 s held", "2025-03-15 s late",
     facts={"2025-03-05": {"start": None}, "2025-03-15": {"start": "2025-03-01"}}, last="2025-03-20", **MOVING)
says("an anchor that appears late", "2025-03-01 n held", "2025-03-21 n sent", steps=[notice(day=-30)],
     first="2025-03-01", end=None, facts={"2025-03-05": {"end": "2025-04-20"}}, last="2025-04-01")
says("an anchor that appears with a date in the past", "2025-03-01 n held", "2025-03-05 n late",
     steps=[notice(day=-30)], first="2025-03-01", end=None, facts={"2025-03-05": {"end": "2025-03-04"}},
     last="2025-04-01")
says("a step taken is never taken again when its anchor moves", "2025-03-11 s sent", "2025-05-19 z sent",
     steps=[mail(day=10), mail("z", day=60)], first="2025-03-01", start="2025-03-01",
     facts={"2025-03-15": {"start": "2025-03-20"}}, last="2025-05-25")
says("a step that was late stays late when its anchor moves on", "2025-03-20 s late", "2025-05-24 z sent",
     steps=[mail(day=10), mail("z", day=60)], first="2025-03-01", start="2025-03-01", down=(("2025-03-05",
     "2025-03-19"),), facts={"2025-03-22": {"start": "2025-03-25"}}, last="2025-05-25")

# Contracts
NOTICES = [notice("n90", day=-90), notice("n60", day=-60)]
BOTH = [notice("n14", day=-14), {"id": "z", "day": 2, "task": "Look back"}]
COTERM = {"anchor": "end", "coterm": "30 days", "exit": {"success": "signed", "stop": "gone"}}
says("a contract amended between two notices: the next one moves, the one that went stays", "2025-10-02 n90 sent",
     "2026-05-01 n60 sent", steps=NOTICES, first="2025-09-01", end="2025-12-31",
     facts={"2025-10-10": {"end": "2026-06-30"}}, down=(("2025-11-15", "2026-04-25"),), last="2026-05-05")
says("two contracts 30 days apart are one conversation, and the earlier date binds", "2025-05-31 n sent",
     steps=[notice(day=-30)], play=COTERM, last="2025-07-05", facts={"2025-04-01": {"A.end": "2025-07-30",
     "B.end": "2025-06-30"}})
says("two contracts 31 days apart are two", "2025-05-31 n sent", "2025-07-01 n sent", steps=[notice(day=-30)],
     play=COTERM, last="2025-07-05", facts={"2025-04-01": {"A.end": "2025-07-31", "B.end": "2025-06-30"}})
says("when the earlier of two is churned the later one's date binds", "2025-06-29 n sent", steps=[notice(day=-30)],
     play=COTERM, last="2025-07-05", facts={"2025-04-01": {"A.end": "2025-07-29", "B.end": "2025-06-30"},
     "2025-05-01": {"B.exit.stop": True}})
says("when the earlier of two renews early the later one keeps its notice", "2025-05-02 begins 2",
     "2025-06-29 n sent", steps=[notice(day=-30)], play=COTERM, last="2025-07-05",
     facts={"2025-04-01": {"A.end": "2025-07-29", "B.end": "2025-06-30"}, "2025-05-02": {"B.end": "2026-06-30",
     "B.occurrence": "2"}})
says("when the earlier of two is signed the later one keeps its notice", "2025-06-29 n sent", steps=[notice(day=-30)],
     play=COTERM, last="2025-07-05", facts={"2025-04-01": {"A.end": "2025-07-29", "B.end": "2025-06-30"},
     "2025-05-01": {"B.exit.success": True}})
says("a contract that appears before the last notice of another joins it", "2025-07-05 begins 1", "2025-07-16 n14 sent",
     "2025-08-01 z due", steps=BOTH, play=COTERM, last="2025-08-05",
     facts={"2025-07-04": {"A.end": "2025-07-30"}, "2025-07-05": {"B.end": "2025-08-20"}})
says("a contract that appears after the last notice of another has its own", "2025-07-16 n14 sent",
     "2025-07-20 begins 1", "2025-08-01 z due", "2025-08-06 n14 sent", steps=BOTH, play=COTERM, last="2025-08-10",
     facts={"2025-07-04": {"A.end": "2025-07-30"}, "2025-07-20": {"B.end": "2025-08-20"}})
says("a contract renewed early: the old term's play is over, the new one's begins", "2025-04-10 begins 2",
     "2025-04-10 ends finished", "2026-05-31 n sent", steps=[notice(day=-30)], first="2025-04-01", end="2025-06-30",
     facts={"2025-04-10": {"occurrence": "2", "end": "2026-06-30"}}, down=(("2025-07-10", "2026-05-25"),),
     last="2026-06-05")
says("a contract that renews by itself has its notice in each term", "2025-05-31 n sent", "2025-07-01 begins 2",
     "2026-05-31 n sent", steps=[notice(day=-30)], first="2025-05-25", end="2025-06-30",
     facts={"2025-07-01": {"occurrence": "2", "end": "2026-06-30"}}, down=(("2025-07-10", "2026-05-25"),),
     last="2026-06-05")
says("rolled over with a task still open: the old play ends with the term", "2025-06-20 t due", "2025-07-01 begins 2",
     "2025-07-01 ends finished", "2026-06-20 t due", steps=[{"id": "t", "day": -10, "anchor": "end", "task": "Call"}],
     first="2025-06-01", end="2025-06-30", facts={"2025-07-01": {"occurrence": "2", "end": "2026-06-30"}},
     down=(("2025-07-10", "2026-06-10"),), last="2026-06-21")
says("churned in the middle of a play: nothing more goes", "2025-03-02 a sent", "2025-03-10 ends stopped",
     steps=[mail("a", day=1), mail("b", day=20)], first="2025-03-01", start="2025-03-01",
     play={"exit": {"stop": "gone"}}, facts={"2025-03-10": {"exit.stop": True}}, last="2025-04-01")
says("a trial has no renewal until it becomes a contract", "2025-03-10 begins 1", "2025-05-31 n sent",
     steps=[notice(day=-30)], last="2025-06-05", play={"anchor": "end"}, facts={"2025-03-01": {"end": "2025-06-30",
     "audience": False}, "2025-03-10": {"audience": True}})
says("a term of five months is shorter than min_term, one of six is not", "2025-03-10 begins 1", "2025-05-31 n sent",
     steps=[notice(day=-30)], last="2025-06-05", play={"anchor": "end", "min_term": "6 months"},
     facts={"2025-03-01": {"end": "2025-06-30", "term": 5}, "2025-03-10": {"term": 6}})
says("an account that is deleted ends its plays", "2025-03-08 ends stopped", steps=[mail(day=10)], first="2025-03-01",
     start="2025-03-01", facts={"2025-03-08": {"gone": "deleted"}}, last="2025-03-20")

# Exits
WEEKEND = {"first": "2025-05-01", "start": "2025-05-03", "last": "2025-05-08", "country": "US"}
SHIFTED = [mail(day=0, shift="next_working_day"), mail("z", day=30)]
says("a step shifted past the exit still runs first", "2025-05-05 s sent", "2025-05-06 ends success", steps=SHIFTED,
     play={"exit": {"success": "won"}}, facts={"2025-05-04": {"exit.success": True}}, **WEEKEND)
says("a mail that waits for Monday still runs before the exit", "2025-05-03 s waiting", "2025-05-05 s sent",
     "2025-05-06 ends success", steps=[mail(day=0), mail("z", day=30)], play={"exit": {"success": "won"}},
     facts={"2025-05-04": {"exit.success": True}}, **WEEKEND)
says("an exit on the step's own day comes first", "2025-05-03 ends success", steps=SHIFTED,
     play={"exit": {"success": "won"}}, facts={"2025-05-03": {"exit.success": True}}, **WEEKEND)
says("a stop waits for nothing", "2025-05-04 ends stopped", steps=SHIFTED, play={"exit": {"stop": "gone"}},
     facts={"2025-05-04": {"exit.stop": True}}, **WEEKEND)

# Entry
QUARTER = {"2025-01-01": {"start": "2025-01-01", "occurrence": "2025Q1"}, "2025-04-01": {"start": "2025-04-01",
     "occurrence": "2025Q2"}}
AGAIN = {"2025-03-01": {"start": "2025-03-01"}, "2025-03-20": {"start": "2025-03-20", "occurrence": "2"}}
says("each quarter is an occurrence of its own", "2025-01-15 s sent", "2025-04-01 begins 2025Q2", "2025-04-15 s sent",
     steps=[mail(day=14)], facts=QUARTER, last="2025-04-20")
says("what the old quarter has not done is over with it", "2025-04-01 begins 2025Q2", "2025-04-01 ends finished",
     steps=[mail(day=100)], facts=QUARTER, last="2025-04-20")
says("re-entry after exactly 90 days", "2025-03-01 s sent", "2025-05-31 begins 2", "2025-05-31 s late",
     steps=[mail(day=0)], play={"reentry": "90 days"}, facts=AGAIN, last="2025-06-05")
says("re-entry never", "2025-03-01 s sent", steps=[mail(day=0)], play={"reentry": "never"}, facts=AGAIN,
     last="2025-06-05")
says("re-entry with the occurrence", "2025-03-01 s sent", "2025-03-20 begins 2", "2025-03-20 s sent",
     steps=[mail(day=0)], facts=AGAIN, last="2025-06-05")
says("a rest of exactly 30 days", "2025-03-01 s sent", "2025-04-01 begins 2", "2025-04-01 s late",
     steps=[mail(day=0)], play={"cool_down": "30 days"}, facts=AGAIN, last="2025-06-05")

# What follows what
BEGUN = {"first": "2025-03-01", "start": "2025-03-01", "last": "2025-04-10"}
CALL = {"id": "call", "day": 1, "task": "Call"}
says("day 7 after a step is seven days after it ended", "2025-03-02 a sent", "2025-03-09 b sent", steps=[mail("a",
     day=1), mail("b", after="a", day=7)], **BEGUN)
says("after a step means the next day", "2025-03-02 a sent", "2025-03-03 b sent", steps=[mail("a", day=1), mail("b",
     after="a")], **BEGUN)
says("after a task counts from the day it was done", "2025-03-02 call due", "2025-03-22 b sent", steps=[CALL,
     mail("b", after="call", day=2)], work={"call": "2025-03-20"}, **BEGUN)
says("a month after a task that was done on January 31", "2025-01-30 call due", "2025-02-28 b sent", steps=[{**CALL,
     "day": 0}, mail("b", after="call", month=1)], work={"call": "2025-01-31"}, first="2025-01-30",
     start="2025-01-30", last="2025-04-10")
says("what follows a step that ended late is skipped", "2025-03-06 a late", "2025-03-07 b skipped", steps=[mail("a",
     day=1), mail("b", after="a")], down=(("2025-03-02", "2025-03-05"),), **BEGUN)
says("what follows the missing of it goes the day after", "2025-03-06 a late", "2025-03-07 b sent", steps=[mail("a",
     day=1), mail("b", after="a", follows="missed")], down=(("2025-03-02", "2025-03-05"),), **BEGUN)
says("an after: shifted to a working day in Germany", "2025-04-17 a sent", "2025-04-22 b sent", steps=[mail("a",
     day=0), mail("b", after="a", shift="next_working_day")], first="2025-04-01", start="2025-04-17",
     last="2025-04-25", country="DE")
says("a wait times out after its days, counted from its own date", "2025-03-11 w waiting", "2025-03-17 w expired",
     steps=[{"id": "w", "day": 10, "wait": {"until": "met", "timeout": "5 days"}}], **BEGUN)
says("a wait that is met on the last day", "2025-03-11 w waiting", "2025-03-16 w done", "2025-03-17 b sent",
     steps=[{"id": "w", "day": 10, "wait": {"until": "met", "timeout": "5 days"}}, mail("b", after="w")],
     facts={"2025-03-16": {"w.until": True}}, **BEGUN)
says("an outage over the time-out: the wait expires with the first night after it", "2025-03-11 w waiting",
     "2025-03-25 w expired", "2025-03-26 b sent", steps=[{"id": "w", "day": 10, "wait": {"until": "met",
     "timeout": "5 days"}}, mail("b", after="w", follows="missed")], down=(("2025-03-12", "2025-03-24"),), **BEGUN)
# fmt: on


@pytest.mark.parametrize("sentence", CASES)
def test_dates_that_move_are_followed(sentence: str) -> None:
    """Day and verdict are those of the sentence."""
    case = CASES[sentence]

    assert story(case) == case.told
