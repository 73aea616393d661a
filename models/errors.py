"""Errors that speak to the person who can fix them; the exit code says what kind of trouble it is."""


class PerennialError(Exception):
    """Something went wrong that a person can mend; the message says where."""

    exit_code = 1


class ConfigError(PerennialError):
    """A file under config/ or templates/ cannot be used.

    Args:
        problem: what is wrong, with the value and the nearest valid name.
        file: path of the file, relative to its layer.
        line: 1-based line, if it is known.
        key: dotted key inside the file, if there is one.
    """

    exit_code = 2

    def __init__(self, problem: str, *, file: str = "", line: int | None = None, key: str = "") -> None:
        self.problem, self.file, self.line, self.key = problem, file, line, key
        place = f"{file}:{line}" if file and line else file
        super().__init__(": ".join(part for part in (place, key, problem) if part))

    def at(self, place: str) -> "ConfigError":
        """The same, told of the file at another path: the one at which a person finds it."""
        return type(self)(self.problem, file=place, line=self.line, key=self.key)


class ConditionError(ConfigError):
    """A SQL condition or fact cannot be used."""


class UsageError(PerennialError):
    """The command cannot be carried out as it was given."""

    exit_code = 2


class SourceFailed(PerennialError):
    """A source could not be read or understood; the others go on."""

    exit_code = 3


class SourceAway(SourceFailed):
    """A source did not answer; a moment later it may."""


class SourceHeld(PerennialError):
    """A source was read, but a gate holds its batch back; the last good data stays."""

    exit_code = 3


class Busy(PerennialError):
    """Another run holds the lock; nothing was done."""

    exit_code = 6


class StoreBusy(Busy):
    """The database is locked by another program and did not come free in time."""


class SchemaTooNew(PerennialError):
    """The database was written by a newer version of Perennial; this one must not touch it."""

    exit_code = 2


class Away(PerennialError):
    """Where messages go cannot be reached or trusted; what was to be sent stays queued.

    Attributes:
        halts: why it is of no use to come back before a person has looked; empty if it may be.
    """

    exit_code = 3

    def __init__(self, problem: str, halts: str = "") -> None:
        self.halts = halts
        super().__init__(problem)


class RenderError(PerennialError):
    """A message cannot be rendered for this contact; the others go on."""


class OverLimit(RenderError):
    """Rendering took more memory, time or room than a mail may take; whatever rendered it starts afresh."""
