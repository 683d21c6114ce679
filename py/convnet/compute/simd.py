"""Kernels for WebAssembly's 128-bit SIMD, in single precision, as what computes.

    operations = Kernels(load())
    operations.affine(x, filters, biases, out=out)

kernels/module.c describes them. Each answers whether it has done its work: whatever it is not made
for (another type or shape, rows that are not contiguous) it declines, and NumPy does it.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from types import ModuleType

import numpy as np

from convnet.compute.backend import NumPy
from convnet.compute.pixels import BYTE_SUM_DEVIATION
from convnet.compute.rules import Gradient, Outcome


class Kernels(NumPy):
    """The operations that there are kernels for, and all others in NumPy.

    Args:
        kernels: what `loading.load` has loaded.
    """

    name = "SIMD kernels"
    rate = 5e9

    def __init__(self, kernels: ModuleType) -> None:
        super().__init__("compiled code, several numbers at a time")
        self._kernels = kernels
        self._results = np.zeros(3)  # what kernels answer beside whether they have done their work

    def affine(
        self, x: np.ndarray, filters: np.ndarray, biases: np.ndarray, out: np.ndarray
    ) -> None:
        """See `Affine`."""
        if not self._kernels.affine(x, filters, biases, out):
            super().affine(x, filters, biases, out)

    def affine_parameter_gradients(
        self,
        x: np.ndarray,
        gradient: np.ndarray,
        filter_gradients: np.ndarray,
        bias_gradients: np.ndarray,
    ) -> None:
        """See `Affine`."""
        arrays = x, gradient, filter_gradients, bias_gradients
        if not self._kernels.affine_parameter_gradients(*arrays):
            super().affine_parameter_gradients(*arrays)

    def affine_input_gradient(
        self, gradient: np.ndarray, filters: np.ndarray, out: np.ndarray
    ) -> None:
        """See `Affine`."""
        if not self._kernels.affine_input_gradient(gradient, filters, out):
            super().affine_input_gradient(gradient, filters, out)

    def tanh(self, x: np.ndarray, out: np.ndarray) -> None:
        """See `Elementwise`."""
        if not self._kernels.tanh(x, out):
            super().tanh(x, out)

    def tanh_gradient(self, activation: np.ndarray, gradient: np.ndarray, out: np.ndarray) -> None:
        """See `Elementwise`."""
        if not self._kernels.tanh_gradient(activation, gradient, out):
            super().tanh_gradient(activation, gradient, out)

    def sigmoid(self, x: np.ndarray, out: np.ndarray) -> None:
        """See `Elementwise`."""
        if not self._kernels.sigmoid(x, out):
            super().sigmoid(x, out)

    def sigmoid_gradient(
        self, activation: np.ndarray, gradient: np.ndarray, out: np.ndarray
    ) -> None:
        """See `Elementwise`."""
        if not self._kernels.sigmoid_gradient(activation, gradient, out):
            super().sigmoid_gradient(activation, gradient, out)

    def relu(self, x: np.ndarray, out: np.ndarray) -> None:
        """See `Elementwise`."""
        if not self._kernels.relu(x, out):
            super().relu(x, out)

    def relu_gradient(self, activation: np.ndarray, gradient: np.ndarray, out: np.ndarray) -> None:
        """See `Elementwise`."""
        if not self._kernels.relu_gradient(activation, gradient, out):
            super().relu_gradient(activation, gradient, out)

    def dropout(
        self, x: np.ndarray, chances: np.ndarray, drop_prob: float, out: np.ndarray
    ) -> None:
        """See `Elementwise`."""
        if not self._kernels.dropout(x, chances, out, drop_prob):
            super().dropout(x, chances, drop_prob, out)

    def gather_and_mask(
        self,
        images: np.ndarray,
        chosen: np.ndarray,
        seed: int,
        least_kept: int,
        clean: np.ndarray,
        masked: np.ndarray,
    ) -> None:
        """See `Pixels`."""
        if not self._kernels.gather_and_mask(images, chosen, clean, masked, seed, least_kept):
            super().gather_and_mask(images, chosen, seed, least_kept, clean, masked)

    def salt_and_pepper(self, x: np.ndarray, seed: int, least: int) -> None:
        """See `Pixels`."""
        if not self._kernels.salt_and_pepper(x, seed, least):
            super().salt_and_pepper(x, seed, least)

    def add_normal(self, x: np.ndarray, seed: int, deviation: float) -> None:
        """See `Pixels`."""
        if not self._kernels.add_normal(x, seed, deviation / BYTE_SUM_DEVIATION):
            super().add_normal(x, seed, deviation)

    def softmax(self, x: np.ndarray, out: np.ndarray) -> None:
        """See `Losses`."""
        if not self._kernels.softmax(x, out):
            super().softmax(x, out)

    def squared_loss(self, x: np.ndarray, targets: np.ndarray, gradient: np.ndarray) -> float:
        """See `Losses`."""
        results = self._results
        done = self._kernels.squared_loss(x, targets, gradient, results)
        if not done or not math.isfinite(results[0]):
            return super().squared_loss(x, targets, gradient)
        return float(results[0])

    def sum_of_squares(self, x: np.ndarray) -> float:
        """See `Sums`."""
        results = self._results
        if not self._kernels.sum_of_squares(x, results) or not math.isfinite(results[0]):
            return super().sum_of_squares(x)
        return float(results[0])

    def gather_windows(self, windows: np.ndarray, out: np.ndarray) -> None:
        """See `Patches`."""
        if not self._kernels.gather_windows(windows, out):
            super().gather_windows(windows, out)

    def scatter_windows(self, patches: np.ndarray, windows: np.ndarray) -> None:
        """See `Patches`."""
        if not self._kernels.scatter_windows(patches, windows):
            super().scatter_windows(patches, windows)

    def sgd(
        self,
        p: np.ndarray,
        gradient: Gradient,
        velocities: np.ndarray,
        learning_rate: float,
        momentum: float,
    ) -> Outcome:
        """See `Rules`; here it is one pass."""
        memory, numbers = (velocities,), (learning_rate, momentum)
        done = self._pass(self._kernels.sgd, p, gradient, memory, numbers)
        return done or super().sgd(p, gradient, *memory, *numbers)

    def nesterov(
        self,
        p: np.ndarray,
        gradient: Gradient,
        velocities: np.ndarray,
        learning_rate: float,
        momentum: float,
    ) -> Outcome:
        """See `Rules`; here it is one pass."""
        memory, numbers = (velocities,), (learning_rate, momentum)
        done = self._pass(self._kernels.nesterov, p, gradient, memory, numbers)
        return done or super().nesterov(p, gradient, *memory, *numbers)

    def adagrad(
        self,
        p: np.ndarray,
        gradient: Gradient,
        squares: np.ndarray,
        learning_rate: float,
        eps: float,
    ) -> Outcome:
        """See `Rules`; here it is one pass."""
        memory, numbers = (squares,), (learning_rate, eps)
        done = self._pass(self._kernels.adagrad, p, gradient, memory, numbers)
        return done or super().adagrad(p, gradient, *memory, *numbers)

    def windowgrad(
        self,
        p: np.ndarray,
        gradient: Gradient,
        squares: np.ndarray,
        learning_rate: float,
        ro: float,
        eps: float,
    ) -> Outcome:
        """See `Rules`; here it is one pass."""
        memory, numbers = (squares,), (learning_rate, ro, eps)
        done = self._pass(self._kernels.windowgrad, p, gradient, memory, numbers)
        return done or super().windowgrad(p, gradient, *memory, *numbers)

    def adadelta(
        self,
        p: np.ndarray,
        gradient: Gradient,
        gradient_squares: np.ndarray,
        step_squares: np.ndarray,
        ro: float,
        eps: float,
    ) -> Outcome:
        """See `Rules`; here it is one pass."""
        memory, numbers = (gradient_squares, step_squares), (ro, eps)
        done = self._pass(self._kernels.adadelta, p, gradient, memory, numbers)
        return done or super().adadelta(p, gradient, *memory, *numbers)

    def adam(
        self,
        p: np.ndarray,
        gradient: Gradient,
        means: np.ndarray,
        squares: np.ndarray,
        rate: float,
        beta1: float,
        beta2: float,
        eps: float,
    ) -> Outcome:
        """See `Rules`; here it is one pass."""
        memory, numbers = (means, squares), (rate, beta1, beta2, eps)
        done = self._pass(self._kernels.adam, p, gradient, memory, numbers)
        return done or super().adam(p, gradient, *memory, *numbers)

    def _pass(
        self,
        kernel: Callable[..., bool],
        p: np.ndarray,
        gradient: Gradient,
        memory: tuple[np.ndarray, ...],
        numbers: tuple[float, ...],
    ) -> Outcome | None:
        """What an update by a kernel tells; None where the kernel declined it."""
        arrays = p, gradient.sums, gradient.stops, gradient.multipliers, self._results, *memory
        decays = gradient.l1_decay, gradient.l2_decay, 1 / gradient.n
        return tuple(self._results.tolist()) if kernel(*arrays, *decays, *numbers) else None
