"""The input layer: declares the shape of an example."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from convnet.errors import ConvNetError
from convnet.fields import Fields
from convnet.layers.layer import Buffer, Layer, Shape
from convnet.limits import MAX_SIZE


class InputLayer(Layer):
    """The first layer of every network; its activation is the minibatch itself.

    Definition: out_sx (or sx, width; default 1), out_sy (or sy, height; default 1)
    and out_depth (or depth).
    """

    type = "input"

    def __init__(self, fields: Fields, in_shape: Shape | None = None) -> None:
        sx = fields.whole(fields.only_name("out_sx", "sx", "width"), 1, MAX_SIZE, default=1)
        sy = fields.whole(fields.only_name("out_sy", "sy", "height"), 1, MAX_SIZE, default=1)
        depth = fields.whole(fields.only_name("out_depth", "depth"), 1, MAX_SIZE)
        super().__init__(fields, (sy, sx, depth), (sy, sx, depth))

    def buffers(self) -> dict[str, Buffer]:
        """None: the minibatch is the caller's."""
        return {}

    def gradient_buffers(self) -> dict[str, Buffer]:
        """None: nothing goes back beyond it."""
        return {}

    def minibatch(self, x: ArrayLike) -> np.ndarray:
        """Examples as an array (n, sy, sx, depth), a view of x where x is fit for it.

        Args:
            x: (n, sy, sx, depth) or (n, sy * sx * depth).

        Raises:
            ConvNetError: x has another shape, holds no example or something else than numbers.
        """
        try:
            x = np.ascontiguousarray(x, dtype=self.dtype)
        except (TypeError, ValueError, OverflowError):
            raise ConvNetError(f"{self.where}: the minibatch must {_need_of(x)}.") from None
        sizes = (self.in_shape, (self.num_inputs,))
        if x.ndim == 0 or len(x) == 0 or x.shape[1:] not in sizes:
            sy, sx, depth = self.in_shape
            raise ConvNetError(
                f"{self.where}: the minibatch must have the shape (n, {sy}, {sx}, {depth}) or "
                f"(n, {self.num_inputs}) with at least one example, but it has {x.shape}."
            )
        return x.reshape(len(x), *self.in_shape)

    def forward(self, x: np.ndarray, training: bool) -> np.ndarray:
        """The input itself."""
        self.in_act = self.out_act = x
        return x

    @classmethod
    def definition_from_json(cls, fields: Fields) -> Mapping[str, Any]:
        """The shape, under the same names."""
        return fields.given("out_sx", "out_sy", "out_depth")


def _need_of(x: ArrayLike) -> str:
    """What examples lack that make no array of numbers."""
    if isinstance(x, list | tuple):
        lengths = {len(row) for row in x if isinstance(row, list | tuple)}
        if len(lengths) > 1:
            return (
                "hold examples of one length, but its rows differ: "
                f"from {min(lengths)} to {max(lengths)} values"
            )
    return "hold numbers only"
