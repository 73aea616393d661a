"""The base of what is read from YAML: frozen, and an unknown key is an error."""

from pydantic import BaseModel, ConfigDict


class Strict(BaseModel):
    """A part of a configuration file; what it does not know it refuses."""

    model_config = ConfigDict(extra="forbid", frozen=True)
