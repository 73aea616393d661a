"""One stage of a night as one Prefect task."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

from prefect import task
from prefect.cache_policies import NO_CACHE
from prefect.client.schemas.objects import State, TaskRun
from prefect.tasks import Task, exponential_backoff

from flows.wiring.trouble import told_safely
from models.errors import PerennialError, SourceAway
from tasks.through import Through

T = TypeVar("T")
BACK_OFF = 5.0


def as_tasks(var: Path) -> Through:
    """Each stage a task of its own name.

    Nothing is cached or stored by Prefect: what is done already, our own seal and run key know. Retries are for
    reading only, after 5, 10, 20 … seconds.

    Args:
        var: where the full text of errors is kept.
    """

    def through(name: str, function: Callable[..., T], *args: Any, retries: int = 0) -> T:
        def run() -> T:
            # A closure: given as parameters, Prefect would walk through the arguments in search of futures.
            with told_safely(name, var):
                return function(*args)

        staged = task(
            name=name,
            task_run_name=name,
            retries=retries,
            retry_delay_seconds=exponential_backoff(BACK_OFF),
            retry_jitter_factor=0.2,
            retry_condition_fn=_may_pass,
            cache_policy=NO_CACHE,
            persist_result=False,
        )(run)
        return staged()

    return through


def _may_pass(task: Task[..., Any], run: TaskRun, state: State[Any]) -> bool:  # noqa: ARG001 - Prefect's signature
    """Whether trying again can help: not against a missing file, a wrong configuration or a gate."""
    error = state.result(raise_on_failure=False)
    return isinstance(error, SourceAway) or not isinstance(error, PerennialError) or error.exit_code == 1
