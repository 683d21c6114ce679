"""Losses of minibatches, and how much the weights themselves cost."""

from __future__ import annotations

import numpy as np


def softmax(x: np.ndarray, out: np.ndarray) -> None:
    """Probabilities in proportion to exp(x), row by row: (n, k)."""
    # The greatest exponent becomes 0, so that exp never overflows.
    np.subtract(x, np.max(x, axis=1, keepdims=True), out=out)
    np.exp(out, out=out)
    out /= np.sum(out, axis=1, keepdims=True)


def softmax_loss(probabilities: np.ndarray, classes: np.ndarray, gradient: np.ndarray) -> float:
    """Negative log likelihood of the right classes, summed over examples.

    Args:
        probabilities: (n, k), from `softmax`.
        classes: (n,), the right class of each example.
        gradient: (n, k), receives the gradient with respect to softmax's input.
    """
    examples = np.arange(len(classes))
    np.copyto(gradient, probabilities)
    gradient[examples, classes] -= 1
    with np.errstate(divide="ignore"):  # probability 0 is an infinite loss, and said so
        return float(-np.log(probabilities[examples, classes]).sum(dtype=np.float64))


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
    np.greater(excess, 0, out=gradient, casting="unsafe")
    gradient[examples, classes] = -gradient.sum(axis=1)
    return loss


def squared_loss(x: np.ndarray, targets: np.ndarray, gradient: np.ndarray) -> float:
    """Half the squared error, summed over values and examples.

    Args:
        x: (n, k).
        targets: (n, k).
        gradient: (n, k), receives x - targets, the gradient with respect to x.
    """
    np.subtract(x, targets, out=gradient)
    return 0.5 * float(np.vecdot(gradient, gradient).sum(dtype=np.float64))


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
    loss = decay / 2 * float(np.multiply(p, p, out=scratch).sum())
    gradient += np.multiply(p, decay * scale, out=scratch)
    return loss
