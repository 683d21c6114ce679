"""Losses of minibatches, and how much the weights themselves cost."""

from __future__ import annotations

import math

import numpy as np

WIDENED = 2**16
"""Numbers that are squared in double precision in one go."""


def softmax(x: np.ndarray, out: np.ndarray) -> None:
    """Probabilities in proportion to exp(x), row by row: (n, k)."""
    # The greatest exponent becomes 0, so that exp never overflows.
    np.subtract(x, np.max(x, axis=1, keepdims=True), out=out)
    np.exp(out, out=out)
    out /= np.sum(out, axis=1, keepdims=True)


def softmax_loss(
    scores: np.ndarray, probabilities: np.ndarray, classes: np.ndarray, gradient: np.ndarray
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


def hinge_loss(scores: np.ndarray, classes: np.ndarray, gradient: np.ndarray) -> float:
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


def _hinge_loss(scores: np.ndarray, classes: np.ndarray) -> float:
    examples = np.arange(len(classes))
    excess = scores - (scores[examples, classes, np.newaxis] - 1)
    excess[examples, classes] = 0
    return float(np.maximum(excess, 0).sum())


def squared_loss(x: np.ndarray, targets: np.ndarray, gradient: np.ndarray) -> float:
    """Half the squared error, summed over values and examples.

    Args:
        x: (n, k).
        targets: (n, k).
        gradient: (n, k), receives x - targets, the gradient with respect to x.
    """
    np.subtract(x, targets, out=gradient)
    loss = 0.5 * float(np.vecdot(gradient, gradient).sum(dtype=np.float64))
    return loss if math.isfinite(loss) else 0.5 * sum_of_squares(gradient.ravel())


def sum_of_squares(x: np.ndarray) -> float:
    """Σx² of an array (k,), in double precision where single precision cannot hold it."""
    total = float(np.vecdot(x, x))
    if not math.isfinite(total):
        parts = (x[start : start + WIDENED] for start in range(0, len(x), WIDENED))
        total = sum(float(np.square(part, dtype=np.float64).sum()) for part in parts)
    return total


def l1_decay(
    p: np.ndarray, gradient: np.ndarray, scratch: np.ndarray, decay: float, scale: float
) -> float:
    """Adds `scale` times the gradient of decay * Σ|p| to a gradient; returns that loss.

    As in ConvNetJS the gradient at 0 is -decay.

    Args:
        p: (k,) parameters.
        gradient: (k,), added to.
        scratch: (k,), overwritten.
        decay: the weight of the loss.
        scale: what the added gradient is multiplied by.
    """
    loss = decay * float(np.abs(p, out=scratch).sum())
    np.greater(p, 0, out=scratch, casting="unsafe")  # 1 or 0, to become decay or -decay
    scratch *= 2 * decay * scale
    scratch -= decay * scale
    gradient += scratch
    return loss


def l2_decay(
    p: np.ndarray, gradient: np.ndarray, scratch: np.ndarray, decay: float, scale: float
) -> float:
    """Adds `scale` times the gradient of decay / 2 * Σp² to a gradient; returns that loss.

    Args:
        p: (k,) parameters.
        gradient: (k,), added to.
        scratch: (k,), overwritten.
        decay: the weight of the loss.
        scale: what the added gradient is multiplied by.
    """
    loss = decay / 2 * sum_of_squares(p)
    gradient += np.multiply(p, decay * scale, out=scratch)
    return loss
