"""Gradient descent with Nesterov's momentum."""

from __future__ import annotations

import numpy as np

from convnet.compute import Gradient, Outcome
from convnet.updates.rule import UpdateRule


class Nesterov(UpdateRule):
    """Gradient descent with Nesterov's momentum: see `Rules.nesterov`."""

    method = "nesterov"
    accumulators = ("gsum",)

    def step(self, p: np.ndarray, gradient: Gradient) -> Outcome:
        """Moves parameters by where their velocity will have taken them."""
        options = self.options
        return self.operations.nesterov(
            p, gradient, self.gsum, options.learning_rate, options.momentum
        )
