"""The fully connected layer."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from convnet.fields import Fields
from convnet.layers.filters import FilterLayer
from convnet.layers.layer import Shape
from convnet.limits import MAX_SIZE


class FullyConnectedLayer(FilterLayer):
    """Every neuron sees the whole input: out = filters · x + biases.

    Definition: num_neurons (or filters), and what FilterLayer reads.
    """

    type = "fc"

    def __init__(self, fields: Fields, in_shape: Shape) -> None:
        num_neurons = fields.whole(fields.only_name("num_neurons", "filters"), 1, MAX_SIZE)
        super().__init__(fields, in_shape, (1, 1, num_neurons), (1, 1, math.prod(in_shape)))

    def forward(self, x: np.ndarray, training: bool) -> np.ndarray:
        """Dot products with all filters, plus biases."""
        self.in_act = x
        self.operations.affine(x, self.filters, self.biases, out=self.out_act)
        return self.out_act

    def compute_parameter_gradients(self, gradient: np.ndarray) -> None:
        """Outer products of gradient and input, summed over the minibatch."""
        self.operations.affine_parameter_gradients(
            self.in_act,
            gradient,
            filter_gradients=self.filter_gradients,
            bias_gradients=self.bias_gradients,
        )

    def backward(self, gradient: np.ndarray) -> np.ndarray:
        """What each neuron's gradient sends back along its filter."""
        self.operations.affine_input_gradient(gradient, self.filters, out=self.in_gradient)
        return self.in_gradient

    def fields_to_json(self) -> dict[str, Any]:
        """ConvNetJS's fields."""
        return super().fields_to_json() | {"num_inputs": self.num_inputs}

    @classmethod
    def definition_from_json(cls, fields: Fields) -> dict[str, Any]:
        """One neuron for each value of the output."""
        num_neurons = fields.whole("out_depth", 1, MAX_SIZE)
        return super().definition_from_json(fields) | {"num_neurons": num_neurons}
