"""The operations in NumPy: what every other implementation must reproduce.

Arrays that receive results come last, are named `out` (or by what they hold)
and are overwritten; nothing of a minibatch's size is allocated. Two-dimensional
arrays are (examples, values), filters (number of filters, inputs of one filter).
"""

from __future__ import annotations

import numpy as np


def affine(x: np.ndarray, filters: np.ndarray, biases: np.ndarray, out: np.ndarray) -> None:
    """Dot products of every example with every filter, plus biases.

    Args:
        x: (n, k).
        filters: (m, k).
        biases: (m,).
        out: (n, m).
    """
    np.matmul(x, filters.T, out=out)
    out += biases


def affine_gradients(
    x: np.ndarray, gradient: np.ndarray, filter_gradients: np.ndarray, bias_gradients: np.ndarray
) -> None:
    """Gradients of `affine` with respect to filters and biases, summed over examples.

    Args:
        x: (n, k), what `affine` was given.
        gradient: (n, m), with respect to what it returned.
        filter_gradients: (m, k), overwritten.
        bias_gradients: (m,), overwritten.
    """
    np.matmul(gradient.T, x, out=filter_gradients)
    np.sum(gradient, axis=0, out=bias_gradients)


def affine_input_gradient(gradient: np.ndarray, filters: np.ndarray, out: np.ndarray) -> None:
    """Gradient of `affine` with respect to its input: (n, m) and (m, k) give (n, k)."""
    np.matmul(gradient, filters, out=out)


def tanh(x: np.ndarray, out: np.ndarray) -> None:
    """The hyperbolic tangent of each element."""
    np.tanh(x, out=out)


def tanh_gradient(activation: np.ndarray, gradient: np.ndarray, out: np.ndarray) -> None:
    """Gradient of tanh from its result a: (1 - a²) times the gradient from above."""
    np.multiply(activation, activation, out=out)
    np.subtract(1, out, out=out)
    out *= gradient


def sigmoid(x: np.ndarray, out: np.ndarray) -> None:
    """1 / (1 + exp(-x)), computed as (1 + tanh(x/2)) / 2, which cannot overflow."""
    np.multiply(x, 0.5, out=out)
    np.tanh(out, out=out)
    out += 1
    out *= 0.5


def sigmoid_gradient(activation: np.ndarray, gradient: np.ndarray, out: np.ndarray) -> None:
    """Gradient of sigmoid from its result a: a (1 - a) times the gradient from above."""
    np.subtract(1, activation, out=out)
    out *= activation
    out *= gradient


def relu(x: np.ndarray, out: np.ndarray) -> None:
    """The greater of each element and 0."""
    np.maximum(x, 0, out=out)


def relu_gradient(activation: np.ndarray, gradient: np.ndarray, out: np.ndarray) -> None:
    """Gradient of relu from its result: what comes from above where that is positive, else 0."""
    np.greater(activation, 0, out=out, casting="unsafe")
    out *= gradient


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
    np.greater(p, 0, out=scratch, casting="unsafe")  # 1 or 0, to become 1 or -1
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
