"""The dropout layer."""

from __future__ import annotations

from typing import Any

import numpy as np

from convnet.fields import Fields
from convnet.layers.activations import ElementwiseLayer
from convnet.layers.layer import Buffer, Shape


class DropoutLayer(ElementwiseLayer):
    """While training, drops each value with a probability; otherwise scales by what is kept.

    Srivastava et al., Dropout: a simple way to prevent neural networks from overfitting,
    2014. ConvNetJS scales by drop_prob where the paper has 1 - drop_prob.

    Definition: drop_prob (default 0.5).
    """

    type = "dropout"

    def __init__(self, fields: Fields, in_shape: Shape) -> None:
        super().__init__(fields, in_shape)
        self.drop_prob = fields.number("drop_prob", 0, 1, default=0.5)
        if self.drop_prob == 1:
            raise fields.error("drop_prob", "less than 1, since nothing is left otherwise")

    def buffers(self) -> dict[str, Buffer]:
        """Also 1 for each value that was kept and 0 for each that was dropped."""
        return super().buffers() | {"_kept": Buffer(self.in_shape)}

    def forward(self, x: np.ndarray, training: bool) -> np.ndarray:
        """What is left of x, or while not training what is left on average."""
        self.in_act = x
        if training:
            self.random.random(out=self._kept, dtype=self.dtype)
            self.operations.dropout(x, self._kept, self.drop_prob, out=self.out_act)
        else:
            self._kept[...] = 1 - self.drop_prob
            np.multiply(x, self._kept, out=self.out_act)
        return self.out_act

    def backward(self, gradient: np.ndarray) -> np.ndarray:
        """The gradient of what was kept."""
        return np.multiply(gradient, self._kept, out=self.in_gradient)

    def fields_to_json(self) -> dict[str, Any]:
        """ConvNetJS's fields."""
        return super().fields_to_json() | {"drop_prob": self.drop_prob}

    @classmethod
    def definition_from_json(cls, fields: Fields) -> dict[str, Any]:
        """The probability."""
        return fields.given("drop_prob")
