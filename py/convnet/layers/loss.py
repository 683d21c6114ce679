"""The layers that a network ends in: each compares its input with targets.

A loss layer's `in_gradient` is that of the loss summed over the minibatch, and
`compute_loss` returns its mean.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from convnet.compute.matrix import as_rows
from convnet.errors import ConvNetError
from convnet.fields import Fields, shown
from convnet.layers.layer import Buffer, Layer, Shape

Targets = ArrayLike | Mapping[str, float] | Sequence[Mapping[str, float]]
"""What a network's answers are compared with; each loss layer says what it takes."""


class LossLayer(Layer):
    """The last layer of a network; its activation is what the network answers.

    Here that is its input, in one column; a subclass may make something else of it.
    """

    def __init__(self, fields: Fields, in_shape: Shape) -> None:
        super().__init__(fields, in_shape, (1, 1, math.prod(in_shape)))

    def buffers(self) -> dict[str, Buffer]:
        """None: the activation is the input itself."""
        return {}

    def forward(self, x: np.ndarray, training: bool) -> np.ndarray:
        """The input as one column."""
        self.in_act = x
        self.out_act = x.reshape(len(x), *self.out_shape)
        return self.out_act

    def compute_loss(self, y: Targets) -> float:
        """The mean loss of an example; leaves the sum's gradient in `in_gradient`.

        Raises:
            ConvNetError: y does not fit the last forward pass.
        """
        raise NotImplementedError

    def fields_to_json(self) -> dict[str, Any]:
        """ConvNetJS's fields."""
        return super().fields_to_json() | {"num_inputs": self.num_inputs}


class RegressionLayer(LossLayer):
    """Numbers; the loss is half the squared distance to the target.

    Definition: num_neurons, which an fc layer before it takes.
    """

    type = "regression"

    def compute_loss(self, y: Targets) -> float:
        """Half the squared error of each example, averaged.

        Args:
            y: targets (n, k), or (n,) where k is 1; or ConvNetJS's {"dim": i, "val": v}, for
                all examples or in a list with one for each, which compares output i alone.
        """
        n = len(self.in_act)
        if isinstance(y, Mapping):
            y = [y] * n
        if isinstance(y, list | tuple) and y and isinstance(y[0], Mapping):
            targets = self._targets_of_single_outputs(y)
        else:
            targets = self._targets(y)
        gradient = as_rows(self.in_gradient)
        return self.operations.squared_loss(as_rows(self.out_act), targets, gradient) / n

    def _targets(self, y: Targets) -> np.ndarray:
        n, k = len(self.in_act), self.num_outputs
        targets = _as_array(y)
        fits = targets.ndim > 0 and len(targets) == n and targets.size == n * k
        if not fits or targets.dtype.kind not in "fiu":
            raise ConvNetError(
                f"{self.where}: targets must be an array of numbers of shape ({n}, {k}), "
                f"but they are {_shown_target(y)}."
            )
        return as_rows(np.asarray(targets, self.dtype))

    def _targets_of_single_outputs(self, y: list[Any] | tuple) -> np.ndarray:
        """The outputs themselves, which have no error, with one replaced in each example."""
        if len(y) != len(self.in_act):
            raise ConvNetError(
                f"{self.where}: targets must be one for each of {_examples(len(self.in_act))}, "
                f"but they are {len(y)}."
            )
        targets = as_rows(self.out_act).copy()
        for row, target in zip(targets, y, strict=True):
            fields = Fields(target, f"{self.where}: a target")
            row[fields.whole("dim", 0, len(row) - 1)] = fields.number("val")
            fields.refuse_unknown()
        return targets


class ClassifierLayer(LossLayer):
    """A loss layer whose targets are classes, from 0 to the number of outputs - 1.

    Definition: num_classes, which an fc layer before it takes.
    """

    def _classes(self, y: Targets) -> np.ndarray:
        """Targets as whole numbers (n,)."""
        n, k = len(self.in_act), self.num_outputs
        classes = np.atleast_1d(_as_array(y))
        if classes.shape != (n,) or classes.dtype.kind not in "iu":
            raise ConvNetError(
                f"{self.where}: targets must be whole numbers, one for each of {_examples(n)}, "
                f"but they are {_shown_target(y)}."
            )
        wrong = np.flatnonzero((classes < 0) | (classes >= k))
        if len(wrong):
            raise ConvNetError(
                f"{self.where}: targets must be whole numbers from 0 to {k - 1}, one for each "
                f"class, but that of example {wrong[0]} is {classes[wrong[0]]}."
            )
        return classes


class SoftmaxLayer(ClassifierLayer):
    """Probabilities of classes; the loss is the negative log likelihood of the right one."""

    type = "softmax"

    def buffers(self) -> dict[str, Buffer]:
        """The probabilities."""
        return {"out_act": Buffer(self.out_shape)}

    def forward(self, x: np.ndarray, training: bool) -> np.ndarray:
        """Exponentials that sum to 1."""
        self.in_act = x
        self.operations.softmax(as_rows(x), out=as_rows(self.out_act))
        return self.out_act

    def compute_loss(self, y: Targets) -> float:
        """-log of the right class's probability; y is (n,) class indices."""
        classes, gradient = self._classes(y), as_rows(self.in_gradient)
        scores, probabilities = as_rows(self.in_act), as_rows(self.out_act)
        loss = self.operations.softmax_loss(scores, probabilities, classes, gradient)
        return loss / len(classes)


class SVMLayer(ClassifierLayer):
    """Scores of classes; each wrong one costs what it lacks to be 1 below the right one."""

    type = "svm"

    def compute_loss(self, y: Targets) -> float:
        """The sum of margins that are not kept; y is (n,) class indices."""
        classes, gradient = self._classes(y), as_rows(self.in_gradient)
        loss = self.operations.hinge_loss(as_rows(self.out_act), classes, gradient)
        return loss / len(classes)


def _examples(n: int) -> str:
    """So many examples, in words."""
    return f"{n} examples" if n != 1 else "1 example"


def _as_array(y: object) -> np.ndarray:
    """Targets as an array; one of objects where they are no numbers, which callers refuse."""
    try:
        return np.asarray(y)
    except ValueError:
        return np.empty(0, dtype=object)


def _shown_target(y: object) -> str:
    if isinstance(y, np.ndarray):
        return f"an array of {y.dtype} of shape {y.shape}"
    if isinstance(y, list | tuple) and len(set(map(np.size, y))) > 1:
        return f"{shown(y)} whose items differ in length"
    return shown(y)
