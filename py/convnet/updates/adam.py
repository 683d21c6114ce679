"""Adam."""

from __future__ import annotations

import math

import numpy as np

from convnet.updates.rule import UpdateRule, average_square


class Adam(UpdateRule):
    """m = beta1 m + (1 - beta1) g;  v = beta2 v + (1 - beta2) g²;  after t updates
    p = p - learning_rate (m / (1 - beta1^t)) / (√(v / (1 - beta2^t)) + eps).

    Kingma and Ba, Adam: a method for stochastic optimization, arXiv:1412.6980, algorithm 1.
    ConvNetJS multiplies by the corrections, and its t counts examples.
    """

    accumulators = ("gsum", "xsum")
    squares = ("xsum",)
    scratch = ("step",)

    def update(self, p: np.ndarray, g: np.ndarray) -> None:
        """Moves parameters by their mean gradient over its deviation from 0."""
        options, mean = self.options, self.gsum
        average_square(self.xsum, g, options.beta2, self.step)
        g *= 1 - options.beta1
        mean *= options.beta1
        mean += g
        # Both corrections are numbers: they go where whole arrays need no pass of their own.
        mean_correction = 1 - options.beta1**self.updates
        root_correction = math.sqrt(1 - options.beta2**self.updates)
        step = np.sqrt(self.xsum, out=self.step)
        step += options.eps * root_correction
        np.divide(mean, step, out=step)
        step *= options.learning_rate * root_correction / mean_correction
        p -= step
