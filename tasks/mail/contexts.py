"""Made-up values for a template: an ordinary customer, and the worst that a customer may be called or lack."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from models.fact import Kind
from tasks.mail.template import Template

Columns = Mapping[str, Mapping[str, Kind]]
"""Grain → column → kind."""
PLAIN = "Northwind Traders"
LONGEST = "Vereinigte Maschinenbau- und Anlagentechnik Süddeutschland AG"
RIGHT_TO_LEFT = "شركة النور (الدولية) 24"
MARKUP = "<script>alert(1)</script> *x* [y](https://evil.example) {{ 7*7 }}"
PEOPLE = {
    ("contact", "first_name"): "Ada", ("contact", "last_name"): "Löw", ("csm", "name"): "Nina Park",
    ("sales", "name"): "Tom Reyes", ("sender", "name"): "Nina Park", ("meeting", "agenda"): "Goals and next steps",
}  # fmt: skip
"""What an ordinary customer's people are called."""
DAY = date(2025, 9, 29)


@dataclass(frozen=True)
class Customer:
    """What a kind of customer has: one text for every name, one number for every figure.

    Attributes:
        lacks: optional names for which it has nothing.
    """

    label: str
    text: str = PLAIN
    number: int = 12
    boolean: bool = True
    contracts: int = 2
    lacks: tuple[str, ...] = field(default=())


CUSTOMERS = (
    Customer("an ordinary customer"),
    Customer("the longest names", LONGEST, 987_654_321),
    Customer("right-to-left names", RIGHT_TO_LEFT),
    Customer("markup in the values", MARKUP),
    Customer("one of everything", number=1, contracts=1),
    Customer("none of anything", number=0, boolean=False, contracts=1),
    Customer("thirty contracts", contracts=30),
)


def customers(template: Template) -> Iterator[Customer]:
    """The customers that a template is tried on: each optional value is missing once, and once all are."""
    yield from CUSTOMERS
    optional = template.front.optional
    for name in optional:
        yield Customer(f"'{name}' missing", lacks=(name,))
    if len(optional) > 1:
        yield Customer("all that is optional missing", lacks=optional)


def values_for(
    customer: Customer, names: tuple[str, ...], columns: Columns, company: dict[str, Any], host: str
) -> dict[str, Any]:
    """Values for the dotted names; what the configuration says of the company is as it is."""
    maker = _Maker(customer, columns, host)
    found: dict[str, Any] = {"company": company}
    for name in names:
        root, _, rest = name.partition(".")
        if root in {"company", "message"}:
            continue
        if rest:
            found.setdefault(root, {})[rest] = maker.value(root, rest)
        else:
            found[root] = maker.whole(root)
    for name in customer.lacks:
        _remove(found, name.split("."))
    return found


@dataclass(frozen=True)
class _Maker:
    """Makes values of a customer."""

    customer: Customer
    columns: Columns
    host: str

    def whole(self, root: str) -> Any:
        """A group whose parts are not named: a sheet, the list of contracts, the day."""
        if root == "as_of":
            return DAY
        if root == "contracts":
            return [self._sheet("contract") for _ in range(self.customer.contracts)]
        return self._sheet(root)

    def value(self, root: str, name: str) -> Any:
        """One value, by the kind of its column; what is no column is a text, or says by its name what it is."""
        special = self._special(root, name)
        if special is not None:
            return special
        kind = self.columns.get(root, {}).get(name, "text")
        return {"number": self.customer.number, "date": DAY, "boolean": self.customer.boolean}.get(
            kind, self.customer.text
        )

    def _special(self, root: str, name: str) -> Any:
        """Values that must be of a form: addresses, currencies, and what a step knows."""
        if name == "url" or name.endswith("_url"):
            return f"https://{self.host}/{root}?ref=sample"
        if name == "email":
            return "nina@perennial.example"
        if name == "currency" or name.endswith("_currency"):
            return "EUR"
        known: dict[tuple[str, str], Any] = {
            ("meeting", "minutes"): 30,
            ("meeting", "on"): DAY,
            ("meeting", "time"): "10:00",
        }
        if name.endswith("_minor") and self.customer.number > 1:
            return self.customer.number * 100
        known |= PEOPLE if self.customer.text == PLAIN else {}
        return {**known, ("step", "planned_on"): DAY, ("survey", "kind"): "nps"}.get((root, name))

    def _sheet(self, grain: str) -> dict[str, Any]:
        """Every column of a sheet."""
        return {"id": "S-1", **{name: self.value(grain, name) for name in self.columns.get(grain, {})}}


def _remove(here: dict[str, Any], parts: list[str]) -> None:
    """Take away what a dotted name leads to, but nothing of the company's own settings that others share."""
    first, *rest = parts
    if not rest:
        here.pop(first, None)
    elif isinstance(here.get(first), dict):
        here[first] = dict(here[first])
        _remove(here[first], rest)
