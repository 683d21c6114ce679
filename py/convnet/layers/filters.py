"""What fully connected and convolutional layers share: filters, biases and their JSON."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from convnet.compute import NumPy
from convnet.errors import ConvNetError
from convnet.fields import Fields
from convnet.layers.layer import Layer, Parameter, Shape
from convnet.steps import Steps
from convnet.volume import read_volume, write_volume


class FilterLayer(Layer):
    """A layer of dot products of its input with filters.

    Definition, beside what subclasses read: l1_decay_mul (default 0), l2_decay_mul
    (default 1), bias_pref (what biases start from, default 0).

    Attributes:
        filter_shape: shape of the volume that one filter covers.
        filters: (number of filters, inputs of one filter).
        biases: (number of filters,).
        filter_gradients: gradients of the last backward pass, as `filters`.
        bias_gradients: gradients of the last backward pass, as `biases`.
    """

    def __init__(
        self, fields: Fields, in_shape: Shape, out_shape: Shape, filter_shape: Shape
    ) -> None:
        super().__init__(fields, in_shape, out_shape)
        self.filter_shape = filter_shape
        self.l1_decay_mul = fields.number("l1_decay_mul", 0, default=0)
        self.l2_decay_mul = fields.number("l2_decay_mul", 0, default=1)
        bias = fields.number("bias_pref", default=0)
        num_filters, num_weights = out_shape[-1], math.prod(filter_shape)
        self.parameters = (
            Parameter(
                (num_filters, num_weights),
                l1_decay_mul=self.l1_decay_mul,
                l2_decay_mul=self.l2_decay_mul,
                # Outputs then vary as much as inputs do, however many inputs there are.
                deviation=math.sqrt(1 / num_weights),
            ),
            Parameter((num_filters,), mean=bias),
        )

    def prepare(
        self,
        operations: NumPy,
        dtype: np.dtype,
        random: np.random.Generator,
        values: Sequence[np.ndarray],
        gradients: Sequence[np.ndarray],
    ) -> None:
        """Names the views of parameters and gradients."""
        super().prepare(operations, dtype, random, values, gradients)
        self.filters, self.biases = values
        self.filter_gradients, self.bias_gradients = gradients

    def fields_to_json(self) -> dict[str, Any]:
        """ConvNetJS's fields."""
        decays = {"l1_decay_mul": self.l1_decay_mul, "l2_decay_mul": self.l2_decay_mul}
        return super().fields_to_json() | decays

    def to_json(self) -> dict[str, Any]:
        """Filters and biases as ConvNetJS's volumes.

        Raises:
            ConvNetError: they are not all finite numbers, and JSON has no others.
        """
        if not (np.isfinite(self.filters).all() and np.isfinite(self.biases).all()):
            raise ConvNetError(f"{self.where}: its parameters are no longer finite numbers.")
        return super().to_json() | {
            "filters": [write_volume(weights, self.filter_shape) for weights in self.filters],
            "biases": write_volume(self.biases, (1, 1, len(self.biases))),
        }

    @classmethod
    def definition_from_json(cls, fields: Fields) -> dict[str, Any]:
        """Decay multipliers, which ConvNetJS takes to be 1 where they are missing."""
        names = ("l1_decay_mul", "l2_decay_mul")
        return dict.fromkeys(names, 1) | fields.given(*names)

    def load_json_in_steps(self, fields: Fields) -> Steps[None]:
        """Reads filters and biases.

        Raises:
            ConvNetError: one is missing, has another size, or holds something else than numbers.
        """
        filters = fields.items("filters")
        if len(filters) != len(self.filters):
            raise fields.error("filters", f"a list of {len(self.filters)}")
        for i, volume in enumerate(filters):
            where = f"{self.where}: filters[{i}]"
            read_volume(volume, where, self.filter_shape, out=self.filters[i])
            yield
        biases = fields.anything("biases", "a volume")
        read_volume(biases, f"{self.where}: biases", (1, 1, len(self.biases)), out=self.biases)
