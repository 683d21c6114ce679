"""Which run each tab of this browser has open, by locks that the browser takes from closed tabs.

tabs = Tabs(tell)
await tabs.hold(key)  # False if another tab holds it
tabs.elsewhere        # the keys that other tabs hold
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from time import monotonic

from pyodide.ffi import JsException, JsProxy, create_once_callable, create_proxy, to_js
from pyscript import window

from autoencoder.local_storage import PREFIX

LOCK = f"{PREFIX}run:"

LEAVING_S = 2.0
"""How long a page that is reloaded may still hold what it held."""


class Tabs:
    """What this tab and the others hold. Where a browser has no locks, everything seems free.

    Args:
        tell: is called when others hold something else than before.

    Attributes:
        elsewhere: keys of the runs that other tabs have open, as far as this one has looked.
    """

    def __init__(self, tell: Callable[[], None]) -> None:
        self.elsewhere: frozenset[str] = frozenset()
        self._tell = tell
        self._held: dict[str, Callable[[], None]] = {}  # what lets each go
        window.addEventListener("focus", create_proxy(lambda _: self.look_soon()))

    async def hold(self, key: str, patience_s: float = 0.0) -> bool:
        """Holds a run, unless another tab does; returns whether this one holds it.

        Args:
            key: the run's.
            patience_s: how long another tab may take to let it go.
        """
        deadline = monotonic() + patience_s
        while key not in self._held:
            let_go = await take(LOCK + key)
            if let_go:
                self._held[key] = let_go
            elif monotonic() < deadline:
                await asyncio.sleep(0.05)
            else:
                return False
        return True

    def let_go(self, key: str) -> None:
        """Holds a run no more."""
        self._held.pop(key, held_by_nobody)()

    async def look(self) -> None:
        """Looks what other tabs hold."""
        try:
            state = await window.navigator.locks.query()
        except (AttributeError, JsException):
            return
        names = [lock.name for lock in state.held if lock.name.startswith(LOCK)]
        held = frozenset(name.removeprefix(LOCK) for name in names) - self._held.keys()
        if held != self.elsewhere:
            self.elsewhere = held
            self._tell()

    def look_soon(self) -> None:
        """Does so when there is time."""
        asyncio.ensure_future(self.look())  # noqa: RUF006


async def take(name: str) -> Callable[[], None] | None:
    """Takes a lock, and returns what gives it back; None if it is taken."""
    answer = asyncio.get_running_loop().create_future()
    options = to_js({"ifAvailable": True}, dict_converter=window.Object.fromEntries)
    try:
        held = window.Promise.withResolvers()

        def hold(lock: object) -> JsProxy | None:
            is_free = isinstance(lock, JsProxy)
            answer.set_result(is_free)
            return held.promise if is_free else None

        locks = window.navigator.locks
        request = asyncio.ensure_future(locks.request(name, options, create_once_callable(hold)))
    except (AttributeError, JsException):  # there are none, or this page may not have any
        return held_by_nobody
    await asyncio.wait([answer, request], return_when=asyncio.FIRST_COMPLETED)
    if not answer.done():  # this page may not have any
        request.exception()  # asked for, so that the console does not tell of it
        return held_by_nobody
    return held.resolve if answer.result() else None


def held_by_nobody() -> None:
    """Gives back what was never taken."""
