"""When a run of sending ends before its work is done: the first mails did not do well, or too many are refused."""

from collections.abc import Mapping

FEWEST = 5
"""Of fewer answers no share is taken."""


def too_many(answers: Mapping[str, int], canary: int, share: float) -> str:
    """Why the rest waits for a person; empty if it need not.

    Args:
        answers: state → mails that this run brought there.
        canary: so many answers are awaited first.
        share: of refused mails, above which it is too many.
    """
    answered = sum(answers.values())
    if answered < max(canary, FEWEST) or answers.get("refused", 0) <= share * answered:
        return ""
    return f"{answers['refused']} of {answered} mails were refused, more than {share:.0%}"


def none_taken(answers: Mapping[str, int]) -> bool:
    """Whether the server took none of the first mails and asked us to come back later."""
    return bool(answers) and set(answers) == {"deferred"}
