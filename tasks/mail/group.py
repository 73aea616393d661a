"""One commit for many: whoever asks while a transaction is under way is served, with all others, by the next one."""

import asyncio
from collections.abc import Callable, Sequence
from concurrent.futures import Executor
from typing import Generic, TypeVar

Item = TypeVar("Item")
Result = TypeVar("Result")


class Group(Generic[Item, Result]):
    """Gathers what is asked for, and has it done together.

    Args:
        work: does a batch and gives one result each, in their order; it runs in the executor, one batch at a time.
    """

    def __init__(self, work: Callable[[Sequence[Item]], Sequence[Result]], executor: Executor) -> None:
        self._work, self._executor = work, executor
        self._asked: list[tuple[Item, asyncio.Future[Result]]] = []
        self._serving: asyncio.Task[None] | None = None

    def ask(self, item: Item) -> "asyncio.Future[Result]":
        """Ask for one; the future has its result once it is done, or what went wrong with its batch."""
        future: asyncio.Future[Result] = asyncio.get_running_loop().create_future()
        self._asked.append((item, future))
        if self._serving is None or self._serving.done():
            self._serving = asyncio.create_task(self._serve())
        return future

    async def _serve(self) -> None:
        """Batch after batch, until nobody asks."""
        while self._asked:
            asked, self._asked = self._asked, []
            try:
                done = await asyncio.get_running_loop().run_in_executor(
                    self._executor, self._work, [item for item, _ in asked]
                )
            except BaseException as error:  # noqa: BLE001 - whoever asked is told, whatever it was
                for _, future in asked:
                    if not future.done():
                        future.set_exception(error)
                continue
            for (_, future), result in zip(asked, done, strict=True):
                if not future.done():
                    future.set_result(result)
