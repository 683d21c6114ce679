"""Windowgrad: Adagrad that forgets."""

from __future__ import annotations

import numpy as np

from convnet.compute import Gradient, Outcome
from convnet.updates.rule import UpdateRule


class Windowgrad(UpdateRule):
    """Adagrad that forgets: see `Rules.windowgrad`."""

    method = "windowgrad"
    accumulators = ("gsum",)
    squares = ("gsum",)

    def step(self, p: np.ndarray, gradient: Gradient) -> Outcome:
        """Takes shorter steps where gradients were large lately."""
        options = self.options
        return self.operations.windowgrad(
            p, gradient, self.gsum, options.learning_rate, options.ro, options.eps
        )
