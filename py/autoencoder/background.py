"""Training goes on while the page is hidden, where the visitor wants that.

    Background(session, loop)

The browser shows a hidden page no frames, so a worker's timer calls the loop instead. It is asked
for one tick at a time, so that ticks never pile up, and between two of them the page does whatever
else it has to.
"""

from __future__ import annotations

from pyodide.ffi import JsProxy, create_proxy
from pyscript import document, window

from autoencoder.loop import Loop
from autoencoder.session import Session

TIMER = "assets/timer.js"
BREATH_MS = 2
IDLE_MS = 50
"""What lies between two ticks, and how much where the next update is not due yet."""


class Background:
    """Asks for ticks from when the page is hidden until it is shown.

    Args:
        session: knows whether the visitor wants it.
        loop: trains.
    """

    def __init__(self, session: Session, loop: Loop) -> None:
        self._session = session
        self._loop = loop
        self._timer: JsProxy | None = None  # made when it is first needed
        self._awaits_tick = False
        document.addEventListener("visibilitychange", create_proxy(lambda _: self._ask(BREATH_MS)))

    def _ask(self, wait_ms: int) -> None:
        """Asks for a tick, if one is of use and none is under way."""
        if self._awaits_tick or not (document.hidden and self._session.in_background):
            return
        if self._timer is None:
            self._timer = window.Worker.new(TIMER)
            self._timer.addEventListener("message", create_proxy(lambda _: self._tick()))
        self._awaits_tick = True
        self._timer.postMessage(wait_ms)

    def _tick(self) -> None:
        self._awaits_tick = False
        wait_ms = IDLE_MS
        try:
            if document.hidden and self._loop.train_unseen():
                wait_ms = BREATH_MS
        finally:
            self._ask(wait_ms)
