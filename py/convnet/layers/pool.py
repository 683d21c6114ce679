"""The max-pooling layer."""

from __future__ import annotations

from typing import Any

import numpy as np

from convnet.errors import ConvNetError
from convnet.fields import Fields
from convnet.layers.layer import CALLS, CHOOSING_PASSES, Buffer, Layer, Shape, Work
from convnet.layers.windows import Windows
from convnet.limits import MAX_COMPARED


class PoolLayer(Layer):
    """The greatest value of each window, channel by channel.

    Definition: sx, sy (default sx), stride (default 2), pad (default 0). Padding is never
    the greatest.
    """

    type = "pool"

    def __init__(self, fields: Fields, in_shape: Shape) -> None:
        self.windows = Windows.read(fields, default_stride=2)
        if self.windows.pad >= min(self.windows.sx, self.windows.sy):
            raise ConvNetError(
                f"{fields.where}: pad must be less than the window's size of "
                f"{self.windows.sx}×{self.windows.sy}, but it is {self.windows.pad}."
            )
        if self.windows.sx * self.windows.sy > MAX_COMPARED:
            raise ConvNetError(
                f"{fields.where}: a window must have at most {MAX_COMPARED} pixels, but it has "
                f"{self.windows.sx}×{self.windows.sy}."
            )
        oy, ox = self.windows.count(in_shape, fields.where)
        super().__init__(fields, in_shape, (oy, ox, in_shape[2]))

    def buffers(self) -> dict[str, Buffer]:
        """Also the padded input, and which pixel was the greatest."""
        return super().buffers() | {
            "_padded": Buffer(self.windows.padded(self.in_shape), fill=-np.inf),
            "_chosen": Buffer(self.out_shape, dtype=np.dtype(np.int32)),
            "_mask": Buffer(self.out_shape, dtype=np.dtype(bool)),
        }

    def gradient_buffers(self) -> dict[str, Buffer]:
        """Also the padded input's gradient."""
        padded = self.windows.padded(self.in_shape)
        return super().gradient_buffers() | {"_padded_gradient": Buffer(padded)}

    @property
    def work(self) -> Work:
        """Comparing all pixels of all windows, and choosing among them again for the gradient."""
        pixels = self.windows.sx * self.windows.sy
        return Work(0, CHOOSING_PASSES * pixels * self.num_outputs, CALLS * pixels)

    def resize(self, n: int) -> None:
        """Looks at the padded input once for each pixel of a window.

        Their order decides between equal pixels.
        """
        super().resize(n)
        self._pixels = self.windows.pixels(self._padded)

    def resize_gradients(self, n: int) -> None:
        """Looks likewise at its gradient."""
        super().resize_gradients(n)
        self._pixel_gradients = self.windows.pixels(self._padded_gradient)

    def forward(self, x: np.ndarray, training: bool) -> np.ndarray:
        """The greatest pixel of each window."""
        self.in_act = x
        np.copyto(self.windows.inside(self._padded), x)
        self.operations.greatest(self._pixels, self.out_act, self._chosen, self._mask)
        return self.out_act

    def backward(self, gradient: np.ndarray) -> np.ndarray:
        """The gradient goes to the greatest pixel alone."""
        self._padded_gradient[...] = 0
        self.operations.add_to_chosen(gradient, self._chosen, self._mask, self._pixel_gradients)
        np.copyto(self.in_gradient, self.windows.inside(self._padded_gradient))
        return self.in_gradient

    def fields_to_json(self) -> dict[str, Any]:
        """ConvNetJS's fields."""
        return super().fields_to_json() | self.windows.to_json() | {"in_depth": self.in_shape[2]}

    @classmethod
    def definition_from_json(cls, fields: Fields) -> dict[str, Any]:
        """The windows."""
        return fields.given("sx", "sy", "stride", "pad")
