"""Which columns of a sheet are stale tonight: facts through their entities, derived columns through what they read.

DESIGN, section 7: staleness follows each column's lineage; a score is stale only when less than enough of its weight
is fresh.
"""

from collections.abc import Mapping
from dataclasses import dataclass

NOTHING: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Lineage:
    """What the columns of one sheet come from.

    Attributes:
        facts: fact column → the entities it is computed from.
        derived: derived column → the columns its rule reads; a name without an entry of its own is never stale.
        score: (weight, columns read) of each health component.
        health: the name that stands for all health columns.
        enough: percent of the weight that must be fresh.
    """

    facts: Mapping[str, tuple[str, ...]]
    derived: Mapping[str, frozenset[str]]
    score: tuple[tuple[float, frozenset[str]], ...]
    health: str = "health"
    enough: float = 70

    def stale(self, column: str, entities: frozenset[str]) -> frozenset[str]:
        """The stale entities that make the column stale; none if it is fresh."""
        if column in self.facts:
            return entities & frozenset(self.facts[column])
        if column == self.health:
            return self._stale_score(entities)
        found = NOTHING
        for read in self.derived.get(column, NOTHING):
            found |= self.stale(read, entities)
        return found

    def _stale_score(self, entities: frozenset[str]) -> frozenset[str]:
        """The entities that make the score stale: those of its stale components, once too little is fresh."""
        fresh, found = 0.0, NOTHING
        for weight, columns in self.score:
            behind = NOTHING.union(*(self.stale(column, entities) for column in columns))
            fresh += 0 if behind else weight
            found |= behind
        return found if fresh < self.enough else NOTHING
