"""The table of dates, first part: months and weeks, working days by country, blackouts, lateness, outages."""

import pytest

from tests.date_table import Case, mail, notice, story, table

CASES: dict[str, Case] = {}
says = table(CASES)

# fmt: off
# Months: the same day of the month, or that month's last; always from the anchor itself
says("a step of month 1 after January 31 falls on February 28", "2025-02-28 s sent",
     steps=[mail(month=1)], first="2025-01-31", start="2025-01-31", last="2025-03-10")
says("a step of month 1 after January 31 falls on February 29 in a leap year", "2024-02-29 s sent",
     steps=[mail(month=1)], first="2024-01-31", start="2024-01-31", last="2024-03-10")
says("February 29 plus 12 months is February 28", "2025-02-28 s sent",
     steps=[mail(month=12)], first="2025-02-20", start="2024-02-29", last="2025-03-10")
says("February 29 plus 48 months is February 29 again", "2028-02-29 s sent",
     steps=[mail(month=48)], first="2028-02-20", start="2024-02-29", last="2028-03-10")
says("a plan of months does not creep", "2025-02-28 a sent", "2025-03-31 b sent", "2025-04-30 c sent",
     steps=[mail("a", month=1), mail("b", month=2), mail("c", month=3)], first="2025-01-31", start="2025-01-31",
     last="2025-05-10")
says("one month before March 31 is February 28", "2025-02-28 n sent",
     steps=[notice(month=-1)], first="2025-02-01", end="2025-03-31", last="2025-04-10")
says("six months before August 31 is the last day of February", "2024-02-29 n sent",
     steps=[notice(month=-6)], first="2024-02-01", end="2024-08-31", last="2024-03-10")
says("a month over the turn of the year", "2026-01-15 s sent",
     steps=[mail(month=1)], first="2025-12-15", start="2025-12-15", last="2026-01-20")
says("week 2 is fourteen days on", "2025-03-17 s sent",
     steps=[mail(week=2)], first="2025-03-03", start="2025-03-03", last="2025-03-20")
says("week -1 is seven days before", "2025-03-24 n sent",
     steps=[notice(week=-1)], first="2025-03-03", end="2025-03-31", last="2025-03-31")
says("day 0 is the anchor's own day", "2025-03-03 s sent",
     steps=[mail(day=0)], first="2025-03-01", start="2025-03-03", last="2025-03-05")
says("120 days before December 31 is September 2", "2025-09-02 n sent",
     steps=[notice(day=-120)], first="2025-08-30", end="2025-12-31", last="2025-09-05")
says("a step counts from an anchor of its own", "2025-03-02 a sent", "2025-05-31 n sent",
     steps=[mail("a", day=1), notice(day=-30)], first="2025-03-01", start="2025-03-01", end="2025-06-30",
     last="2025-06-10")

# Working days, by the account's country
says("forward from Good Friday is the Tuesday after Easter in Germany", "2025-04-22 s sent",
     steps=[mail(day=0, shift="next_working_day")], first="2025-04-01", start="2025-04-18", last="2025-04-25",
     country="DE")
says("the same day is worked where Easter is no holiday", "2025-04-21 s sent",
     steps=[mail(day=0, shift="next_working_day")], first="2025-04-01", start="2025-04-21", last="2025-04-25",
     country="US")
says("backward from Easter Monday is Maundy Thursday in Germany", "2025-04-17 s sent",
     steps=[mail(day=0, shift="previous_working_day")], first="2025-04-01", start="2025-04-21", last="2025-04-25",
     country="DE")
says("forward from Christmas Day is the Monday after in Germany", "2025-12-29 s sent",
     steps=[mail(day=0, shift="next_working_day")], first="2025-12-20", start="2025-12-25", last="2025-12-31",
     country="DE")
says("a holiday of next year is known in the old one", "2027-01-04 s sent",
     steps=[mail(day=0, shift="next_working_day")], first="2026-12-28", start="2027-01-01", last="2027-01-06",
     country="DE")
says("forward from Friday is Sunday in Saudi Arabia", "2025-05-04 s sent",
     steps=[mail(day=0, shift="next_working_day")], first="2025-05-01", start="2025-05-02", last="2025-05-08",
     country="SA")
says("forward from Friday is Sunday in Israel", "2025-05-11 s sent",
     steps=[mail(day=0, shift="next_working_day")], first="2025-05-05", start="2025-05-09", last="2025-05-12",
     country="IL")
says("Friday is a working day in the United States", "2025-05-02 s sent",
     steps=[mail(day=0, shift="next_working_day")], first="2025-05-01", start="2025-05-02", last="2025-05-08",
     country="US")
says("a notice that forward would come after its deadline goes backward", "2025-04-17 n sent",
     steps=[notice(day=-1, shift="next_working_day")], first="2025-04-01", end="2025-04-21", last="2025-04-25",
     country="DE")
says("a step before its anchor is not shifted past it", "2025-05-09 s sent",
     steps=[mail(day=-1, shift="next_working_day")], first="2025-05-01", start="2025-05-11", last="2025-05-14",
     country="US")
says("an unshifted mail waits for the working day after its holiday", "2025-04-18 s waiting", "2025-04-22 s sent",
     steps=[mail(day=0)], first="2025-04-01", start="2025-04-18", last="2025-04-25", country="DE")
says("a task waits for no working day", "2025-04-18 t due",
     steps=[{"id": "t", "day": 0, "task": "Call"}], first="2025-04-01", start="2025-04-18", last="2025-04-25",
     country="DE")
says("a notice waits for a working day while its deadline is far", "2025-04-20 n waiting", "2025-04-22 n sent",
     steps=[notice(day=-7)], first="2025-04-01", end="2025-04-27", last="2025-04-27", country="DE")
says("a notice four days before its deadline still waits", "2025-04-20 n waiting", "2025-04-21 n sent",
     steps=[notice(day=-4)], first="2025-04-01", end="2025-04-24", last="2025-04-24", country="DE")
says("a notice three days before its deadline goes on a holiday", "2025-04-20 n sent",
     steps=[notice(day=-3)], first="2025-04-01", end="2025-04-23", last="2025-04-23", country="DE")
says("a mail waits for the end of a blackout", "2025-03-10 s waiting", "2025-03-12 s sent",
     steps=[mail(day=0)], first="2025-03-01", start="2025-03-10", last="2025-03-15",
     blackouts=(("2025-03-10", "2025-03-11"),))
says("a shift goes over a blackout", "2025-03-12 s sent",
     steps=[mail(day=0, shift="next_working_day")], first="2025-03-01", start="2025-03-10", last="2025-03-15",
     blackouts=(("2025-03-10", "2025-03-11"),))
says("a notice near its deadline goes in a blackout", "2025-03-10 n sent",
     steps=[notice(day=-2)], first="2025-03-01", end="2025-03-12", last="2025-03-15",
     blackouts=(("2025-03-01", "2025-03-31"),))

# Lateness
LATE = {"first": "2025-03-01", "start": "2025-03-10", "last": "2025-03-20"}
COLLAPSE = {"if_late": {"after": "10 days", "do": "collapse"}}
THREE = [mail("a", day=0, **COLLAPSE), mail("b", day=10, **COLLAPSE), mail("c", day=20, **COLLAPSE)]
says("exactly three days late still goes", "2025-03-13 s sent",
     steps=[mail(day=0)], down=(("2025-03-10", "2025-03-12"),), **LATE)
says("four days late does not", "2025-03-14 s late",
     steps=[mail(day=0)], down=(("2025-03-10", "2025-03-13"),), **LATE)
says("a step may say its own lateness", "2025-03-14 s sent",
     steps=[mail(day=0, if_late={"after": "4 days"})], down=(("2025-03-10", "2025-03-13"),), **LATE)
says("the play's lateness holds for steps without one", "2025-03-11 s late",
     steps=[mail(day=0)], down=(("2025-03-10", "2025-03-10"),), play={"if_late": {"after": "0 days"}}, **LATE)
says("if_late run goes however late", "2025-07-08 s sent",
     steps=[mail(day=0, if_late={"do": "run"})], first="2025-03-01", start="2025-03-10", last="2025-07-10",
     down=(("2025-03-09", "2025-07-07"),))
says("after an outage only the latest of those that collapse goes",
     "2025-03-22 a superseded", "2025-03-22 b superseded", "2025-03-22 c sent",
     steps=THREE, first="2025-02-20", start="2025-03-01", last="2025-03-25", down=(("2025-02-28", "2025-03-21"),))
says("when the latest is too late as well nothing goes",
     "2025-04-01 a superseded", "2025-04-01 b superseded", "2025-04-01 c late",
     steps=THREE, first="2025-02-20", start="2025-03-01", last="2025-04-05", down=(("2025-02-28", "2025-03-31"),))
says("an outage of 120 nights brings no burst",
     "2025-06-29 a late", "2025-06-29 b late", "2025-06-29 c sent",
     steps=[mail("a", day=10), mail("b", day=60), mail("c", day=119)], first="2025-02-28", start="2025-03-01",
     last="2025-07-02", down=(("2025-03-01", "2025-06-28"),))
says("no holiday makes a mail late: its three days count from the working day", "2025-04-18 s waiting",
     "2025-04-25 s sent",
     steps=[mail(day=0)], first="2025-04-01", start="2025-04-18", last="2025-04-30", country="DE",
     down=(("2025-04-21", "2025-04-24"),))
says("a mail planned on a holiday is late four days after the working day", "2025-04-18 s waiting",
     "2025-04-26 s late",
     steps=[mail(day=0)], first="2025-04-01", start="2025-04-18", last="2025-04-30", country="DE",
     down=(("2025-04-21", "2025-04-25"),))
says("an outage over a deadline: the notice is late, not sent after it", "2025-05-02 n late",
     steps=[notice(day=-30)], first="2025-03-01", end="2025-04-30", last="2025-05-05",
     down=(("2025-03-30", "2025-05-01"),))
says("an outage up to the last day: the notice goes on it", "2025-04-30 n sent",
     steps=[notice(day=-30)], first="2025-03-01", end="2025-04-30", last="2025-05-05",
     down=(("2025-03-30", "2025-04-29"),))
says("first night in the middle of a plan: what is long past is late, the rest goes",
     "2025-03-21 a late", "2025-03-21 b late", "2025-03-31 c sent",
     steps=[mail("a", day=1), mail("b", day=7), mail("c", day=30)], first="2025-03-21", start="2025-03-01",
     last="2025-04-05")
says("first night in the middle of a term: one notice for those that are past, then the next",
     "2025-05-10 n90 superseded", "2025-05-10 n60 sent", "2025-05-31 n30 sent",
     steps=[notice(f"n{days}", day=-days, **COLLAPSE) for days in (90, 60, 30)], first="2025-05-10",
     end="2025-06-30", last="2025-06-30")
# fmt: on


@pytest.mark.parametrize("sentence", CASES)
def test_the_calendar_is_kept(sentence: str) -> None:
    """Day and verdict are those of the sentence."""
    case = CASES[sentence]

    assert story(case) == case.told
