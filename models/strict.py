"""The base of everything that is read from YAML: frozen, and no key is ignored."""

from pydantic import BaseModel, ConfigDict


class Strict(BaseModel):
    """A part of a configuration file; unknown keys are refused (the loader names the nearest valid one)."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)
