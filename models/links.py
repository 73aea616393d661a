"""Addresses of pages with parameters of ours."""

from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit


def with_parameters(address: str | None, **parameters: str) -> str | None:
    """The address with these query parameters added, properly encoded; its own stay, and so does its fragment."""
    if not address:
        return None
    parts = urlsplit(address)
    query = [*parse_qsl(parts.query, keep_blank_values=True), *parameters.items()]
    return urlunsplit(parts._replace(query=urlencode(query)))
