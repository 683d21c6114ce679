"""Losses of minibatches."""

from __future__ import annotations

import math

import numpy as np

from convnet.compute.sums import Sums


class Losses(Sums):
    """Losses, and their gradients."""

    def softmax(self, x: np.ndarray, out: np.ndarray) -> None:
        """Probabilities in proportion to exp(x), row by row: (n, k)."""
        # The greatest exponent becomes 0, so that exp never overflows.
        np.subtract(x, np.max(x, axis=1, keepdims=True), out=out)
        np.exp(out, out=out)
        out /= np.sum(out, axis=1, keepdims=True)

    def softmax_loss(
        self,
        scores: np.ndarray,
        probabilities: np.ndarray,
        classes: np.ndarray,
        gradient: np.ndarray,
    ) -> float:
        """Negative log likelihood of the right classes, summed over examples.

        It is finite wherever scores are. The logarithm of a class's probability is that of the
        likeliest class, which is at least 1/k, less what its score lacks to the greatest; the
        probability itself may be too small for a number.

        Args:
            scores: (n, k), what `softmax` was given.
            probabilities: (n, k), what it made of them.
            classes: (n,), the right class of each example.
            gradient: (n, k), receives the gradient with respect to scores.
        """
        examples = np.arange(len(classes))
        np.copyto(gradient, probabilities)
        gradient[examples, classes] -= 1
        lacking = np.subtract(scores.max(axis=1), scores[examples, classes], dtype=np.float64)
        return float((lacking - np.log(probabilities.max(axis=1), dtype=np.float64)).sum())

    def hinge_loss(self, scores: np.ndarray, classes: np.ndarray, gradient: np.ndarray) -> float:
        """How far wrong classes' scores come within 1 of the right one's, summed over examples.

        Weston and Watkins, Support vector machines for multi-class pattern recognition, 1999.

        Args:
            scores: (n, k).
            classes: (n,), the right class of each example.
            gradient: (n, k), receives the gradient with respect to scores.
        """
        examples = np.arange(len(classes))
        right = scores[examples, classes]
        excess = np.subtract(scores, right[:, np.newaxis] - 1, out=gradient)
        excess[examples, classes] = 0
        loss = float(np.maximum(excess, 0).sum(dtype=np.float64))
        if not math.isfinite(loss):  # scores lie further apart than their type can tell
            loss = _hinge_loss(scores.astype(np.float64), classes)
        np.greater(excess, 0, out=gradient, casting="unsafe")
        gradient[examples, classes] = -gradient.sum(axis=1)
        return loss

    def squared_loss(self, x: np.ndarray, targets: np.ndarray, gradient: np.ndarray) -> float:
        """Half the squared error, summed over values and examples.

        Args:
            x: (n, k).
            targets: (n, k).
            gradient: (n, k), receives x - targets, the gradient with respect to x.
        """
        np.subtract(x, targets, out=gradient)
        loss = 0.5 * float(np.vecdot(gradient, gradient).sum(dtype=np.float64))
        return loss if math.isfinite(loss) else 0.5 * self.sum_of_squares(gradient.ravel())


def _hinge_loss(scores: np.ndarray, classes: np.ndarray) -> float:
    examples = np.arange(len(classes))
    excess = scores - (scores[examples, classes, np.newaxis] - 1)
    excess[examples, classes] = 0
    return float(np.maximum(excess, 0).sum())
