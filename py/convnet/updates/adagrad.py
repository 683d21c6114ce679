"""Adagrad."""

from __future__ import annotations

import numpy as np

from convnet.updates.rule import UpdateRule, step_by_root


class Adagrad(UpdateRule):
    """G = G + g²;  p = p - learning_rate g / √(G + eps).

    Duchi, Hazan and Singer, Adaptive subgradient methods for online learning and stochastic
    optimization, 2011. The place of eps is ConvNetJS's.
    """

    accumulators = ("gsum",)
    squares = ("gsum",)
    scratch = ("step",)

    def update(self, p: np.ndarray, g: np.ndarray) -> None:
        """Takes shorter steps where gradients have been large."""
        self.gsum += np.multiply(g, g, out=self.step)
        p -= step_by_root(g, self.gsum, self.options, out=self.step)
