"""What config/sources.yaml says of a source."""

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from models.entities import ENTITIES
from models.nearest import did_you_mean

Status = Literal["ok", "unchanged", "stale", "held", "failed"]


class Volume(BaseModel):
    """Declared limits for a whole snapshot, used until seven pulls give a median."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    min: int = Field(default=1, ge=0)
    max: int | None = None


class SourceSpec(BaseModel):
    """One source: where its rows lie and what they are.

    `path` (files) may be a glob or any fsspec URL and, like `url`, may hold `${NAME}` from the environment;
    `query` (sql) may use `:since`. `dates` maps a raw column to its strptime format. `cursor` true means that
    the rows are events dated by the entity's cursor column; without it each pull is a snapshot. `may_be_empty` true
    means that no rows at all are an answer (nothing was merged yet) and not a broken export.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str
    entity: str
    adapter: Literal["files", "sql"]
    path: str | None = None
    format: Literal["csv", "parquet", "jsonl"] = "csv"
    encoding: str = "utf-8"
    delimiter: str = ","
    url: str | None = None
    query: str | None = None
    cursor: bool = False
    dates: dict[str, str] = Field(default_factory=dict)
    columns: tuple[str, ...] = ()
    suite: str | None = None
    freshness_days: int | None = Field(default=None, ge=1)
    may_be_empty: bool = False
    volume: Volume = Volume()

    @model_validator(mode="after")
    def _whole(self) -> "SourceSpec":
        """An adapter has what it needs, and the entity exists."""
        if self.entity not in ENTITIES:
            raise ValueError(f"entity '{self.entity}' is not known; {did_you_mean(self.entity, ENTITIES)}")
        if self.adapter == "files" and not self.path:
            raise ValueError("a source of adapter 'files' needs path:")
        if self.adapter == "sql" and not (self.url and self.query):
            raise ValueError("a source of adapter 'sql' needs url: and query:")
        if self.cursor and ENTITIES[self.entity].cursor is None:
            raise ValueError(f"entity '{self.entity}' has no time column, so cursor: cannot be true")
        return self
