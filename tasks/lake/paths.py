"""Where each file of a landing lies in the lake."""

from models.landing import Landing


def landing_path(landing: Landing) -> str:
    """Canonical rows without person columns."""
    return f"landing/{landing.entity}/{landing.source}/{landing.seq:010d}.parquet"


def person_path(landing: Landing) -> str:
    """Key and person columns of the same rows."""
    return f"person/{landing.entity}/{landing.source}/{landing.seq:010d}.parquet"


def seen_path(source: str, seq: int) -> str:
    """Fingerprints of the rows a landing saw."""
    return f"person/seen/{source}/{seq:010d}.parquet"


def findings_path(source: str, seq: int) -> str:
    """What was found wrong, without values."""
    return f"findings/{source}/{seq:010d}.parquet"


def person_findings_path(source: str, seq: int) -> str:
    """What was found wrong, with the values."""
    return f"person/findings/{source}/{seq:010d}.parquet"
