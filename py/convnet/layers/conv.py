"""The convolutional layer."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from convnet.fields import Fields
from convnet.layers.filters import FilterLayer
from convnet.layers.layer import CALLS, Buffer, Shape, Work
from convnet.layers.windows import Windows
from convnet.limits import MAX_SIZE

PATCHED = 2**20
"""Values of windows that are copied at a time; so many are soon read again from a cache."""


@dataclass(frozen=True, slots=True)
class Part:
    """Some examples of a minibatch, and the places of their windows.

    Attributes:
        examples: which they are.
        rows: theirs in a matrix with a row for each place of the output.
        inside: the padded input without its padding (k, sy, sx, depth).
        windows: a view of it through windows (k, oy, ox, sy, sx, depth).
        patches: room for the windows, of the same shape.
        patch_rows: the same as rows of a matrix.
    """

    examples: slice
    rows: slice
    inside: np.ndarray
    windows: np.ndarray
    patches: np.ndarray
    patch_rows: np.ndarray


class ConvLayer(FilterLayer):
    """Every filter slides over the input: an affine map of each of its windows.

    Windows are copied into the rows of a matrix, so that a pass is a large matrix product. They
    take many times the input's memory: as many examples as keep within `PATCHED` go at a time.

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

    @property
    def work(self) -> Work:
        """Matrix products, and passes over patches: one forward, one for each gradient."""
        sy, sx, _ = self.out_shape
        patches = 3 * sy * sx * math.prod(self.filter_shape)
        usual = super().work
        return Work(usual.products, usual.passes + patches, 2 * CALLS)

    def buffers(self) -> dict[str, Buffer]:
        """Also the padded input and its windows, of a part of the minibatch."""
        padded = self.windows.padded(self.in_shape)
        patches = (*self.out_shape[:2], *self.filter_shape)
        most = max(1, PATCHED // max(math.prod(padded), math.prod(patches)))
        return super().buffers() | {
            "_padded": Buffer(padded, most=most),
            "_patches": Buffer(patches, most=most),
        }

    def gradient_buffers(self) -> dict[str, Buffer]:
        """Also the padded input's gradient. That of windows takes the windows' place."""
        return super().gradient_buffers() | {"_padded_gradient": self.buffers()["_padded"]}

    def memory(self, n: int, dtype: np.dtype, training: bool) -> int:
        """Also a part's gradients of the parameters, where there is more than one part."""
        in_parts = training and self.buffers()["_patches"].length(n) < n
        of_part = self.num_parameters * dtype.itemsize if in_parts else 0
        return super().memory(n, dtype, training) + of_part

    def resize(self, n: int) -> None:
        """Divides the minibatch into parts, and sees the patches of each as rows of a matrix."""
        super().resize(n)
        most, places = len(self._patches), self.out_shape[0] * self.out_shape[1]
        inside, windows = self.windows.inside(self._padded), self.windows.over(self._padded)
        patch_rows = self._patches.reshape(most * places, -1)
        self._out_rows = self.out_act.reshape(n * places, -1)
        self._parts = []
        for start in range(0, n, most):
            count = min(most, n - start)
            self._parts.append(
                Part(
                    examples=slice(start, start + count),
                    rows=slice(start * places, (start + count) * places),
                    inside=inside[:count],
                    windows=windows[:count],
                    patches=self._patches[:count],
                    patch_rows=patch_rows[: count * places],
                )
            )
        self._gathered: Part | None = None

    def resize_gradients(self, n: int) -> None:
        """Looks through windows at the padded input's gradient too."""
        super().resize_gradients(n)
        self._gradient_inside = self.windows.inside(self._padded_gradient)
        self._gradient_windows = self.windows.over(self._padded_gradient)

    def forward(self, x: np.ndarray, training: bool) -> np.ndarray:
        """Dot products of all windows with all filters, plus biases."""
        self.in_act = x
        self._gathered = None
        for part in self._parts:
            self._gather(part)
            out = self._out_rows[part.rows]
            self.operations.affine(part.patch_rows, self.filters, self.biases, out=out)
        return self.out_act

    def compute_parameter_gradients(self, gradient: np.ndarray) -> None:
        """Outer products of gradient and window, summed over all windows."""
        rows = gradient.reshape(self._out_rows.shape)
        sums = self.filter_gradients, self.bias_gradients
        first, *others = self._parts
        self._gather(first)
        self.operations.affine_parameter_gradients(first.patch_rows, rows[first.rows], *sums)
        if not others:
            return
        of_part = tuple(map(np.empty_like, sums))
        for part in others:
            self._gather(part)
            self.operations.affine_parameter_gradients(part.patch_rows, rows[part.rows], *of_part)
            for total, addend in zip(sums, of_part, strict=True):
                total += addend

    def backward(self, gradient: np.ndarray) -> np.ndarray:
        """What each window is sent back, added up where windows overlap."""
        rows = gradient.reshape(self._out_rows.shape)
        self._gathered = None
        for part in self._parts:
            self.operations.affine_input_gradient(
                rows[part.rows], self.filters, out=part.patch_rows
            )
            count = len(part.patches)
            self._padded_gradient[:count] = 0
            self.operations.scatter_windows(part.patches, self._gradient_windows[:count])
            np.copyto(self.in_gradient[part.examples], self._gradient_inside[:count])
        return self.in_gradient

    def _gather(self, part: Part) -> None:
        """Copies the windows of a part into its patches, unless they are there already."""
        if part is self._gathered:
            return
        np.copyto(part.inside, self.in_act[part.examples])
        self.operations.gather_windows(part.windows, out=part.patches)
        self._gathered = part

    def fields_to_json(self) -> dict[str, Any]:
        """ConvNetJS's fields."""
        return super().fields_to_json() | self.windows.to_json() | {"in_depth": self.in_shape[2]}

    @classmethod
    def definition_from_json(cls, fields: Fields) -> dict[str, Any]:
        """The windows, and one filter for each channel of the output."""
        filters = {"filters": fields.whole("out_depth", 1, MAX_SIZE)}
        return (
            super().definition_from_json(fields)
            | fields.given("sx", "sy", "stride", "pad")
            | filters
        )
