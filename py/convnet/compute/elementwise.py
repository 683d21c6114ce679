"""Operations on each element by itself, with the gradients of the functions among them."""

from __future__ import annotations

import numpy as np


class Elementwise:
    """Functions of each element, and their gradients."""

    def tanh(self, x: np.ndarray, out: np.ndarray) -> None:
        """The hyperbolic tangent of each element."""
        np.tanh(x, out=out)

    def tanh_gradient(self, activation: np.ndarray, gradient: np.ndarray, out: np.ndarray) -> None:
        """Gradient of tanh from its result a: (1 - a²) times the gradient from above."""
        np.multiply(activation, activation, out=out)
        np.subtract(1, out, out=out)
        out *= gradient

    def sigmoid(self, x: np.ndarray, out: np.ndarray) -> None:
        """1 / (1 + exp(-x)), computed as (1 + tanh(x/2)) / 2, which cannot overflow."""
        np.multiply(x, 0.5, out=out)
        self.tanh(out, out=out)
        out += 1
        out *= 0.5

    def sigmoid_gradient(
        self, activation: np.ndarray, gradient: np.ndarray, out: np.ndarray
    ) -> None:
        """Gradient of sigmoid from its result a: a (1 - a) times the gradient from above."""
        np.subtract(1, activation, out=out)
        out *= activation
        out *= gradient

    def relu(self, x: np.ndarray, out: np.ndarray) -> None:
        """The greater of each element and 0."""
        np.maximum(x, 0, out=out)

    def relu_gradient(self, activation: np.ndarray, gradient: np.ndarray, out: np.ndarray) -> None:
        """Gradient of relu from its result: what comes from above where it is positive, else 0."""
        np.greater(activation, 0, out=out, casting="unsafe")
        out *= gradient

    def dropout(
        self, x: np.ndarray, chances: np.ndarray, drop_prob: float, out: np.ndarray
    ) -> None:
        """Each element of x, or 0 with a probability.

        Args:
            x: any shape.
            chances: of x's shape, uniform from 0 to 1; becomes 1 where x is kept and 0 elsewhere.
            drop_prob: the probability.
            out: of x's shape.
        """
        np.greater_equal(chances, drop_prob, out=chances, casting="unsafe")
        np.multiply(x, chances, out=out)
