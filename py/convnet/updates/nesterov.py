"""Gradient descent with Nesterov's momentum."""

from __future__ import annotations

import numpy as np

from convnet.updates.rule import UpdateRule


class Nesterov(UpdateRule):
    """v' = momentum v + learning_rate g;  p = p + momentum v - (1 + momentum) v'.

    Sutskever et al., On the importance of initialization and momentum in deep learning,
    2013, with parameters kept where the gradient is taken.
    """

    accumulators = ("gsum",)
    scratch = ("step",)

    def update(self, p: np.ndarray, g: np.ndarray) -> None:
        """Moves parameters by where their velocity will have taken them."""
        velocity, momentum = self.gsum, self.options.momentum
        p += np.multiply(velocity, momentum, out=self.step)
        g *= self.options.learning_rate
        velocity *= momentum
        velocity += g
        p -= np.multiply(velocity, 1 + momentum, out=self.step)
