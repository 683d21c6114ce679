"""The operations of `reference` as kernels for WebAssembly's 128-bit SIMD, in single precision.

Importing this module loads the kernels, which kernels/module.c describes, and raises
ImportError with a reason where that cannot be done or goes wrong; so only
`compute` imports it. Whatever a kernel is not made for (another type or shape,
rows that are not contiguous) it declines, and NumPy does it.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from convnet.compute import reference
from convnet.compute.loading import load
from convnet.compute.reference import (
    add_to_chosen,
    greatest,
    hinge_loss,
    softmax_loss,
    sum_over_neighbours,
)

if TYPE_CHECKING:
    from convnet.updates import UpdateRule

__all__ = [
    "add_to_chosen",
    "affine",
    "affine_input_gradient",
    "affine_parameter_gradients",
    "dropout",
    "gather_and_mask",
    "gather_windows",
    "greatest",
    "hinge_loss",
    "relu",
    "relu_gradient",
    "scatter_windows",
    "sigmoid",
    "sigmoid_gradient",
    "softmax",
    "softmax_loss",
    "squared_loss",
    "sum_of_squares",
    "sum_over_neighbours",
    "tanh",
    "tanh_gradient",
    "update",
]

_kernels = load()
"""Every kernel answers whether it has done its work."""

_results = np.zeros(3)
"""What kernels answer beside that."""


def affine(x: np.ndarray, filters: np.ndarray, biases: np.ndarray, out: np.ndarray) -> None:
    """See `reference.affine`."""
    if not _kernels.affine(x, filters, biases, out):
        reference.affine(x, filters, biases, out)


def affine_parameter_gradients(
    x: np.ndarray, gradient: np.ndarray, filter_gradients: np.ndarray, bias_gradients: np.ndarray
) -> None:
    """See `reference.affine_parameter_gradients`."""
    if not _kernels.affine_parameter_gradients(x, gradient, filter_gradients, bias_gradients):
        reference.affine_parameter_gradients(x, gradient, filter_gradients, bias_gradients)


def affine_input_gradient(gradient: np.ndarray, filters: np.ndarray, out: np.ndarray) -> None:
    """See `reference.affine_input_gradient`."""
    if not _kernels.affine_input_gradient(gradient, filters, out):
        reference.affine_input_gradient(gradient, filters, out)


def tanh(x: np.ndarray, out: np.ndarray) -> None:
    """See `reference.tanh`."""
    if not _kernels.tanh(x, out):
        reference.tanh(x, out)


def tanh_gradient(activation: np.ndarray, gradient: np.ndarray, out: np.ndarray) -> None:
    """See `reference.tanh_gradient`."""
    if not _kernels.tanh_gradient(activation, gradient, out):
        reference.tanh_gradient(activation, gradient, out)


def sigmoid(x: np.ndarray, out: np.ndarray) -> None:
    """See `reference.sigmoid`."""
    if not _kernels.sigmoid(x, out):
        reference.sigmoid(x, out)


def sigmoid_gradient(activation: np.ndarray, gradient: np.ndarray, out: np.ndarray) -> None:
    """See `reference.sigmoid_gradient`."""
    if not _kernels.sigmoid_gradient(activation, gradient, out):
        reference.sigmoid_gradient(activation, gradient, out)


def relu(x: np.ndarray, out: np.ndarray) -> None:
    """See `reference.relu`."""
    if not _kernels.relu(x, out):
        reference.relu(x, out)


def relu_gradient(activation: np.ndarray, gradient: np.ndarray, out: np.ndarray) -> None:
    """See `reference.relu_gradient`."""
    if not _kernels.relu_gradient(activation, gradient, out):
        reference.relu_gradient(activation, gradient, out)


def dropout(x: np.ndarray, chances: np.ndarray, drop_prob: float, out: np.ndarray) -> None:
    """See `reference.dropout`."""
    if not _kernels.dropout(x, chances, out, drop_prob):
        reference.dropout(x, chances, drop_prob, out)


def gather_and_mask(
    images: np.ndarray,
    chosen: np.ndarray,
    seed: int,
    least_kept: int,
    clean: np.ndarray,
    masked: np.ndarray,
) -> None:
    """See `reference.gather_and_mask`."""
    if not _kernels.gather_and_mask(images, chosen, clean, masked, seed, least_kept):
        reference.gather_and_mask(images, chosen, seed, least_kept, clean, masked)


def softmax(x: np.ndarray, out: np.ndarray) -> None:
    """See `reference.softmax`."""
    if not _kernels.softmax(x, out):
        reference.softmax(x, out)


def squared_loss(x: np.ndarray, targets: np.ndarray, gradient: np.ndarray) -> float:
    """See `reference.squared_loss`."""
    if not _kernels.squared_loss(x, targets, gradient, _results) or not math.isfinite(_results[0]):
        return reference.squared_loss(x, targets, gradient)
    return float(_results[0])


def sum_of_squares(x: np.ndarray) -> float:
    """See `reference.sum_of_squares`."""
    if not _kernels.sum_of_squares(x, _results) or not math.isfinite(_results[0]):
        return reference.sum_of_squares(x)
    return float(_results[0])


def gather_windows(windows: np.ndarray, out: np.ndarray) -> None:
    """See `reference.gather_windows`."""
    if not _kernels.gather_windows(windows, out):
        reference.gather_windows(windows, out)


def scatter_windows(patches: np.ndarray, windows: np.ndarray) -> None:
    """See `reference.scatter_windows`."""
    if not _kernels.scatter_windows(patches, windows):
        reference.scatter_windows(patches, windows)


def update(
    rule: UpdateRule,
    p: np.ndarray,
    gradients: np.ndarray,
    stops: np.ndarray,
    multipliers: np.ndarray,
    n: int,
) -> tuple[float, float, float]:
    """See `reference.update`; here it is one pass."""
    options, arrays = rule.options, (p, gradients, stops, multipliers)
    decays = options.l1_decay, options.l2_decay, 1 / n
    kernel = _UPDATES.get(options.method)
    if kernel is None or not kernel(rule, (*arrays, _results), decays):
        return reference.update(rule, *arrays, n)
    l1_loss, l2_loss, squares = _results.tolist()
    return l1_loss, l2_loss, squares


Arrays = tuple[np.ndarray, ...]
Decays = tuple[float, float, float]


def _sgd(rule: UpdateRule, arrays: Arrays, decays: Decays) -> bool:
    options = rule.options
    return _kernels.sgd(*arrays, rule.gsum, *decays, options.learning_rate, options.momentum)


def _nesterov(rule: UpdateRule, arrays: Arrays, decays: Decays) -> bool:
    options = rule.options
    return _kernels.nesterov(*arrays, rule.gsum, *decays, options.learning_rate, options.momentum)


def _adagrad(rule: UpdateRule, arrays: Arrays, decays: Decays) -> bool:
    options = rule.options
    return _kernels.adagrad(*arrays, rule.gsum, *decays, options.learning_rate, options.eps)


def _windowgrad(rule: UpdateRule, arrays: Arrays, decays: Decays) -> bool:
    options = rule.options
    numbers = options.learning_rate, options.ro, options.eps
    return _kernels.windowgrad(*arrays, rule.gsum, *decays, *numbers)


def _adadelta(rule: UpdateRule, arrays: Arrays, decays: Decays) -> bool:
    options = rule.options
    return _kernels.adadelta(*arrays, rule.gsum, rule.xsum, *decays, options.ro, options.eps)


def _adam(rule: UpdateRule, arrays: Arrays, decays: Decays) -> bool:
    options = rule.options
    mean_correction = 1 - options.beta1**rule.updates
    root_correction = math.sqrt(1 - options.beta2**rule.updates)
    rate = options.learning_rate * root_correction / mean_correction
    numbers = rate, options.beta1, options.beta2, options.eps * root_correction
    return _kernels.adam(*arrays, rule.gsum, rule.xsum, *decays, *numbers)


_UPDATES = {
    "sgd": _sgd,
    "nesterov": _nesterov,
    "adagrad": _adagrad,
    "windowgrad": _windowgrad,
    "adadelta": _adadelta,
    "adam": _adam,
}
