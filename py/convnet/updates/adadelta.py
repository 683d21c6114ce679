"""Adadelta."""

from __future__ import annotations

import numpy as np

from convnet.compute import Gradient, Outcome
from convnet.updates.rule import UpdateRule


class Adadelta(UpdateRule):
    """A rule without a learning rate: see `Rules.adadelta`."""

    method = "adadelta"
    accumulators = ("gsum", "xsum")
    squares = ("gsum", "xsum")
    uses_learning_rate = False

    def step(self, p: np.ndarray, gradient: Gradient) -> Outcome:
        """Moves each parameter by about as much as it moved lately."""
        options = self.options
        return self.operations.adadelta(p, gradient, self.gsum, self.xsum, options.ro, options.eps)
