"""Health in words, as SQL: why a component counts as it does, and why an account has its band."""

from models.health import Component, Health
from models.sql_text import first_match, text


def reason_of(component: Component) -> str:
    """One component's reason: its value, or why it has none."""
    label = component.component.replace("_", " ")
    value = f"{text(label + ' ')} || {_number(f'~{component.component}.value', 2)}"
    if component.recency:
        alone = f"""{text(label + " by its days since alone, ")} || CAST("~{component.component}.days" AS BIGINT)"""
        value = f"coalesce({value}, {alone})"
    stale = f"""CAST("~{component.component}.age" AS BIGINT) || ' days old'"""
    if component.old_after:
        old = f'"~{component.component}.age" >= {component.old_after}'
        value += f" || CASE WHEN {old} THEN ', ' || {stale} ELSE '' END"
    branches = [
        (f"""\"~{component.component}.state" = 'present'""", value),
        (f"""\"~{component.component}.state" = 'stale'""", f"coalesce({stale}, 'of unknown age')"),
    ]
    return first_match(branches, text(component.without))


def lowest(components: tuple[Component, ...]) -> str:
    """The component with the fewest points, e.g. `usage trend 12 of 100`; the first of equals."""
    points = ", ".join(f'"~{c.component}.points"' for c in components)
    branches = [
        (
            f'"~{c.component}.points" = least({points})',
            f"{text(c.component.replace('_', ' ') + ' ')} || {_number(f'~{c.component}.points', 0)} || ' of 100'",
        )
        for c in components
    ]
    return first_match(branches)


def reason(health: Health) -> str:
    """Why the account has its band; names every missing component."""
    gone = f"nullif({_missing(health.components)}, '')"
    known = f"'only ' || {_number('health_known', 0)} || ' % of the weight is known'"
    withheld = """CASE WHEN "~band" <> 'green' AND health_score >= "~green" THEN 'no green on missing data' END"""
    bound = """CASE WHEN "~bound" IS NOT NULL THEN 'held at ' || health_band || ': ' || "~bound" END"""
    told = f"concat_ws('; ', 'lowest: ' || \"~lowest\", 'missing: ' || {gone}, {withheld}, {bound})"
    essential = f"'an essential component is missing: ' || {gone}"
    branches = [
        ('NOT "~applies"', text(health.otherwise)),
        ("health_score IS NOT NULL", told),
        ('"~essential"', essential),
    ]
    return first_match(branches, f"concat_ws('; missing: ', {known}, {gone})")


def _missing(components: tuple[Component, ...]) -> str:
    """The components without a fresh value, each with its reason."""
    parts = ", ".join(
        f"""CASE WHEN "~{c.component}.state" <> 'present' """
        f"THEN {text(c.component.replace('_', ' ') + ' (')} || {reason_of(c)} || ')' END"
        for c in components
    )
    return f"concat_ws(', ', {parts})"


def _number(column: str, digits: int) -> str:
    """A number as text."""
    return f'CAST(CAST(round("{column}", {digits}) AS DECIMAL(24, {digits})) AS VARCHAR)'
