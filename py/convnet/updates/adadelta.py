"""Adadelta."""

from __future__ import annotations

import numpy as np

from convnet.updates.rule import UpdateRule, average_square


class Adadelta(UpdateRule):
    """E[g²] = ro E[g²] + (1 - ro) g²;  dx = -√(E[dx²] + eps) / √(E[g²] + eps) g;  p = p + dx.

    Zeiler, ADADELTA: an adaptive learning rate method, arXiv:1212.5701, algorithm 1.
    There is no learning rate; E[dx²] follows E[g²] one step behind.
    """

    accumulators = ("gsum", "xsum")
    squares = ("gsum", "xsum")
    scratch = ("square", "step")
    uses_learning_rate = False

    def update(self, p: np.ndarray, g: np.ndarray) -> None:
        """Moves each parameter by about as much as it moved lately."""
        ro, eps = self.options.ro, self.options.eps
        average_square(self.gsum, g, ro, self.square)
        step = np.add(self.xsum, eps, out=self.step)
        step /= np.add(self.gsum, eps, out=self.square)
        np.sqrt(step, out=step)
        step *= g
        p -= step
        average_square(self.xsum, step, ro, self.square)
