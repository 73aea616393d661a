"""Text that people read: characters that steer a screen are taken out, look-alikes of formulas are named."""

from models.entities import Column, Entity

STEERING = (
    r"\x00-\x08\x0E-\x1F\x7F-\x{84}\x{86}-\x{9F}\x{061C}\x{200B}\x{200E}\x{200F}"
    r"\x{202A}-\x{202E}\x{2060}-\x{2069}\x{FEFF}\x{FFF9}-\x{FFFB}"
)
"""C0, C1, zero-width, bidi and interlinear controls; joiners stay, for scripts and emoji that need them."""
BREAKS = r"\t\n\x0B\f\r\x{85}\x{2028}\x{2029}"
"""What begins a new line or column."""
LONG = 200
"""Characters of a name that are kept."""
NAMES = ("name", "first_name", "last_name")
FORMULA = r"^\s*[=+\-@]"
MARKUP = r"\{\{|\{%|\{#|<[a-zA-Z/!]"


def is_free_text(column: Column) -> bool:
    """Whether line breaks belong into the column."""
    return column.name == "comment"


def is_exact(entity: Entity, column: Column) -> bool:
    """Whether a changed character would make it another thing: keys and addresses."""
    return column.name in {entity.key, "email"} or column.name.endswith("_id")


def readable(column: Column, value: str) -> str:
    """Expression of the text without what steers a screen, in NFC; null if nothing is left."""
    text = f"regexp_replace({value}, '[{STEERING}]', '', 'g')"
    if not is_free_text(column):
        text = f"trim(regexp_replace({text}, '[{BREAKS}]+', ' ', 'g'))"
    if column.name in NAMES:
        text = f"left({text}, {LONG})"
    return f"nullif(nfc_normalize({text}), '')"


def steers(column: Column, value: str) -> str:
    """Expression that is true for text with such characters."""
    return f"regexp_matches({value}, '[{STEERING}{'' if is_free_text(column) else BREAKS}]')"


def oddities(column: Column, value: str) -> dict[str, tuple[str, str]]:
    """Of a name: check → (expression that is true for an odd one, reason)."""
    if column.name not in NAMES:
        return {}
    return {
        "no_formula": (f"regexp_matches({value}, '{FORMULA}')", "reads as a spreadsheet formula; exports quote it"),
        "no_markup": (
            f"regexp_matches({value}, '{MARKUP}')",
            "reads as a template or markup; it is shown as text only",
        ),
        "not_too_long": (f"length({value}) > {LONG}", f"longer than {LONG} characters; what is more was cut off"),
    }
