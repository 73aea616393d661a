"""What a person wrote in an answer, without the mail that it answers."""

import re

LENGTH = 2_000
"""Characters that are kept at most."""
_LONGEST = 1_000  # characters of a line that are looked at: no pattern meets an endless one
_BEGINS = re.compile(
    r"""^\s*(
        -{2,}\s*(original|ursprüngliche|message\ d'origine|mensaje\ original|исходное|пересыл|forwarded|weitergeleitete)
        | _{20,}\s*$
        | (on|am|le|el|il|op|den|em|w\ dniu|dnia)\s.{4,200}
          (wrote|schrieb|écrit|escribió|scritto|schreef|skrev|escreveu|napisał).{0,80}:?\s*$
        | .{4,200}(пишет|написала?|كتب|يكتب|写道).{0,80}:\s*$
        | (from|von|de|от|من|da)\s?:\s.{0,200}@.{0,200}$ | begin\ forwarded\ message
    )""",
    re.IGNORECASE | re.VERBOSE,
)
_SPLIT_HEAD = re.compile(r"^\s*(on|am|le|el)\s.{4,200}$", re.IGNORECASE)
_SPLIT_TAIL = re.compile(r"(wrote|schrieb|a écrit|escribió)\b.{0,80}:\s*$", re.IGNORECASE)


def excerpt(text: str) -> str:
    """The person's own words: up to where the quoted mail begins, without quoted lines, at most LENGTH characters."""
    kept: list[str] = []
    lines = [line.rstrip()[:_LONGEST] for line in text.replace("\r\n", "\n").split("\n")]
    for line, after in zip(lines, [*lines[1:], ""], strict=True):
        if _BEGINS.match(line) or (_SPLIT_HEAD.match(line) and _SPLIT_TAIL.search(after)):
            break
        if line == "--":
            break
        if not line.lstrip().startswith(">"):
            kept.append(line)
    return re.sub(r"\n{3,}", "\n\n", "\n".join(kept)).strip()[:LENGTH]
