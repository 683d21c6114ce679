"""How often something may change that people look at for longer than a frame."""

from __future__ import annotations

from collections.abc import Callable
from time import perf_counter

CALM_S = 2.0


class Pace:
    """Lets something change at once when its reason has, and otherwise every `CALM_S` seconds.

    pace = Pace()
    if pace.is_due(session.run):
        ...

    Args:
        clock: returns seconds.
    """

    def __init__(self, clock: Callable[[], float] = perf_counter) -> None:
        self._clock = clock
        self._since = 0.0
        self._reason: object = None

    def is_due(self, reason: object) -> bool:
        """Whether it may change now; if so, the next time counts from here."""
        now = self._clock()
        if reason == self._reason and now - self._since < CALM_S:
            return False
        self._since, self._reason = now, reason
        return True
