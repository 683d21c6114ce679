"""The local response normalization layer."""

from __future__ import annotations

from typing import Any

import numpy as np

from convnet.errors import ConvNetError
from convnet.fields import Fields
from convnet.layers.activations import ElementwiseLayer
from convnet.layers.layer import CALLS, Buffer, Shape, Work
from convnet.limits import MAX_COMPARED

NORMALIZING_PASSES = 18
"""What all but the sums takes: a power alone is as long as ten passes."""


class LocalResponseNormalizationLayer(ElementwiseLayer):
    """Divides each channel by its neighbourhood: a = x / s^beta, s = k + alpha / n Σ x².

    The sum goes over the n channels around each; where s is 0, so are x and a. Krizhevsky,
    Sutskever and Hinton, ImageNet classification with deep convolutional neural networks, 2012,
    section 3.3.

    Definition: k, n (odd), alpha, beta; exact_gradient (default true). ConvNetJS's gradient
    has an error: where the derivative of a_i with respect to x_j has x_i x_j it has x_j².
    Its snapshots, which know no exact_gradient, go on with that, to the same numbers.
    """

    type = "lrn"

    def __init__(self, fields: Fields, in_shape: Shape) -> None:
        super().__init__(fields, in_shape)
        self.k = fields.number("k", 0)
        self.n = fields.whole("n", 1, MAX_COMPARED)
        if self.n % 2 == 0:
            raise ConvNetError(f"{self.where}: n must be an odd number, but it is {self.n}.")
        self.alpha = fields.number("alpha", 0)
        self.beta = fields.number("beta", 0)
        self.exact_gradient = fields.flag("exact_gradient", default=True)

    def buffers(self) -> dict[str, Buffer]:
        """Also s, s^-beta, and room for terms of a sum."""
        names = ("_s", "_factor", "_terms")
        return super().buffers() | dict.fromkeys(names, Buffer(self.in_shape))

    def gradient_buffers(self) -> dict[str, Buffer]:
        """Also room for a sum."""
        return super().gradient_buffers() | {"_sum": Buffer(self.in_shape)}

    @property
    def work(self) -> Work:
        """Two sums over neighbours, each of which is as many passes; a power; arithmetic."""
        neighbours = min(self.n, 2 * self.in_shape[2] - 1)
        passes = NORMALIZING_PASSES + 2 * neighbours
        return Work(0, passes * self.num_inputs, CALLS + 2 * neighbours)

    def forward(self, x: np.ndarray, training: bool) -> np.ndarray:
        """Each channel divided by its neighbourhood."""
        self.in_act = x
        np.multiply(x, x, out=self._terms)
        self.operations.sum_over_neighbours(self._terms, self.n // 2, out=self._s)
        self._s *= self.alpha / self.n
        self._s += self.k
        if not self._s.all():
            # Dividing by infinity leaves 0 where k and all neighbours are 0, and no gradient.
            np.putmask(self._s, self._s == 0, np.inf)
        np.power(self._s, -self.beta, out=self._factor)
        return np.multiply(x, self._factor, out=self.out_act)

    def backward(self, gradient: np.ndarray) -> np.ndarray:
        """gradient_j s_j^-beta - 2 alpha beta / n x_j Σ gradient_i x_i s_i^(-beta - 1)."""
        terms = np.multiply(gradient, self._factor, out=self._terms)
        np.copyto(self.in_gradient, terms)
        terms /= self._s
        if self.exact_gradient:
            terms *= self.in_act
        self.operations.sum_over_neighbours(terms, self.n // 2, out=self._sum)
        self._sum *= self.in_act
        if not self.exact_gradient:
            self._sum *= self.in_act
        self._sum *= 2 * self.alpha * self.beta / self.n
        self.in_gradient -= self._sum
        return self.in_gradient

    def fields_to_json(self) -> dict[str, Any]:
        """ConvNetJS's fields, and which gradient."""
        names = ("k", "n", "alpha", "beta", "exact_gradient")
        return super().fields_to_json() | {name: getattr(self, name) for name in names}

    @classmethod
    def definition_from_json(cls, fields: Fields) -> dict[str, Any]:
        """The constants; the gradient is ConvNetJS's unless the snapshot says otherwise."""
        names = ("k", "n", "alpha", "beta", "exact_gradient")
        return {"exact_gradient": False} | fields.given(*names)
