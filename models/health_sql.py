"""Health as SQL: from a sheet of accounts to score, band and contributions. Pure text; DuckDB runs it.

METRICS: continuous transforms, half-open bands, missing weight spread by at most `raise_at_most` percent, and a band
only where enough of the weight is present. What is missing never makes green: green is asked for a second time with
everything missing counted at `missing_at_worst`.
"""

from itertools import pairwise

from models.health import Component, Health
from models.health_text import lowest, reason, reason_of
from models.sql_text import Checked, decimal, first_match, text
from models.transform import Transform

SHEET_COLUMNS = {
    "health_score": "number",
    "health_band": "text",
    "health_reason": "text",
    "health_known": "number",
    "health_oldest_days": "number",
}


def healthy(source: str, health: Health, sql: Checked) -> str:
    """SELECT that adds, for every component c, `~c.*`, and the columns health_* to `source`."""
    parts = health.components
    valued = ", ".join(column for c in parts for column in _given(c, sql))
    stated = ", ".join(f'{_state(c)} AS "~{c.component}.state"' for c in parts)
    pointed = ", ".join(column for c in parts for column in _pointed(c, health, sql))
    steps = [
        f"valued AS (SELECT *, {valued} FROM {source})",
        f"stated AS (SELECT *, {stated} FROM valued)",
        f"pointed AS (SELECT *, {pointed} FROM stated)",
        f"weighed AS (SELECT *, {_totals(health, sql)} FROM pointed)",
        f"spread AS (SELECT *, {_weights(health)} FROM weighed)",
        f"summed AS (SELECT *, {_contributions(parts)} FROM spread)",
        f"scored AS (SELECT *, {_score(health)} FROM summed)",
        f"banded AS (SELECT *, {_band(health)} FROM scored)",
        f"bounded AS (SELECT *, {_bounded(health, sql)} FROM banded)",
    ]
    shown = f"{reason(health)} AS health_reason, {_oldest(parts)} AS health_oldest_days"
    return f"WITH {', '.join(steps)} SELECT *, {shown} FROM bounded"


def contributions(source: str, health: Health) -> str:
    """SELECT over the result of `healthy`: one row a component of each account, in the file's order."""
    structs = ", ".join(
        f"{{'component': {text(c.component)}, 'family': {text(c.family)}, "
        f"""'value': CAST("~{c.component}.value" AS DECIMAL(24, 6)), 'points': "~{c.component}.points", """
        f""" 'weight': "~{c.component}.weight", """
        f"""'contribution': CASE WHEN health_score IS NOT NULL THEN "~{c.component}.contribution" END, """
        f"""'state': CASE WHEN "~{c.component}.state" = 'present' OR {text(c.missing)} <> 'neutral' """
        f"""THEN "~{c.component}.state" ELSE 'neutral' END, 'reason': {reason_of(c)}, """
        f"""'base': {decimal(c.weight)}, 'age': CAST("~{c.component}.age" AS INTEGER), """
        f"""'days': CAST("~{c.component}.days" AS DECIMAL(18, 6)), 'rule': "~{c.component}.rule"}}"""
        for c in health.components
    )
    return f"SELECT account_id, unnest([{structs}], recursive := true) FROM {source}"


def _given(component: Component, sql: Checked) -> list[str]:
    """What the component reads: its value, its age, the days since, and the transform it falls under."""
    key = component.component
    rule = first_match(((sql[each.when], text(each.rule)) for each in component.by), text(component.rule))
    return [
        f'{_known(component, sql)} AS "~{key}.value"',
        f'{sql[component.age] if component.age else "NULL"} AS "~{key}.age"',
        f'{_value(sql[component.recency.days]) if component.recency else "NULL"} AS "~{key}.days"',
        f'{rule} AS "~{key}.rule"',
    ]


def _known(component: Component, sql: Checked) -> str:
    """The value, where it says enough to be used."""
    value = _value(sql[component.value])
    if not component.unknown_if:
        return value
    return f"CASE WHEN NOT coalesce({sql[component.unknown_if]}, true) THEN {value} END"


def _value(expression: str) -> str:
    """The component's value; what is not finite is nothing."""
    return f"CASE WHEN isfinite(CAST({expression} AS DOUBLE)) THEN CAST({expression} AS DOUBLE) END"


def _state(component: Component) -> str:
    """present, missing or stale; an age that is not known is too old. Recency alone is enough to be there."""
    missing = f'"~{component.component}.{"days" if component.recency else "value"}" IS NULL'
    branches = [(missing, "'missing'")]
    if component.age:
        aged = f'"~{component.component}.age" >= {component.stale_after}'
        branches.append((f"coalesce({aged}, true)", "'stale'"))
    return first_match(branches, "'present'")


def _pointed(component: Component, health: Health, sql: Checked) -> tuple[str, str]:
    """What the component is worth, and what it is worth at worst."""
    points, worst = (_points(component, unknown, sql) for unknown in (health.neutral, health.missing_at_worst))
    return f'{points} AS "~{component.component}.points"', f'{worst} AS "~{component.component}.worst"'


def _points(component: Component, unknown: float, sql: Checked) -> str:
    """0…100, NULL unless present; a value that is unknown beside its recency is worth `unknown`."""
    value = f'"~{component.component}.value"'
    variants = [(sql[variant.when], _transform(variant, value)) for variant in component.by]
    points = first_match(variants, _transform(component, value))
    if component.recency:
        share, days = component.recency.share, f'"~{component.component}.days"'
        recent = f"100 * exp(-ln(2) * greatest({days}, 0) / {component.recency.half_life!r})"
        points = f"{1 - share!r} * CASE WHEN {value} IS NULL THEN {unknown!r} ELSE {points} END + {share!r} * {recent}"
    return (
        f"""CASE WHEN "~{component.component}.state" = 'present' THEN CAST(round({points}, 9) AS DECIMAL(18, 9)) END"""
    )


def _transform(transform: Transform, value: str) -> str:
    """Straight lines between points, or the half-life."""
    if transform.half_life is not None:
        return f"100 * exp(-ln(2) * greatest({value}, 0) / {transform.half_life!r})"
    points = transform.points
    branches = [(f"{value} <= {points[0][0]!r}", f"{points[0][1]!r}")]
    for (x0, y0), (x1, y1) in pairwise(points):
        line = f"{y0!r} + ({value} - {x0!r}) * {(y1 - y0) / (x1 - x0)!r}"
        branches.append((f"{value} < {x1!r}", line))
    return first_match(branches, f"{points[-1][1]!r}")


def _totals(health: Health, sql: Checked) -> str:
    """What is known, what is to be spread, whether an essential component is missing; the account's limits."""
    present = [f"CASE WHEN {_has(c)} THEN {decimal(c.weight)} ELSE 0 END" for c in health.components]
    spread = [
        f"CASE WHEN {_has(c)} THEN 0 ELSE {decimal(c.weight)} END"
        for c in health.components
        if c.missing == "redistribute"
    ]
    essential = [f"NOT {_has(c)}" for c in health.components if c.missing == "unknown"]
    green = first_match(((sql[v.when], decimal(v.green)) for v in health.bands.by), decimal(health.bands.green))
    yellow = first_match(((sql[v.when], decimal(v.yellow)) for v in health.bands.by), decimal(health.bands.yellow))
    return (
        f'{" + ".join(present)} AS health_known, {" + ".join(spread) or "0"} AS "~spread", '
        f'{" OR ".join(essential) or "false"} AS "~essential", coalesce({sql[health.applies]}, false) AS "~applies", '
        f'{green} AS "~green", {yellow} AS "~yellow"'
    )


def _has(component: Component) -> str:
    """Whether the component has a fresh value."""
    return f"""("~{component.component}.state" = 'present')"""


def _weights(health: Health) -> str:
    """Each component's weight after spreading; what cannot be spread stays where it was."""
    raised = f'least({1 + health.raise_at_most / 100!r}, 1 + "~spread" / nullif(health_known, 0))'
    rest = f'(1 - coalesce({raised} - 1, 0) * health_known / nullif("~spread", 0))'
    found = []
    for c in health.components:
        without = f"{decimal(c.weight)} * {rest}" if c.missing == "redistribute" else decimal(c.weight)
        weight = f"CASE WHEN {_has(c)} THEN {decimal(c.weight)} * {raised} ELSE {without} END"
        points = f'coalesce("~{c.component}.points", {decimal(health.neutral)})'
        found.append(f'CAST(round({weight}, 9) AS DECIMAL(18, 9)) AS "~{c.component}.weight"')
        found.append(f'{points} AS "~{c.component}.counted"')
    return ", ".join(found)


def _contributions(components: tuple[Component, ...]) -> str:
    """Weight times points, exact."""
    return ", ".join(
        f'CAST(round(CAST("~{c.component}.weight" AS DOUBLE) * "~{c.component}.counted" / 100, 9) AS DECIMAL(18, 9)) '
        f'AS "~{c.component}.contribution"'
        for c in components
    )


def _score(health: Health) -> str:
    """The sum of the contributions where enough is known, and the score with everything missing at its worst."""
    total = " + ".join(f'"~{c.component}.contribution"' for c in health.components)
    worst = " + ".join(
        f'{decimal(c.weight)} * coalesce("~{c.component}.worst", {decimal(health.missing_at_worst)})'
        for c in health.components
    )
    enough = f'"~applies" AND NOT "~essential" AND health_known >= {decimal(health.enough)}'
    return f'CASE WHEN {enough} THEN CAST({total} AS DECIMAL(18, 9)) END AS health_score, ({worst}) / 100 AS "~worst"'


def _band(health: Health) -> str:
    """Half-open bands; green only if what is missing could not have kept the account from it."""
    everything = f"health_known = {decimal(sum(c.weight for c in health.components))}"
    unmixed = " AND ".join(f'"~{c.component}.value" IS NOT NULL' for c in health.components if c.recency) or "true"
    branches = [
        ("health_score IS NULL", "'insufficient_data'"),
        (f'health_score >= "~green" AND (({everything} AND {unmixed}) OR "~worst" >= "~green")', "'green'"),
        ('health_score >= "~yellow"', "'yellow'"),
    ]
    branches_sql = first_match(branches, "'red'")
    return f'{branches_sql} AS "~band", {lowest(health.components)} AS "~lowest"'


def _bounded(health: Health, sql: Checked) -> str:
    """The band as caps and floors leave it, and which of them did: a red cap, a yellow one, then a floor."""
    caps = sorted(health.caps, key=lambda cap: cap.band)
    better = {"red": "'green', 'yellow'", "yellow": "'green'"}
    hits = [(f'"~band" IN ({better[cap.band]}) AND ({sql[cap.when]})', cap.band, cap.because) for cap in caps]
    hits += [(f"\"~band\" = 'red' AND ({sql[each.when]})", each.band, each.because) for each in health.floors]
    band = first_match(((holds, text(band)) for holds, band, _ in hits), '"~band"')
    why = first_match((holds, text(because)) for holds, _, because in hits)
    return f'{band} AS health_band, {why} AS "~bound"'


def _oldest(components: tuple[Component, ...]) -> str:
    """Age of the oldest value that counts."""
    ages = [f'CASE WHEN {_has(c)} THEN "~{c.component}.age" END' for c in components if c.age]
    return f"greatest({', '.join(ages)}, NULL)" if ages else "CAST(NULL AS BIGINT)"
