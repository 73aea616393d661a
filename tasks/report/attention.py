"""What on the first page needs a person, in words."""

from tasks.report.money import plural
from tasks.report.views import Report

STATES = {
    "failed": "The night failed: {reason}",
    "awaiting_approval": "The night waits for approval: {reason}",
    "missed": "The night came late and decided nothing: {reason}",
}
WATCHED = {
    "uncertain": "may or may not have arrived: the server was lost while they were sent",
    "held": "held back until somebody decides",
}


def attention(report: Report) -> list[str]:
    """One line for each thing that somebody should look at."""
    lines = [STATES[report.state].format(reason=report.reason or "no reason given")] if report.state in STATES else []
    lines += [f"Source {one.name} is {one.status}" + (f": {one.error}" if one.error else "") for one in report.trouble]
    lines += [
        f"{plural(report.ledger[state], 'message')} {told}" for state, told in WATCHED.items() if state in report.ledger
    ]
    refused = sum(one.number for one in report.messages if one.name == "refused")
    if refused:
        lines.append(f"{plural(refused, 'message')} of tonight refused by the mail server")
    if report.overdue:
        lines.append(f"{plural(report.overdue, 'task')} overdue")
    return lines
