"""Windowgrad: Adagrad that forgets."""

from __future__ import annotations

import numpy as np

from convnet.updates.rule import UpdateRule, average_square, step_by_root


class Windowgrad(UpdateRule):
    """E[g²] = ro E[g²] + (1 - ro) g²;  p = p - learning_rate g / √(E[g²] + eps).

    Idea 1 of Zeiler, ADADELTA: an adaptive learning rate method, arXiv:1212.5701, section
    3.1; elsewhere known as RMSProp.
    """

    accumulators = ("gsum",)
    squares = ("gsum",)
    scratch = ("step",)

    def update(self, p: np.ndarray, g: np.ndarray) -> None:
        """Takes shorter steps where gradients were large lately."""
        average_square(self.gsum, g, self.options.ro, self.step)
        p -= step_by_root(g, self.gsum, self.options, out=self.step)
