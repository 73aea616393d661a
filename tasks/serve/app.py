"""The service: its routes, and how a call becomes a page."""

from collections.abc import Awaitable, Callable, Mapping

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp

from models.errors import StoreBusy
from models.public_page import PATHS
from tasks.serve.booking import BOOKING
from tasks.serve.desk import Desk, Noun
from tasks.serve.guard import Guard, Limits
from tasks.serve.preferences import PREFERENCES
from tasks.serve.survey import SURVEY
from tasks.serve.unsubscribe import UNSUBSCRIBE
from tasks.serve.visit import BAD, TOO_MANY, Refused

NOUNS = (UNSUBSCRIBE, PREFERENCES, SURVEY, BOOKING)
BUSY = 503
FIELDS = 20
Answer = Callable[[Request], Awaitable[Response]]


def app_of(desk: Desk, limits: Limits | None = None) -> ASGIApp:
    """The whole service as an ASGI application; it opens and closes nothing."""
    routes = [Route(f"/{PATHS[noun.purpose]}/{{token}}", _page(desk, noun), methods=["GET", "POST"]) for noun in NOUNS]
    routes += [Route("/health", _health), Route("/style.css", _style(desk))]
    handlers = {
        Refused: _refused(desk), HTTPException: _refused(desk), StoreBusy: _refused(desk),
    }  # fmt: skip
    return Guard(Starlette(routes=routes, exception_handlers=handlers), limits or Limits())


def _page(desk: Desk, noun: Noun) -> Answer:
    """The endpoint of a noun: the database is asked in a thread, so that others are answered meanwhile."""

    async def answer(request: Request) -> Response:
        token, accepts = request.path_params["token"], _accepted(request)
        if request.method == "POST":
            given = await _form(request)
            shown, language = await run_in_threadpool(desk.take, noun, token, given, accepts)
        else:
            shown, language = await run_in_threadpool(desk.look, noun, token, request.query_params, accepts)
        return HTMLResponse(desk.pages.render(shown.page, language, **shown.values), shown.status)

    return answer


async def _form(request: Request) -> Mapping[str, str]:
    """The form's fields, of either encoding; files are refused."""
    form = await request.form(max_files=0, max_fields=FIELDS)
    return {key: value for key, value in form.items() if isinstance(value, str)}


async def _health(request: Request) -> Response:  # noqa: ARG001
    """Whether the service is alive."""
    return PlainTextResponse("ok")


def _style(desk: Desk) -> Answer:
    """The style sheet."""

    async def answer(request: Request) -> Response:  # noqa: ARG001
        return Response(desk.pages.style, media_type="text/css")

    return answer


def _refused(desk: Desk) -> Callable[[Request, Exception], Response]:
    """A page that says that nothing is here, the same whatever the reason."""

    def answer(request: Request, error: Exception) -> Response:
        status = getattr(error, "status", None) or getattr(error, "status_code", None) or BUSY
        page = {BUSY: "busy", TOO_MANY: "busy"}.get(status, "refused")
        body = desk.pages.render(page, desk.pages.language(_accepted(request)))
        return HTMLResponse(body, max(status, BAD), {"retry-after": "5"} if status == BUSY else None)

    return answer


def _accepted(request: Request) -> str:
    """The language that the browser asks for first."""
    return request.headers.get("accept-language", "").partition(",")[0].partition(";")[0].strip()
