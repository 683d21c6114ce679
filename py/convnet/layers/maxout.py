"""The maxout layer."""

from __future__ import annotations

from typing import Any

import numpy as np

from convnet.errors import ConvNetError
from convnet.fields import Fields
from convnet.layers.layer import CALLS, CHOOSING_PASSES, Buffer, Layer, Shape, Work, format_shape
from convnet.limits import MAX_COMPARED


class MaxoutLayer(Layer):
    """The greatest of every group of neighbouring channels.

    Goodfellow et al., Maxout networks, 2013. Definition: group_size (default 2). Channels
    that do not fill a group are left out.
    """

    type = "maxout"

    def __init__(self, fields: Fields, in_shape: Shape) -> None:
        self.group_size = fields.whole("group_size", 1, MAX_COMPARED, default=2)
        sy, sx, depth = in_shape
        if depth < self.group_size:
            raise ConvNetError(
                f"{fields.where}: nothing comes out of it, since groups of {self.group_size} "
                f"channels do not fit into its input of {format_shape(in_shape)}."
            )
        super().__init__(fields, in_shape, (sy, sx, depth // self.group_size))

    def buffers(self) -> dict[str, Buffer]:
        """Also which channel of each group was the greatest."""
        return super().buffers() | {
            "_chosen": Buffer(self.out_shape, dtype=np.dtype(np.int32)),
            "_mask": Buffer(self.out_shape, dtype=np.dtype(bool)),
        }

    @property
    def work(self) -> Work:
        """Comparing all members of all groups, and choosing among them again for the gradient."""
        return Work(0, CHOOSING_PASSES * self.num_inputs, CALLS * self.group_size)

    def forward(self, x: np.ndarray, training: bool) -> np.ndarray:
        """The greatest channel of each group."""
        self.in_act = x
        self.operations.greatest(self._members(x), self.out_act, self._chosen, self._mask)
        return self.out_act

    def backward(self, gradient: np.ndarray) -> np.ndarray:
        """The gradient goes to the greatest channel alone."""
        self.in_gradient[...] = 0
        members = self._members(self.in_gradient)
        self.operations.add_to_chosen(gradient, self._chosen, self._mask, members)
        return self.in_gradient

    def _members(self, volumes: np.ndarray) -> list[np.ndarray]:
        """For each place in a group a view of the channels that have it in all groups."""
        used = self.out_shape[2] * self.group_size
        return [volumes[..., i : used : self.group_size] for i in range(self.group_size)]

    def fields_to_json(self) -> dict[str, Any]:
        """ConvNetJS's fields."""
        return super().fields_to_json() | {"group_size": self.group_size}

    @classmethod
    def definition_from_json(cls, fields: Fields) -> dict[str, Any]:
        """The group size."""
        return fields.given("group_size")
