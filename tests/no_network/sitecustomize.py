"""Loaded by every Python of a test that has this folder on its path: notes each try to reach another machine."""

import os
import sys
from ipaddress import ip_address


def _watch(event: str, arguments: tuple[object, ...]) -> None:
    """Note addresses that are not on this machine, and names that would have to be looked up; then refuse them."""
    if event == "socket.connect":
        target = arguments[1]
        host = str(target[0]) if isinstance(target, tuple) else ""
    elif event == "socket.getaddrinfo":
        host = str(arguments[0] or "")
    else:
        return
    if not _is_here(host):
        with open(os.environ["NETWORK_LOG"], "a", encoding="utf-8") as log:  # noqa: PTH123 - as early as possible
            log.write(f"{event} {host} {sys.argv[:3]}\n")
        raise OSError(f"the test allows no network: {host}")


def _is_here(host: str) -> bool:
    """Whether it is this machine: a local socket, its own name, or a loopback address."""
    if host in ("", "localhost", "0.0.0.0", "::", "None"):  # noqa: S104 - binding is not reaching out
        return True
    try:
        return ip_address(host.split("%", maxsplit=1)[0]).is_loopback
    except ValueError:
        return False


if "NETWORK_LOG" in os.environ:
    sys.addaudithook(_watch)
