"""The layers that a network ends in: each compares its input with targets.

A loss layer's `in_gradient` is that of the loss summed over the minibatch, and
`compute_loss` returns its mean.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from convnet.errors import ConvNetError
from convnet.fields import Fields, shown
from convnet.layers.base import Buffer, Layer, Shape

Targets = ArrayLike | Mapping[str, float] | Sequence[Mapping[str, float]]
"""What a network's answers are compared with; each loss layer says what it takes."""


class LossLayer(Layer):
    """The last layer of a network; its activation is what the network answers."""

    def __init__(self, fields: Fields, in_shape: Shape) -> None:
        sy, sx, depth = in_shape
        super().__init__(fields, in_shape, (1, 1, sy * sx * depth))

    def compute_loss(self, y: Targets) -> float:
        """The mean loss of an example; leaves the sum's gradient in `in_gradient`.

        Raises:
            ConvNetError: y does not fit the last forward pass.
        """
        raise NotImplementedError

    def to_json(self) -> dict[str, Any]:
        """ConvNetJS's JSON."""
        return super().to_json() | {"num_inputs": self.num_inputs}

    def _classes(self, y: Targets) -> np.ndarray:
        """Targets of a classifier: whole numbers (n,) from 0 to the number of classes - 1."""
        n, k = len(self.in_act), self.num_outputs
        classes = np.atleast_1d(_as_array(y))
        fits = classes.shape == (n,) and classes.dtype.kind in "iu"
        if not fits or classes.min() < 0 or classes.max() >= k:
            raise ConvNetError(
                f"{self.where}: targets must be {n} whole numbers from 0 to {k - 1}, "
                f"one for each example, but they are {_shown_target(y)}."
            )
        return classes


class SoftmaxLayer(LossLayer):
    """Probabilities of classes; the loss is the negative log likelihood of the right one.

    Definition: num_classes, which an fc layer before it takes.
    """

    type = "softmax"

    def forward(self, x: np.ndarray, training: bool) -> np.ndarray:
        """Exponentials that sum to 1."""
        self.in_act = x
        n = len(x)
        self.operations.softmax(x.reshape(n, -1), out=self.out_act.reshape(n, -1))
        return self.out_act

    def compute_loss(self, y: Targets) -> float:
        """-log of the right class's probability; y is (n,) class indices."""
        classes = self._classes(y)
        n = len(classes)
        loss = self.operations.softmax_loss(
            self.out_act.reshape(n, -1), classes, gradient=self.in_gradient.reshape(n, -1)
        )
        return loss / n


class RegressionLayer(LossLayer):
    """Passes its input on; the loss is half the squared distance to the target.

    Definition: num_neurons, which an fc layer before it takes.
    """

    type = "regression"

    def buffers(self) -> dict[str, Buffer]:
        """Only the gradient: the activation is the input itself."""
        return {"in_gradient": Buffer(self.in_shape)}

    def forward(self, x: np.ndarray, training: bool) -> np.ndarray:
        """The input, as one column."""
        self.in_act = x
        self.out_act = x.reshape(len(x), *self.out_shape)
        return self.out_act

    def compute_loss(self, y: Targets) -> float:
        """Half the squared error of each example, averaged.

        Args:
            y: targets (n, k), or (n,) where k is 1; or ConvNetJS's {"dim": i, "val": v}, for
                all examples or in a list with one for each, which compares output i alone.
        """
        n = len(self.in_act)
        x, gradient = self.out_act.reshape(n, -1), self.in_gradient.reshape(n, -1)
        if isinstance(y, Mapping):
            y = [y] * n
        if isinstance(y, list | tuple) and y and isinstance(y[0], Mapping):
            targets = self._targets_of_single_outputs(y)
        else:
            targets = self._targets(y)
        return self.operations.squared_loss(x, targets, gradient=gradient) / n

    def _targets(self, y: Targets) -> np.ndarray:
        n, k = len(self.in_act), self.num_outputs
        targets = _as_array(y)
        fits = targets.ndim > 0 and len(targets) == n and targets.size == n * k
        if not fits or targets.dtype.kind not in "fiu":
            raise ConvNetError(
                f"{self.where}: targets must be an array of numbers of shape ({n}, {k}), "
                f"but they are {_shown_target(y)}."
            )
        return np.asarray(targets, self.dtype).reshape(n, k)

    def _targets_of_single_outputs(self, y: list[Any] | tuple) -> np.ndarray:
        """The outputs themselves, which have no error, with one replaced in each example."""
        n, k = len(self.in_act), self.num_outputs
        if len(y) != n:
            raise ConvNetError(
                f"{self.where}: targets must be {n}, one for each example, but they are {len(y)}."
            )
        targets = self.out_act.reshape(n, k).copy()
        for row, target in zip(targets, y, strict=True):
            fields = Fields(target, f"{self.where}: a target")
            row[fields.whole("dim", 0, k - 1)] = fields.number("val")
            fields.refuse_unknown()
        return targets


class SVMLayer(LossLayer):
    """Passes its input on; wrong classes cost what they lack to be 1 below the right one.

    Definition: num_classes, which an fc layer before it takes.
    """

    type = "svm"

    def buffers(self) -> dict[str, Buffer]:
        """Only the gradient: the activation is the input itself."""
        return {"in_gradient": Buffer(self.in_shape)}

    def forward(self, x: np.ndarray, training: bool) -> np.ndarray:
        """The scores, as one column."""
        self.in_act = x
        self.out_act = x.reshape(len(x), *self.out_shape)
        return self.out_act

    def compute_loss(self, y: Targets) -> float:
        """The sum of margins that are not kept; y is (n,) class indices."""
        classes = self._classes(y)
        n = len(classes)
        loss = self.operations.hinge_loss(
            self.out_act.reshape(n, -1), classes, gradient=self.in_gradient.reshape(n, -1)
        )
        return loss / n


def _as_array(y: object) -> np.ndarray:
    """Targets as an array; one of objects where they are no numbers, which callers refuse."""
    try:
        return np.asarray(y)
    except ValueError:
        return np.empty(0, dtype=object)


def _shown_target(y: object) -> str:
    if isinstance(y, np.ndarray):
        return f"an array of {y.dtype} of shape {y.shape}"
    return shown(y)
