"""The example that is on its way through the network: one digit, in all panels that show one.

example = Example()
example.forward(session)
example.clean, example.corrupted, example.output
"""

from __future__ import annotations

from collections.abc import Callable
from time import perf_counter
from typing import TYPE_CHECKING

import numpy as np

from convnet.chance import generator
from convnet.corruption import Corruption
from convnet.minibatch import to_pixels

if TYPE_CHECKING:
    from autoencoder.session import Session

HOLDS_S = (0.5, 1.0, 2.0, 5.0, 10.0)
"""For how long a digit may be held, in seconds."""

HOLD_S = 2.0
CALM_S = 2.0
"""The shortest time where someone wants little to move."""


class Example:
    """A training example, held for a while or kept, and what the network makes of it.

    Where a test digit is picked on the map, it is that one.

    Args:
        clock: returns seconds.

    Attributes:
        hold_s: after how many seconds another takes its place.
        kept: whether none does.
        is_calm: whether the visitor wants little to move.
        clean: its pixels from 0 to 1, (k,).
        corrupted: the same as the network sees them.
        output: the network's reconstruction of it, as of the last `forward`.
        loss: half the squared error of that.
    """

    def __init__(self, clock: Callable[[], float] = perf_counter) -> None:
        self.hold_s = HOLD_S
        self.kept = False
        self.is_calm = False
        self._clock = clock
        self._random = generator()
        self._since: float | None = None
        self._stopped_at: int | None = None
        self._picked: tuple[int, Corruption] | None = None

    def renew(self) -> None:
        """Takes another the next time, unless this one is kept: the network is another one."""
        if not self.kept:
            self._since = None

    def hold_for(self, seconds: float) -> None:
        """Holds each digit for so long."""
        self.hold_s = seconds

    def keep(self, kept: bool) -> None:
        """Keeps this digit, or lets others follow again."""
        self.kept = kept

    def forward(self, session: Session) -> None:
        """Sends it through the network: afterwards every layer's `out_act` is that one example's.

        Another one when its time is over, and while training is paused the last one trained on.
        """
        if self._is_over(session):
            pair = self._take_picked(session) if self._picked else self._take_trained(session)
            self.clean, self.corrupted = pair
        self.output = session.run.net.forward(self.corrupted[None]).ravel()
        error = np.subtract(self.output, self.clean, dtype=np.float64)
        self.loss = 0.5 * float(np.vecdot(error, error))

    def _is_over(self, session: Session) -> bool:
        """Whether another one is due; if so, its time counts from here."""
        now = self._clock()
        picked, run = session.digit_map.picked, session.run
        stopped_at = run.examples_seen if session.paused else None
        hold_s = max(self.hold_s, CALM_S) if self.is_calm else self.hold_s
        wanted = None if picked is None else (picked, run.corruption)
        if self._since is not None and wanted == self._picked:
            is_the_last = stopped_at == self._stopped_at
            if self.kept or (is_the_last and now - self._since < hold_s):
                return False
        self._since, self._stopped_at, self._picked = now, stopped_at, wanted
        return True

    def _take_trained(self, session: Session) -> tuple[np.ndarray, np.ndarray]:
        """The first example of the last minibatch, without noise and with it."""
        minibatch = session.run.minibatch
        return minibatch.clean[0].copy(), minibatch.corrupted[0].copy()

    def _take_picked(self, session: Session) -> tuple[np.ndarray, np.ndarray]:
        """The test digit that is picked, without noise and with noise of its own."""
        index, corruption = self._picked
        clean = to_pixels(session.test_digits.images[index : index + 1])
        corrupted = corruption.apply(clean, session.run.shape, self._random)
        return clean[0], corrupted[0]
