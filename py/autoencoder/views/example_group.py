"""What shows the example on its way: drawn in one go, or in as few frames as it has room in."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from time import perf_counter
from typing import TYPE_CHECKING, Protocol

from autoencoder.views.view import View

if TYPE_CHECKING:
    import numpy as np

    from autoencoder.session import Session

PERIOD_MS = 500
SOON_MS = 1
AT_ONCE = 0
TURN_S = 0.004
"""For how long parts are drawn in a frame, and as much longer as the last of them takes."""


class Part(Protocol):
    """What is drawn by itself of that which shows an example."""

    visible: bool
    unfinished: bool

    def draw(self, session: Session) -> None:
        """Shows what the last forward pass has left in the network."""

    def print(self, session: Session) -> None:
        """Shows it whole, also what is off screen."""


class ExampleGroup(View):
    """Several views of one example, as one: no frame shows two examples.

    They show another example, another network, and one that stands still all at once. While the
    network is trained on one after the other shows what becomes of the same example, so that frames
    come on time.

    Args:
        views: their parts draw what a forward pass has left in the network, where they are on
            screen.
        clock: returns seconds.
    """

    def __init__(self, *views: View, clock: Callable[[], float] = perf_counter) -> None:
        self._views = views
        self._clock = clock
        self._forget()

    def _forget(self) -> None:
        self._example: np.ndarray | None = None  # that was drawn last
        self._waiting: list[Part] = []  # for their turn
        self._drawn: set[Part] = set()

    @property
    def period_ms(self) -> float:
        """No time passes where what has come on screen still shows an example of before, and little
        until the last part has been drawn.
        """
        if self._revealed:
            return AT_ONCE
        return SOON_MS if self._waiting else PERIOD_MS

    @property
    def visible(self) -> bool:
        """Whether some of it is on screen."""
        return any(part.visible for part in self._parts)

    @property
    def unfinished(self) -> bool:
        """Whether some of it has to be drawn again though the session is as it was."""
        is_begun = bool(self._waiting)
        return is_begun or self._revealed or any(part.unfinished for part in self._parts)

    @property
    def _parts(self) -> Iterable[Part]:
        return (part for view in self._views for part in view.parts)

    @property
    def _revealed(self) -> bool:
        """Whether some of it is on screen that was not when the rest was drawn."""
        known = self._drawn.union(self._waiting)
        return any(part.visible and part not in known for part in self._parts)

    def renew(self, session: Session) -> None:
        """Prepares all views for another network."""
        self._forget()
        for view in self._views:
            view.renew(session)

    def draw(self, session: Session) -> None:
        """Shows the example where it is on screen, or in the next parts of that."""
        session.example.forward(session)
        is_another = session.example.clean is not self._example
        at_once = is_another or self._revealed or not session.trains
        if at_once or not self._waiting:
            self._example = session.example.clean
            self._waiting = [part for part in self._parts if part.visible]
            self._drawn = set()
        until = math.inf if at_once else self._clock() + TURN_S
        while self._waiting and self._clock() < until:
            part = self._waiting.pop(0)
            part.draw(session)
            self._drawn.add(part)

    def print(self, session: Session) -> None:
        """Shows it everywhere."""
        session.example.forward(session)
        for part in self._parts:
            part.print(session)
