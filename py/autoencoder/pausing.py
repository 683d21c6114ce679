"""What goes on by itself until it is paused, and then in single steps.

class Session(Pausing): ...

session.set_paused(True)
session.step_once()
while session.trains:
    session.step()  # calls self.note_step()
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from contextlib import contextmanager

TOLD_S = 60.0
"""For how much training an interruption is worth telling of."""
NONE_YET = (0.0, -math.inf)
"""The length of an interruption, and when it was."""


class Pausing:
    """Whether training goes on, and if not, why.

    Attributes:
        paused: whether the visitor, or a fault, has stopped training.
        stopped: whether training paused by itself, and not because the visitor wanted it to.
        seconds: for how long the run has been trained.
    """

    def __init__(self) -> None:
        self.paused = False
        self.stopped = False
        self.seconds = 0.0
        self._standing = 0
        self.begin_anew()

    @property
    def trains(self) -> bool:
        """Whether training goes on now."""
        return not ((self.paused and not self._asked) or self._standing or self.waits)

    @property
    def waits(self) -> bool:
        """Whether training waits for what it needs."""
        return False

    @contextmanager
    def standstill(self) -> Iterator[None]:
        """Nothing trains meanwhile, so that what takes several steps is of one moment."""
        self._standing += 1
        try:
            yield
        finally:
            self._standing -= 1

    def set_paused(self, paused: bool) -> None:
        """Stops or resumes training."""
        self.paused = paused
        self.stopped = False
        self.begin_anew()

    def stop(self) -> None:
        """Pauses training for a fault, or at a stop: another network ends such a pause."""
        self._asked = 0
        if not self.paused:
            self.set_paused(True)
            self.stopped = True

    def step_once(self) -> None:
        """Trains on one minibatch, or on what is left of one, and pauses: frames take the steps."""
        if not self.paused:
            self.set_paused(True)
        self._asked += 1

    def note_step(self) -> None:
        """Takes in that a minibatch has been trained on."""
        self._asked = max(0, self._asked - 1)

    def begin_anew(self) -> None:
        """Forgets what steps were asked for, and when no frames came."""
        self._asked = 0
        self._interruption = NONE_YET

    @property
    def interruption_s(self) -> float | None:
        """For how long no frames came while it trained; None if they did, or that is long past."""
        length, moment = self._interruption
        return length if self.seconds - moment < TOLD_S else None

    def note_interruption(self, seconds: float) -> None:
        """Takes in that no frames came for a while, as where the page was hidden."""
        self._interruption = seconds, self.seconds
