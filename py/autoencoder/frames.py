"""What waits for the browser's frames: work in each of them, in the next, or between them."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from time import perf_counter
from typing import TypeVar

from pyodide.ffi import create_once_callable, create_proxy
from pyscript import window

from convnet import ConvNetError
from convnet.memory import OUT_OF_MEMORY
from convnet.steps import Steps

T = TypeVar("T")

WORKING_S = 0.008

Tell = Callable[[float | None], None]
"""Is told what share of some work is done, from 0 to 1, or None where nobody knows."""


def run_each_frame(act: Callable[[], None]) -> None:
    """Lets the browser call something before each frame that it shows, from the next one on."""

    def on_frame(_: float) -> None:
        window.requestAnimationFrame(proxy)  # first, so that a fault does not end it
        act()

    proxy = create_proxy(on_frame)
    window.requestAnimationFrame(proxy)


class OncePerFrame:
    """Calls something in the next frame, once, however often it is asked for meanwhile.

    Args:
        act: what is called.
    """

    def __init__(self, act: Callable[[], None]) -> None:
        self._act = act
        self._asked = False
        self._proxy = create_proxy(self._on_frame)

    def ask(self) -> None:
        """Asks for it."""
        if not self._asked:
            self._asked = True
            window.requestAnimationFrame(self._proxy)

    def _on_frame(self, _: float) -> None:
        self._asked = False
        self._act()


def next_frame() -> asyncio.Future[None]:
    """Is done when the browser is about to show another frame."""
    frame = asyncio.get_running_loop().create_future()
    window.requestAnimationFrame(create_once_callable(lambda _: frame.set_result(None)))
    return frame


async def between_frames(steps: Steps[T], tell: Tell) -> T:
    """Takes steps for a while, lets the page do what it has to, and so on to their end.

    Args:
        steps: the work; where it is cancelled, it ends between two of them.
        tell: is given the share that is done, now and then.

    Raises:
        ConvNetError: there is not enough memory, or whatever else the work raises.
    """
    try:
        while True:
            until = perf_counter() + WORKING_S
            share = None
            while perf_counter() < until:
                share = next(steps)
            tell(share)
            await asyncio.sleep(0)
    except StopIteration as end:
        return end.value
    except MemoryError:
        raise ConvNetError(OUT_OF_MEMORY) from None
    finally:
        steps.close()
