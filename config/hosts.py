"""The hosts to which links of mails may lead, as config/perennial.yaml lists them."""

from functools import lru_cache

from config.files import Files
from config.yaml_lines import parse, read_yaml
from models.company import Company

FILE = "config/perennial.yaml"


def allowed_hosts(files: Files) -> frozenset[str]:
    """The hosts of these files' company.

    Raises:
        ConfigError: the file is broken.
    """
    return _hosts(files.get(FILE, ""))


@lru_cache(maxsize=16)
def _hosts(text: str) -> frozenset[str]:
    """The same, of the file's text; an empty file is a company of defaults."""
    return parse(Company, text, FILE).hosts if read_yaml(text, FILE)[0] is not None else Company().hosts
