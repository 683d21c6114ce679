"""The convolutional layer."""

from __future__ import annotations

from typing import Any

import numpy as np

from convnet.fields import Fields
from convnet.layers.base import Buffer, Shape
from convnet.layers.filters import FilterLayer
from convnet.layers.windows import Windows
from convnet.limits import MAX_SIZE


class ConvLayer(FilterLayer):
    """Every filter slides over the input: an affine map of each of its windows.

    The windows of a whole minibatch are copied into the rows of one matrix, so that a pass
    is one large matrix product.

    Definition: filters, sx, sy (default sx), stride (default 1), pad (default 0), and what
    FilterLayer reads.
    """

    type = "conv"

    def __init__(self, fields: Fields, in_shape: Shape) -> None:
        self.windows = Windows.read(fields, default_stride=1)
        num_filters = fields.whole("filters", 1, MAX_SIZE)
        oy, ox = self.windows.count(in_shape, fields.where)
        filter_shape = (self.windows.sy, self.windows.sx, in_shape[2])
        super().__init__(fields, in_shape, (oy, ox, num_filters), filter_shape)

    def buffers(self) -> dict[str, Buffer]:
        """The padded input and its windows, and the same for gradients."""
        padded = Buffer(self.windows.padded(self.in_shape))
        patches = Buffer((*self.out_shape[:2], *self.filter_shape))
        return super().buffers() | {
            "_padded": padded,
            "_patches": patches,
            "_padded_gradient": padded,
            "_patch_gradients": patches,
        }

    def resize(self, n: int) -> None:
        """Looks at the buffers through windows, and at windows as rows of a matrix."""
        super().resize(n)
        rows = n * self.out_shape[0] * self.out_shape[1]
        self._patch_rows = self._patches.reshape(rows, -1)
        self._patch_gradient_rows = self._patch_gradients.reshape(rows, -1)
        self._out_rows = self.out_act.reshape(rows, -1)
        self._input_windows = self.windows.over(self._padded)
        self._gradient_windows = self.windows.over(self._padded_gradient)

    def forward(self, x: np.ndarray, training: bool) -> np.ndarray:
        """Dot products of all windows with all filters, plus biases."""
        self.in_act = x
        np.copyto(self.windows.inside(self._padded), x)
        self.operations.gather_windows(self._input_windows, out=self._patches)
        self.operations.affine(self._patch_rows, self.filters, self.biases, out=self._out_rows)
        return self.out_act

    def compute_parameter_gradients(self, gradient: np.ndarray) -> None:
        """Outer products of gradient and window, summed over all windows."""
        self.operations.affine_parameter_gradients(
            self._patch_rows,
            gradient.reshape(self._out_rows.shape),
            filter_gradients=self.filter_gradients,
            bias_gradients=self.bias_gradients,
        )

    def backward(self, gradient: np.ndarray) -> np.ndarray:
        """What each window is sent back, added up where windows overlap."""
        self.operations.affine_input_gradient(
            gradient.reshape(self._out_rows.shape), self.filters, out=self._patch_gradient_rows
        )
        self._padded_gradient[...] = 0
        self.operations.scatter_windows(self._patch_gradients, self._gradient_windows)
        np.copyto(self.in_gradient, self.windows.inside(self._padded_gradient))
        return self.in_gradient

    def to_json(self) -> dict[str, Any]:
        """ConvNetJS's JSON."""
        return super().to_json() | self.windows.to_json() | {"in_depth": self.in_shape[2]}

    @classmethod
    def definition_from_json(cls, fields: Fields) -> dict[str, Any]:
        """The windows, and one filter for each channel of the output."""
        filters = {"filters": fields.whole("out_depth", 1, MAX_SIZE)}
        return (
            super().definition_from_json(fields)
            | fields.given("sx", "sy", "stride", "pad")
            | filters
        )
