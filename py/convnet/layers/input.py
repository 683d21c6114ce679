"""The input layer: declares the shape of an example."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

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

    def forward(self, x: np.ndarray, training: bool) -> np.ndarray:
        """The input itself."""
        self.in_act = self.out_act = x
        return x

    @classmethod
    def definition_from_json(cls, fields: Fields) -> Mapping[str, Any]:
        """The shape, under the same names."""
        return fields.given("out_sx", "out_sy", "out_depth")
