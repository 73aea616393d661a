"""A contract's term and its bills, night by night; day 0 is the opt-out deadline, or the night the signal came on."""

from typing import Any

from tests.walking import Walk, lines, shipped

DATES = {"term_start": -300, "opt_out_deadline": 0}
NOTICES = {f"renewal/day-{days}-notice": "contractual" for days in (90, 60, 30)}
REMINDERS = {f"payment-overdue/reminder-{days}": "contractual" for days in (7, 14, 30)}
CONTRACT: dict[str, Any] = {
    "contract_active": True,
    "contract_trial": False,
    "touch": "high",
    "health_band_effective": "green",
    "term_number": 2,
    "contract_auto_renew": False,
    "contract_paid": True,
    "renewal_won": False,
    "tickets_open": 1,
    "requests_open": 0,
    "invoices_overdue": 0,
    "days_to_opt_out": lambda day: -day,
}
OVERDUE: dict[str, Any] = {
    "signal_payment_overdue": True,
    "contract_status": "active",
    "touch": "low",
    "invoices_overdue": 1,
}
VALUE = """
    -300 enroll   renewal
    -297 skipped  book-term
    -273 task     start-30-look (csm)
    -272 done     start-30-look
    -270 mail     start-30 → champion, sponsor
    -270 skipped  payment
    -266 meeting  start-30-call (csm)
    -265 done     start-30-call
    -213 task     start-90-look (csm)
    -212 done     start-90-look
    -210 mail     start-90 → champion, sponsor
    -207 meeting  start-90-call (csm)
    -206 done     start-90-call
"""


def renewal(facts: dict[str, Any], first: int = -300, **more: Any) -> list[str]:
    """What happens in a term until thirty days after its deadline."""
    return lines(Walk(shipped("renewal"), facts, anchors=DATES, classes=NOTICES, **more).run(first, 30).table)


def payment(**more: Any) -> list[str]:
    """What happens to an account that owes."""
    return lines(Walk(shipped("payment-overdue"), OVERDUE, classes=REMINDERS, **more).run(0, 60).table)


def test_a_contract_that_needs_a_signature_is_followed_until_it_is_booked() -> None:
    """Issues solved, sponsor met, terms, documents, signature, booking; what is signed is not asked for any more."""
    crm: dict[int, dict[str, Any]] = {-150: {"tickets_open": 0}, -41: {"renewal_won": True}}

    assert renewal(CONTRACT, changes=crm, work={"open-issues": None}) == lines(VALUE) + lines("""
        -180 task     open-issues (csm)
        -180 mail     outlook → champion, sponsor
        -150 task     prepare (csm)
        -150 resolved open-issues
        -149 done     prepare
        -125 branch   path: needs-signature
        -124 skipped  check-terms
        -124 task     documents (sales)
        -123 done     documents
        -119 mail     plan → champion, sponsor
        -98  meeting  sponsor-meeting (csm)
        -97  done     sponsor-meeting
        -90  mail     notice-90 → billing, sponsor
        -75  task     terms (sales)
        -74  done     terms
        -60  mail     notice-60 → billing, sponsor
        -56  task     documents-sent (sales)
        -55  done     documents-sent
        -41  met      signed
        -40  task     booked (finance)
        -40  skipped  unsigned
        -39  done     booked
        -31  skipped  notice-30
        -14  skipped  last-call
        -13  end      finished: every step has ended
    """)


def test_a_signature_that_does_not_come_is_chased_by_people_beside_the_notices() -> None:
    """From the last month on sales and the CSM call; the customer gets every notice."""
    assert renewal(CONTRACT, work={"unsigned": None, "last-call": None})[-8:] == lines("""
        -60  mail     notice-60 → billing, sponsor
        -56  task     documents-sent (sales)
        -55  done     documents-sent
        -31  mail     notice-30 → billing, sponsor
        -19  not met  signed
        -18  skipped  booked
        -18  task     unsigned (sales)
        -14  task     last-call (csm)
    """)


def test_a_contract_that_renews_itself_is_checked_and_booked_without_a_signature() -> None:
    """The new term begins with its booking and its invoice; nobody is asked to sign anything."""
    found = renewal({**CONTRACT, "contract_auto_renew": True, "contract_paid": False, "tickets_open": 0})

    assert [
        line for line in found if any(word in line for word in ("(finance)", "path", "(sales)", "notice"))
    ] == lines("""
        -297 task     book-term (finance)
        -270 task     payment (finance)
        -125 branch   path: renews-itself
        -90  mail     notice-90 → billing, sponsor
        -60  mail     notice-60 → billing, sponsor
        -31  mail     notice-30 → billing, sponsor
    """)
    assert "-124 task check-terms (csm)" in found
    assert "-50 skipped signed" in found


def test_what_is_unknown_stops_no_notice_and_starts_no_work() -> None:
    """No source tells of sales, invoices, tickets or requests; met in the middle of its term there is no burst."""
    bare = {name: CONTRACT[name] for name in ("contract_active", "contract_trial", "term_number", "days_to_opt_out")}
    found = renewal({**bare, "touch": "tech", "contract_auto_renew": True}, first=-112)

    assert [line for line in found if line.split()[1] not in ("late", "skipped")] == lines("""
        -112 branch   path: renews-itself
        -112 mail     plan → champion, sponsor
        -90  mail     notice-90 → billing, sponsor
        -60  mail     notice-60 → billing, sponsor
        -31  mail     notice-30 → billing, sponsor
        -13  end      finished: every step has ended
    """)


def test_an_invoice_that_is_paid_after_the_second_reminder_ends_it() -> None:
    """Seven and fourteen days after the due date (the signal comes on at four); what is paid is not asked for."""
    assert payment(changes={18: {"invoices_overdue": 0}}, work={"our-side": 2}) == lines("""
        0  branch   who-knows: person
        1  task     our-side (finance)
        1  notify   csm-knows
        3  done     our-side
        3  mail     reminder-7 → billing
        9  not met  silence-7
        10 skipped  answer-7
        10 mail     reminder-14 → billing
        18 end      success: exit.success: invoices_overdue = 0
    """)


def test_a_customer_who_answers_about_an_invoice_is_not_reminded_again() -> None:
    """From the answer on a person of finance leads; an invoice that stays unpaid is decided upon by people."""
    answers, work = {6: ("reply", "reminder-7")}, {"our-side": 2, "decide": None}

    assert payment(answers=answers, work=work, fades=8)[5:] == lines("""
        7  met      silence-7
        8  task     answer-7 (finance)
        8  skipped  reminder-14, silence-14, answer-14, sponsor-call, reminder-30
        9  done     answer-7
        42 task     decide (finance)
    """)


def test_silence_about_an_invoice_escalates_to_the_sponsor_and_then_to_people() -> None:
    """7, 14 and 30 days after the due date; the CSM calls the sponsor before the sponsor gets mail."""
    assert payment()[4:] == lines("""
        3  mail     reminder-7 → billing
        9  not met  silence-7
        10 skipped  answer-7
        10 mail     reminder-14 → billing
        24 not met  silence-14
        25 skipped  answer-14
        25 task     sponsor-call (csm)
        26 done     sponsor-call
        28 mail     reminder-30 → billing, sponsor
        42 task     decide (finance)
        43 done     decide
        43 end      finished: every step has ended
    """)
