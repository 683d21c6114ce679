"""Windows that slide over a volume: the geometry that conv and pool layers share."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.lib.stride_tricks import as_strided

from convnet.errors import ConvNetError
from convnet.fields import Fields
from convnet.layers.layer import Shape, format_shape
from convnet.limits import MAX_SIZE


@dataclass(frozen=True, slots=True)
class Windows:
    """Windows of sy × sx pixels at every stride-th pixel of a padded volume.

    Attributes:
        sy: height of a window.
        sx: width of a window.
        stride: pixels from one window to the next, in both directions.
        pad: pixels added around the volume.
    """

    sy: int
    sx: int
    stride: int
    pad: int

    @classmethod
    def read(cls, fields: Fields, default_stride: int) -> Windows:
        """The geometry in a definition: sx, sy (default sx), stride and pad (default 0)."""
        sx = fields.whole("sx", 1, MAX_SIZE)
        return cls(
            sy=fields.whole("sy", 1, MAX_SIZE, default=sx),
            sx=sx,
            stride=fields.whole("stride", 1, MAX_SIZE, default=default_stride),
            pad=fields.whole("pad", 0, MAX_SIZE, default=0),
        )

    def count(self, in_shape: Shape, where: str) -> tuple[int, int]:
        """How many windows there are down and across; what does not fit at the end is left out.

        Raises:
            ConvNetError: there are none.
        """
        height, width, _ = self.padded(in_shape)
        if height < self.sy or width < self.sx:
            raise ConvNetError(
                f"{where}: nothing comes out of it, since a window of {self.sx}×{self.sy} does not "
                f"fit into its input of {format_shape(in_shape)} with a pad of {self.pad}."
            )
        return self._count(height, width)

    def padded(self, in_shape: Shape) -> Shape:
        """The shape of a volume with its padding."""
        sy, sx, depth = in_shape
        return sy + 2 * self.pad, sx + 2 * self.pad, depth

    def inside(self, padded: np.ndarray) -> np.ndarray:
        """A view of padded volumes (n, sy, sx, depth) without their padding."""
        _, height, width, _ = padded.shape
        return padded[:, self.pad : height - self.pad, self.pad : width - self.pad]

    def over(self, padded: np.ndarray) -> np.ndarray:
        """A view (n, oy, ox, sy, sx, depth) of all windows of padded volumes."""
        # Made at once: a view of the windows at every pixel, of which some were then left out,
        # could have more bytes, counted as if none overlapped, than a 32-bit number can say.
        n, height, width, depth = padded.shape
        oy, ox = self._count(height, width)
        example, row, column, value = padded.strides
        return as_strided(
            padded,
            (n, oy, ox, self.sy, self.sx, depth),
            (example, row * self.stride, column * self.stride, row, column, value),
        )

    def pixels(self, padded: np.ndarray) -> list[np.ndarray]:
        """For each pixel of a window a view (n, oy, ox, depth) of it in all windows.

        Column by column, which is ConvNetJS's order.
        """
        _, height, width, _ = padded.shape
        # One pixel of the last windows down and across, seen from the same one of the first.
        down, across = (self.stride * (count - 1) for count in self._count(height, width))
        return [
            padded[:, y : y + down + 1 : self.stride, x : x + across + 1 : self.stride]
            for x in range(self.sx)
            for y in range(self.sy)
        ]

    def _count(self, height: int, width: int) -> tuple[int, int]:
        """How many windows fit down and across into a padded volume."""
        return (height - self.sy) // self.stride + 1, (width - self.sx) // self.stride + 1

    def to_json(self) -> dict[str, int]:
        """The fields of a definition."""
        return {"sx": self.sx, "sy": self.sy, "stride": self.stride, "pad": self.pad}
