"""Gradient descent with momentum."""

from __future__ import annotations

import numpy as np

from convnet.compute import Gradient, Outcome
from convnet.updates.rule import UpdateRule


class SGD(UpdateRule):
    """Gradient descent with momentum: see `Rules.sgd`."""

    method = "sgd"
    accumulators = ("gsum",)

    def step(self, p: np.ndarray, gradient: Gradient) -> Outcome:
        """Moves parameters by their velocity."""
        options = self.options
        return self.operations.sgd(p, gradient, self.gsum, options.learning_rate, options.momentum)
