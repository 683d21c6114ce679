"""Adam."""

from __future__ import annotations

import math

import numpy as np

from convnet.compute import Gradient, Outcome
from convnet.updates.rule import UpdateRule


class Adam(UpdateRule):
    """A rule that follows mean gradients: see `Rules.adam`.

    Averages that start from 0 are too small by 1 - beta^t after t updates. ConvNetJS multiplies
    where Kingma and Ba divide, and its t counts examples.
    """

    method = "adam"
    accumulators = ("gsum", "xsum")
    squares = ("xsum",)

    def step(self, p: np.ndarray, gradient: Gradient) -> Outcome:
        """Moves parameters by their mean gradient over its deviation from 0."""
        options = self.options
        mean_correction = 1 - options.beta1**self.updates
        root_correction = math.sqrt(1 - options.beta2**self.updates)
        return self.operations.adam(
            p,
            gradient,
            self.gsum,
            self.xsum,
            rate=options.learning_rate * root_correction / mean_correction,
            beta1=options.beta1,
            beta2=options.beta2,
            eps=options.eps * root_correction,
        )
