"""What can be seen of a layer: its numbers as tiles of pixels, and which number a pixel stands for.

    picture = Neurons(layer)
    picture.pixels()                   # as they are now, and kept as such
    place = picture.place_at(0.5, 0.1)  # what is in the middle, near the upper edge
    picture.name(place), picture.values[place]  # "neuron 12", 0.482

NumPy alone, no canvas. Values are those of the last drawing, so that what is said of a picture is
true of what is seen, though the network goes on learning.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from autoencoder.views.pictures import DIVERGING, GREY, enlarge, shade, sheet, signed_range

if TYPE_CHECKING:
    from convnet.layers import Layer

NEURON_COLUMNS = 25
NEURON_SIZE = 10
TILE_SIZE = 56
AREA_COLUMNS = 8
IMAGE_SIZE = 84
LARGE_IMAGE_SIZE = 280
MOST_TILES = 100
MOST_NEURONS = 1000
WEIGHT_COLUMNS = 10
LARGE_COLUMNS = 6
GAP = 1

Place = tuple[int, int, int]
"""A tile, and a row and a column of it."""


class LayerPicture:
    """Numbers of a layer as tiles, side by side in rows; here with a sign, orange and blue.

    Args:
        layer: whose numbers they are.
        shape: how many tiles there are, and the height and width of one in values.
        columns: tiles in a row.
        scale: pixels of the picture for one value, both ways.

    Attributes:
        layer: as above.
        values: what was drawn last, (tiles, height, width).
        low: the value of the ramp's first colour in the last drawing.
        high: the value of its last.
        ramp: the colours from low to high.
        signed: whether 0 lies in the middle of them.
        width: its width on the page.
        part: how much of the layer it shows, if that is not all.
    """

    ramp = DIVERGING
    signed = True
    part = ""

    def __init__(
        self, layer: Layer, shape: tuple[int, int, int], columns: int, scale: int = 1
    ) -> None:
        count, height, width = shape
        self.layer = layer
        self.values = np.zeros(shape, np.float32)
        self.low = self.high = 0.0
        self._shape = shape
        self._columns = columns
        self._scale = scale
        self._size = (
            -(-count // columns) * (height * scale + GAP) - GAP,
            columns * (width * scale + GAP) - GAP,
        )
        self.width = self._size[1]

    def pixels(self) -> np.ndarray:
        """The picture as it is now, uint32 (height, width), on the same scale everywhere."""
        self.values = np.array(self._read()).reshape(self._shape)
        self.low, self.high = self._range()
        tiles = shade(self.values, self.low, self.high, self.ramp)
        return sheet(enlarge(tiles, self._scale), self._columns, GAP)

    def place_at(self, across: float, down: float) -> Place | None:
        """What lies at some share of the picture's width and of its height, from 0 to 1.

        It is the inverse of how tiles are laid out; None between them and beyond.
        """
        if not (0 <= across < 1 and 0 <= down < 1):
            return None
        shares, found = (down, across), []
        for share, size, length in zip(shares, self._size, self._shape[1:], strict=True):
            tile, inside = divmod(int(share * size), length * self._scale + GAP)
            if inside >= length * self._scale:
                return None
            found.append((tile, inside // self._scale))
        (tile_row, row), (tile_column, column) = found
        tile = tile_row * self._columns + tile_column
        return (tile, row, column) if tile < self._shape[0] else None

    def box_of(self, place: Place) -> tuple[float, float, float, float]:
        """Where a value lies: left, top, width and height as shares of the picture's."""
        tile, *inside = place
        numbers, lengths, side = divmod(tile, self._columns), self._shape[1:], self._scale
        top, left = (
            number * (length * side + GAP) + at * side
            for number, at, length in zip(numbers, inside, lengths, strict=True)
        )
        height, width = self._size
        return left / width, top / height, side / width, side / height

    def step(self, place: Place, across: int, down: int) -> Place:
        """The value so many to the right and further down, over gaps; the same where none is."""
        count, height, width = self._shape
        tile, row, column = place
        tile_row, tile_column = divmod(tile, self._columns)
        row, column = tile_row * height + row + down, tile_column * width + column + across
        if row < 0 or not 0 <= column < self._columns * width:
            return place
        tile = row // height * self._columns + column // width
        return (tile, row % height, column % width) if tile < count else place

    def name(self, place: Place) -> str:
        """What a value is one of, in words."""
        raise NotImplementedError

    def neuron(self, place: Place) -> int:
        """The neuron that a value belongs to; where the layer has an area, the channel."""
        raise NotImplementedError

    def _read(self) -> np.ndarray:
        """The values as they are now, in the tiles' order."""
        raise NotImplementedError

    def _range(self) -> tuple[float, float]:
        return signed_range(self.values)


class Image(LayerPicture):
    """Activations for the current example, where they are an image's pixels: grey.

    Args:
        layer: the layer.
        shape: height and width of the image.
    """

    ramp = GREY
    signed = False

    def __init__(self, layer: Layer, shape: tuple[int, int]) -> None:
        super().__init__(layer, (1, *shape), columns=1)
        self.width = IMAGE_SIZE

    def name(self, place: Place) -> str:
        """The pixel, counted from the upper left corner."""
        return f"pixel {_point(place)}"

    def neuron(self, place: Place) -> int:
        """The neuron that puts the pixel out."""
        _, row, column = place
        return (row * self._shape[2] + column) % self.layer.out_shape[2]

    def _read(self) -> np.ndarray:
        return self.layer.out_act[0]

    def _range(self) -> tuple[float, float]:
        """From black, the lowest, to white, the highest."""
        return float(self.values.min()), float(self.values.max())


class Neurons(LayerPicture):
    """Activations for the current example, of a layer without an area: one square a neuron."""

    def __init__(self, layer: Layer) -> None:
        count = min(layer.num_outputs, MOST_NEURONS)
        super().__init__(layer, (count, 1, 1), min(count, NEURON_COLUMNS), NEURON_SIZE)
        self.part = part_of(count, layer.num_outputs, "neurons")

    def name(self, place: Place) -> str:
        """The neuron."""
        return f"neuron {place[0]}"

    def neuron(self, place: Place) -> int:
        """The same as a number."""
        return place[0]

    def _read(self) -> np.ndarray:
        return self.layer.out_act[0].reshape(-1)[: self._shape[0]]


class Channels(LayerPicture):
    """Activations for the current example, of a layer with an area: one tile a channel."""

    def __init__(self, layer: Layer) -> None:
        sy, sx, depth = layer.out_shape
        count = min(depth, MOST_TILES)
        super().__init__(layer, (count, sy, sx), min(count, AREA_COLUMNS))
        self.width *= max(1, TILE_SIZE // sx)
        self.part = part_of(count, depth, "channels")

    def name(self, place: Place) -> str:
        """The channel, and where in its area."""
        return f"channel {place[0]}, {_point(place)}"

    def neuron(self, place: Place) -> int:
        """The channel."""
        return place[0]

    def _read(self) -> np.ndarray:
        return self.layer.out_act[0][..., : self._shape[0]].transpose(2, 0, 1)


class Filters(LayerPicture):
    """Weights, or their gradients: one tile for each filter and channel of its input.

    Args:
        layer: a layer with filters.
        filters: its filters, or what has their shape.
        only: the one filter to show, large; None is as many as there is room for.
    """

    def __init__(self, layer: Layer, filters: np.ndarray, only: int | None = None) -> None:
        sy, sx, depth = layer.in_shape if layer.type == "fc" else layer.filter_shape
        is_point = sy == sx == 1
        self._depth = min(depth, MOST_NEURONS if is_point else MOST_TILES)
        self._first = only or 0
        self._count = min(len(filters), max(1, MOST_TILES // depth)) if only is None else 1
        self._filters = filters
        self._volume = (sy, sx, depth)
        shown, scale = self._count * self._depth, NEURON_SIZE if is_point else 1
        columns = min(shown, NEURON_COLUMNS if is_point else WEIGHT_COLUMNS)
        if only is not None and not is_point:
            columns = min(columns, LARGE_COLUMNS)
        super().__init__(layer, (shown, sy, sx), columns, scale)
        if not is_point:
            size = LARGE_IMAGE_SIZE if only is not None and depth == 1 else TILE_SIZE
            self.width *= max(1, size // sx)
        of_all = (len(filters) if only is None else 1) * depth
        self.part = part_of(shown, of_all, "tiles" if only is None else "weights")

    def name(self, place: Place) -> str:
        """The neuron, and what the weight lets it see: a pixel, a neuron or a place of a channel.

        What a filter slides over is counted from the upper left corner of its window.
        """
        sy, sx, depth = self._volume
        slides = self.layer.type == "conv"
        target = f"{'channel' if slides else 'neuron'} {self.neuron(place)}"
        channel = place[0] % self._depth
        if sy == sx == 1:
            return f"{target} ← {'channel' if slides else 'neuron'} {channel}"
        if depth == 1:
            return f"{target} ← pixel {_point(place)}"
        return f"{target} ← channel {channel}, {_point(place)}"

    def neuron(self, place: Place) -> int:
        """The neuron whose weight it is."""
        return self._first + place[0] // self._depth

    def _read(self) -> np.ndarray:
        sy, sx, depth = self._volume
        filters = self._filters[self._first : self._first + self._count]
        tiles = filters.reshape(self._count, sy, sx, depth)[..., : self._depth]
        return tiles.transpose(0, 3, 1, 2)


def part_of(shown: int, count: int, what: str) -> str:
    """How much is shown, as in "the first 96 of 128 tiles"; nothing where that is all."""
    return f"the first {shown:,} of {count:,} {what}" if shown < count else ""


def _point(place: Place) -> str:
    """Where in a tile, across and down."""
    _, row, column = place
    return f"({column}, {row})"
