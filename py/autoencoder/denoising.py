"""Digits that the network restores: a few that it never trained on, with noise of its own kind.

    denoising = Denoising()
    while not denoising.restore_next(session):
        pass
    denoising.clean, denoising.corrupted, denoising.restored

The noise is another one from time to time, and chance decides on it by itself: the run draws the
same whether anyone looks or not.
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

COUNT = 8
HOLD_S = 2.0
"""For how long the noise stays the same."""


class Denoising:
    """Some test digits, corrupted as the run corrupts its own, and what the network makes of them.

    Args:
        clock: returns seconds.

    Attributes:
        clean: their pixels from 0 to 1, (count, k).
        corrupted: the same as the network sees them.
        restored: what it made of each when that had its turn last.
        restored_so_far: how many had it since the first of them; 0 when all are done.
    """

    def __init__(self, clock: Callable[[], float] = perf_counter) -> None:
        self._clock = clock
        self._random = generator()
        self._corruption: Corruption | None = None
        self.restored_so_far = 0

    def is_ready(self, session: Session) -> bool:
        """Whether the digits have come."""
        return session.test_digits.count >= COUNT

    def restore_next(self, session: Session) -> bool:
        """Restores the next digits, as many as the network takes at a stretch; they must be here.

        Returns:
            Whether all have been restored with these.
        """
        if self._corruption != session.run.corruption:
            self.restored_so_far = 0
        if self.restored_so_far == 0:
            self._corrupt(session)
        part = slice(self.restored_so_far, self.restored_so_far + session.run.stretch)
        restored = session.run.net.forward(self.corrupted[part])
        self.restored[part] = restored.reshape(len(restored), -1)
        self.restored_so_far = part.stop if part.stop < COUNT else 0
        return self.restored_so_far == 0

    def _corrupt(self, session: Session) -> None:
        """Draws the noise anew, where it is another kind or has been there for long."""
        now, corruption = self._clock(), session.run.corruption
        if self._corruption is None:
            self.clean = to_pixels(session.test_digits.images[:COUNT])
            self.restored = np.zeros_like(self.clean)
        elif self._corruption == corruption and now - self._since < HOLD_S:
            return
        self._corruption, self._since = corruption, now
        self.corrupted = corruption.apply(self.clean, session.run.shape, self._random)
