"""Adagrad."""

from __future__ import annotations

import numpy as np

from convnet.compute import Gradient, Outcome
from convnet.updates.rule import UpdateRule


class Adagrad(UpdateRule):
    """A rule that takes ever shorter steps: see `Rules.adagrad`."""

    method = "adagrad"
    accumulators = ("gsum",)
    squares = ("gsum",)

    def step(self, p: np.ndarray, gradient: Gradient) -> Outcome:
        """Takes shorter steps where gradients have been large."""
        options = self.options
        return self.operations.adagrad(p, gradient, self.gsum, options.learning_rate, options.eps)
