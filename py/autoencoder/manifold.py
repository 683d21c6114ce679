"""The manifold: what the decoder draws all over the part of the map that is seen, as one picture.

manifold = Manifold(640)
while not manifold.decode_next(digit_map, (28, 28), 100):
    ...  # a frame of a network too slow for more
manifold.picture  # uint8 (640, 640)
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from autoencoder.digit_map import DigitMap
    from autoencoder.map_window import MapWindow

BRIGHTEST = np.float32(255.999)


class Manifold:
    """A grid of decoded pictures, each of the code in its middle, cut off at the map's edge.

    Args:
        size: width and height of the whole.

    Attributes:
        picture: uint8 (size, size), from 0 for black to 255 for white; None before all of it has
            been decoded, or where another part of the plane is seen since.
        changes: grows with every other picture.
    """

    def __init__(self, size: int) -> None:
        self._size = size
        self._seen: tuple[MapWindow, int] | None = None
        self._row = 0
        self.picture: np.ndarray | None = None
        self.changes = 0

    def clear(self) -> None:
        """Forgets what was decoded."""
        self._seen, self._row = None, 0
        if self.picture is not None:
            self.picture = None
            self.changes += 1

    @property
    def is_whole(self) -> bool:
        """Whether no rows are still to be decoded."""
        return self._row == 0

    def shows(self, window: MapWindow) -> bool:
        """Whether it is of what is seen now."""
        return self._seen == (window, window.changes)

    def decode_next(self, digit_map: DigitMap, shape: tuple[int, int], count: int) -> bool:
        """Decodes the next rows of pictures, about so many pictures and at least one row.

        Args:
            digit_map: the map, which has to be able to decode.
            shape: height and width of a picture.
            count: how many pictures to decode.

        Returns:
            Whether the whole is anew with them.
        """
        window = digit_map.window
        if not self.shows(window):
            self.clear()
            self._seen = window, window.changes
        height, width = shape
        down, across = self._middles(height)[::-1], self._middles(width)
        if self._row == 0:
            self._next = np.empty((len(down) * height, len(across) * width), np.uint8)
        rows = down[self._row : self._row + max(1, count // len(across))]
        places = np.stack(np.broadcast_arrays(across[None, :], rows[:, None]), axis=-1)
        levels = np.multiply(digit_map.decode(window.codes_at(places.reshape(-1, 2))), BRIGHTEST)
        # What is no number is black.
        levels = np.nan_to_num(levels.clip(0, 255, out=levels), copy=False).astype(np.uint8)
        sheet = levels.reshape(len(rows), len(across), height, width).swapaxes(1, 2)
        lines = slice(self._row * height, (self._row + len(rows)) * height)
        self._next[lines] = sheet.reshape(-1, len(across) * width)
        self._row += len(rows)
        if self._row < len(down):
            return False
        self._row = 0
        top, left = ((length - self._size) // 2 for length in self._next.shape)
        self.picture = self._next[top : top + self._size, left : left + self._size]
        self.changes += 1
        return True

    def _middles(self, length: int) -> np.ndarray:
        """Where the pictures' middles lie along one side, as shares of it, rising."""
        count = -(-self._size // length)
        beyond = (count * length - self._size) // 2
        return ((np.arange(count) + 0.5) * length - beyond) / self._size
