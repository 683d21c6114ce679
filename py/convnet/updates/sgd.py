"""Gradient descent with momentum."""

from __future__ import annotations

import numpy as np

from convnet.updates.rule import UpdateRule


class SGD(UpdateRule):
    """v = momentum * v - learning_rate * g;  p = p + v.

    Polyak, Some methods of speeding up the convergence of iteration methods, 1964.
    """

    accumulators = ("gsum",)

    def update(self, p: np.ndarray, g: np.ndarray) -> None:
        """Moves parameters by their velocity."""
        velocity = self.gsum
        velocity *= self.options.momentum
        g *= self.options.learning_rate
        velocity -= g
        p += velocity
