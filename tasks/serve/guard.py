"""What stands before every page: headers that fence it in, limits for bodies and clients, errors that say nothing."""

import logging
from collections import OrderedDict
from dataclasses import dataclass, field

from aiolimiter import AsyncLimiter
from starlette.datastructures import MutableHeaders
from starlette.exceptions import HTTPException
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from tasks.serve.visit import BAD, TOO_MANY

_log = logging.getLogger(__name__)
HEADERS = {
    "content-security-policy": (
        "default-src 'none'; style-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "referrer-policy": "no-referrer",
    "x-robots-tag": "noindex, nofollow, noarchive",
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "cross-origin-opener-policy": "same-origin",
    "permissions-policy": "interest-cohort=()",
    "cache-control": "no-store",
}
TOO_LARGE, BROKEN = 413, 500
CLIENTS = 10_000
"""Clients that are remembered; of more, those that were not seen for longest are forgotten."""


@dataclass(frozen=True)
class Limits:
    """What one client may ask for.

    Attributes:
        body: bytes of a form.
        requests: a minute; a mail provider sends the clicks of all its users from few addresses.
        forged: requests a minute whose link is not good.
    """

    body: int = 16_384
    requests: int = 600
    forged: int = 60


@dataclass
class Guard:
    """The outermost layer of the service."""

    app: ASGIApp
    limits: Limits = Limits()
    clients: OrderedDict[str, tuple[AsyncLimiter, AsyncLimiter]] = field(default_factory=OrderedDict)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, unless its client has asked for too much."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        answer = _Answer(send)
        requests, forged = self._limiters(scope)
        if not (requests.has_capacity() and forged.has_capacity()):
            headers = {"retry-after": "60"}
            await PlainTextResponse("Too many requests.\n", TOO_MANY, headers)(scope, receive, answer.send)
            return
        await requests.acquire()
        try:
            await self.app(scope, _Body(receive, self.limits.body).receive, answer.send)
        except Exception as error:  # noqa: BLE001 — whatever it was: no traceback, which may tell what somebody wrote
            _log.error("a page failed", extra={"page": _page(scope), "error": type(error).__name__})
            if not answer.status:
                await PlainTextResponse("Something went wrong.\n", BROKEN)(scope, receive, answer.send)
        if answer.status == BAD:
            await forged.acquire()
        _log.info("served", extra={"page": _page(scope), "method": scope["method"], "status": answer.status})

    def _limiters(self, scope: Scope) -> tuple[AsyncLimiter, AsyncLimiter]:
        """The client's limiters, of all requests and of those with a bad link."""
        client = (scope.get("client") or ("unknown", 0))[0]
        if client not in self.clients:
            self.clients[client] = AsyncLimiter(self.limits.requests), AsyncLimiter(self.limits.forged)
        self.clients.move_to_end(client)
        if len(self.clients) > CLIENTS:
            self.clients.popitem(last=False)
        return self.clients[client]


class _Answer:
    """What is sent, with the headers that every answer has."""

    def __init__(self, send: Send) -> None:
        self._send = send
        self.status = 0

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            MutableHeaders(scope=message).update(HEADERS)
        await self._send(message)


class _Body:
    """What is received, up to a limit."""

    def __init__(self, receive: Receive, limit: int) -> None:
        self._receive = receive
        self._left = limit

    async def receive(self) -> Message:
        message = await self._receive()
        self._left -= len(message.get("body", b""))
        if self._left < 0:
            raise HTTPException(TOO_LARGE)
        return message


def _page(scope: Scope) -> str:
    """The page without its token."""
    return str(scope["path"])[:2]
