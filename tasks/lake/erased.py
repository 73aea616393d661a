"""The lake's person area without one person: the only files of the lake that are ever rewritten."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field

import pyarrow as pa
import pyarrow.compute as pc

from models.address import address_key, normalize
from models.entities import ENTITIES
from tasks.lake.lake import Lake

WORDS = ("comment", "body", "value")
"""Columns of free text, in which a person may be named by others."""


@dataclass
class Known:
    """Who is to be forgotten: by address, and by the ids of the contacts that have it.

    Attributes:
        names: full names of those contacts, as free text may have them.
    """

    secret: bytes
    address: str
    contacts: set[str] = field(default_factory=set)
    names: set[str] = field(default_factory=set)

    def is_addressed(self, text: object) -> bool:
        """Whether a text holds the address."""
        return normalize(self.address) in normalize(str(text))

    def is_named(self, text: object) -> bool:
        """Whether a free text holds the address or a full name: a namesake's note goes with it, rather than stays."""
        said = normalize(str(text))
        return self.is_addressed(said) or any(normalize(name) in said for name in self.names)


def know(lake: Lake, known: Known) -> None:
    """Find the contacts with that address, in every landing of contacts there is."""
    for path in files(lake, "person/contacts"):
        for row in lake.read(path).to_pylist():
            if row.get("email") and address_key(known.secret, row["email"]) == address_key(known.secret, known.address):
                known.contacts.add(row["contact_id"])
                known.names |= {" ".join(filter(None, (row.get("first_name"), row.get("last_name"))))} - {""}


def forget(lake: Lake, known: Known) -> dict[str, int]:
    """Blank what names the person in every file of the person area; folder → rows that were changed."""
    counts: dict[str, int] = {}
    for path in files(lake, "person"):
        folder = path.split("/")[1]
        if folder == "seen":
            continue
        table = lake.read(path)
        lost = _rows(lake, path, table, known)
        if lost:
            lake.write(path, _without(table, lost, folder), lake.footer(path))
            counts[folder] = counts.get(folder, 0) + len(lost)
    return counts


def files(lake: Lake, under: str) -> Iterator[str]:
    """The Parquet files of the lake below a folder, as paths in it."""
    root = lake.root
    found = lake.fs.glob(f"{root}/{under}/**/*.parquet")
    yield from sorted(str(path).removeprefix(f"{root}/") for path in found)


def _rows(lake: Lake, path: str, table: pa.Table, known: Known) -> set[int]:
    """Numbers of the rows that tell of the person."""
    words = [name for name in WORDS if name in table.column_names]
    told = {
        n
        for n, row in enumerate(table.select(words).to_pylist())
        if any(map(known.is_named, filter(None, row.values())))
    }
    folder = path.split("/")[1]
    if folder == "contacts":
        told |= {n for n, key in enumerate(table["contact_id"].to_pylist()) if key in known.contacts}
    if folder == "findings":
        keys = table["key"].to_pylist()
        theirs = {keys[n] for n in told if keys[n]} | known.contacts
        told |= {n for n, key in enumerate(keys) if key in theirs}
    return told | _of_contact(lake, path, table, known.contacts)


def _of_contact(lake: Lake, path: str, table: pa.Table, contacts: Collection[str]) -> set[int]:
    """Rows whose other half, in the landing, names one of the contacts: who answered, who came."""
    entity = ENTITIES.get(path.split("/")[1])
    other = path.replace("person/", "landing/", 1)
    if entity is None or entity.name == "contacts" or not lake.exists(other):
        return set()
    if "contact_id" not in {column.name for column in entity.columns}:
        return set()
    rows = lake.read(other).select([entity.key, "contact_id"]).to_pylist()
    theirs = {row[entity.key] for row in rows if row["contact_id"] in contacts}
    return {n for n, key in enumerate(table[entity.key].to_pylist()) if key in theirs}


def _without(table: pa.Table, lost: set[int], folder: str) -> pa.Table:
    """The table with the person's values blank in these rows."""
    entity = ENTITIES.get(folder)
    names = [column.name for column in entity.person_columns] if entity else ["value"]
    mask = pa.array([n in lost for n in range(table.num_rows)])
    for name in names:
        place = table.column_names.index(name)
        blank = pc.if_else(mask, pa.scalar(None, table.schema.field(place).type), table.column(place))
        table = table.set_column(place, table.schema.field(place), blank)
    return table
