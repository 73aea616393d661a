"""Why a subject does not begin a play tonight, as far as it alone says: the words to conversation.may_enroll."""

from models.case import Case


def kept_out(case: Case) -> str:
    """The first reason, in words; empty for a case that may begin, and only for such a one."""
    if case.enrolled or case.gone:
        return case.gone or "it is in the play already"
    if not case.requested and (why := _outside(case)):
        return why
    if not case.occurrence:
        return f"there is no {case.play.anchor.replace('_', ' ')} to count from"
    if case.truth.get("exit.stop") is True:
        return f"exit.stop holds: {case.play.exit.stop}"
    least = case.play.min_term
    if least is not None and (case.term_months is None or case.term_months < least):
        return f"its term has {case.term_months or 'an unknown number of'} months, {least} are needed"
    return ""


def _outside(case: Case) -> str:
    """Why the audience keeps it out."""
    holds = case.truth.get("audience")
    if holds is None:
        return "it is not known whether it is in the audience"
    if holds is case.on_leaving:
        return "it is still in the audience, which it has to leave" if holds else "it is not in the audience"
    if "audience" in case.stale:
        return f"what the audience reads is stale for {case.stale['audience']:.0f} h: nobody begins on that"
    return ""
