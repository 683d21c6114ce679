"""Long work: one thing after the other, with a bar that tells how far it is, and can be cancelled.

    work = Work()
    work.start(load(), telling, "Reading the network", replaces=True)
    ...
    snapshot = await work.do(parse_snapshot_in_steps(text))  # within load()

What is cancelled stops between two steps, and leaves the run as it was.
"""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from contextlib import AbstractContextManager
from time import perf_counter
from typing import Any, TypeVar

from pyodide.ffi import create_proxy

from autoencoder.frames import between_frames
from autoencoder.page import Text, element
from convnet.steps import Steps

T = TypeVar("T")

UNSEEN_S = 0.5
"""Work that is done sooner shows no bar."""


class Work:
    """What is under way, and what waits for it."""

    def __init__(self) -> None:
        self._turn = asyncio.Lock()
        self._tasks: dict[asyncio.Task[None], bool] = {}
        self._panel = element("work")
        self._name = Text(element("work-name"))
        self._bar = element("work-progress")
        element("cancel").addEventListener("click", create_proxy(lambda _: self.cancel()))

    def start(
        self,
        work: Coroutine[Any, Any, None],
        telling: AbstractContextManager[None],
        name: str,
        replaces: bool = False,
    ) -> None:
        """Begins some work, or lets it wait for its turn.

        Args:
            work: what is to be done.
            telling: tells what fails within it.
            name: what the visitor reads meanwhile.
            replaces: whether it puts another network in the run's place; then what would have put
                one there before is not wanted any more, and is cancelled.
        """
        if replaces:
            for task, does_too in self._tasks.items():
                if does_too:
                    task.cancel()
        task = asyncio.ensure_future(self._in_turn(work, telling, name))
        task.add_done_callback(lambda _: work.close())  # it may never have begun
        self._tasks[task] = replaces
        task.add_done_callback(self._tasks.pop)

    async def do(self, steps: Steps[T]) -> T:
        """Takes steps between frames, and shows how far they are."""
        return await between_frames(steps, self.tell)

    def tell(self, share: float | None) -> None:
        """Shows what share is done, from 0 to 1, or None where nobody knows."""
        if perf_counter() - self._since < UNSEEN_S:
            return
        self._panel.hidden = False
        if share is None:
            self._bar.removeAttribute("value")
        else:
            self._bar.value = share

    def cancel(self) -> None:
        """Ends what is under way and what waits."""
        for task in self._tasks:
            task.cancel()

    async def _in_turn(
        self, work: Coroutine[Any, Any, None], telling: AbstractContextManager[None], name: str
    ) -> None:
        async with self._turn:
            self._since = perf_counter()
            self._name.show(f"{name}…")
            try:
                with telling:
                    await work
            finally:
                self._panel.hidden = True
