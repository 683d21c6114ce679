"""Pictures as arrays: numbers become RGBA pixels, tiles become a sheet. NumPy alone, no canvas.

A picture is uint32 (height, width); each element is one pixel as a canvas stores it,
R, G, B, A from the lowest byte up.
"""

from __future__ import annotations

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

OPAQUE = np.uint32(0xFF000000)
MARGIN_SHARE = 0.05


def rgb(colour: str) -> np.uint32:
    """The opaque pixel of a colour such as "#3f90da"."""
    red, green, blue = bytes.fromhex(colour.removeprefix("#"))
    return OPAQUE | np.uint32(red | green << 8 | blue << 16)


def colour(pixel: np.uint32) -> str:
    """The colour of a pixel, such as "#3f90da"."""
    red, green, blue = (int(pixel) >> shift & 255 for shift in (0, 8, 16))
    return f"#{red:02x}{green:02x}{blue:02x}"


def _ramp(*stops: str) -> np.ndarray:
    """256 pixels that run evenly through the given colours."""
    colours = np.array([list(bytes.fromhex(stop.removeprefix("#"))) for stop in stops], float)
    places = np.linspace(0, len(stops) - 1, 256)
    red, green, blue = (
        np.interp(places, range(len(stops)), colours[:, i]).round().astype(np.uint32)
        for i in range(3)
    )
    return OPAQUE | red | green << 8 | blue << 16


GREY = _ramp("#000000", "#ffffff")
DIVERGING = _ramp("#7a3300", "#c25a00", "#f0b070", "#f7f5f2", "#86b9e6", "#2a78c4", "#0b3d70")
"""Negative to positive through pale: orange and blue, which colour-blind people tell apart."""


def shade(values: np.ndarray, low: float, high: float, ramp: np.ndarray = GREY) -> np.ndarray:
    """Pixels for values, the ramp's first colour at `low` and its last at `high`.

    Args:
        values: any shape.
        low: lowest value shown; what is below looks the same.
        high: highest value shown, likewise. Where it is not above `low`, all is mid-ramp.
        ramp: 256 pixels.

    Returns:
        uint32 of the same shape.
    """
    if not high > low:
        return np.full(values.shape, ramp[128], np.uint32)
    scaled = (values - low) * (255.999 / (high - low))
    if np.isnan(scaled.min(initial=0)):  # to look for what is none takes as long as all the rest
        scaled = np.nan_to_num(scaled)
    return ramp[np.clip(scaled, 0, 255).astype(np.uint8)]


def signed_range(values: np.ndarray) -> tuple[float, float]:
    """What to shade values between that have a sign: the same depth of colour either way."""
    extent = max(float(values.max(initial=0)), -float(values.min(initial=0)))
    return -extent, extent


def sheet(tiles: np.ndarray, columns: int, gap: int = 1) -> np.ndarray:
    """Tiles side by side in rows, as one picture with transparent gaps between them.

    Args:
        tiles: uint32 (count, height, width).
        columns: tiles in a row.
        gap: pixels between tiles.
    """
    count, height, width = tiles.shape
    rows = -(-count // columns)
    padded = np.zeros((rows * columns, height + gap, width + gap), np.uint32)
    padded[:count, :height, :width] = tiles
    picture = padded.reshape(rows, columns, height + gap, width + gap).swapaxes(1, 2)
    picture = picture.reshape(rows * (height + gap), columns * (width + gap))
    return picture[: picture.shape[0] - gap, : picture.shape[1] - gap]


def enlarge(tiles: np.ndarray, scale: int) -> np.ndarray:
    """Tiles (count, height, width) with each pixel repeated `scale` times both ways."""
    count, height, width = tiles.shape
    repeated = (count, height, scale, width, scale)
    tiles = np.broadcast_to(tiles[:, :, None, :, None], repeated)
    return tiles.reshape(count, height * scale, width * scale)


def bordered(tiles: np.ndarray, colours: np.ndarray, width: int) -> np.ndarray:
    """Tiles (count, h, w) with a border each of its own colour (count,), `width` pixels wide."""
    count, tile_height, tile_width = tiles.shape
    framed = np.empty((count, tile_height + 2 * width, tile_width + 2 * width), np.uint32)
    framed[:] = colours[:, None, None]
    framed[:, width:-width, width:-width] = tiles
    return framed


def trimmed(images: np.ndarray) -> np.ndarray:
    """Images (count, height, width) without their margin, so that fewer of them cover one another.

    It is the widest, the same on all sides, that holds no more than `MARGIN_SHARE` of all there is.
    """
    everywhere = images.sum(axis=0, dtype=np.float64)
    least = (1 - MARGIN_SHARE) * everywhere.sum()
    margin = 0
    for wider in range(1, (min(everywhere.shape) + 1) // 2):
        if everywhere[wider:-wider, wider:-wider].sum() < least:
            break
        margin = wider
    return images[:, margin : images.shape[1] - margin, margin : images.shape[2] - margin]


def halved(images: np.ndarray) -> np.ndarray:
    """Images uint8 (count, height, width), half as large: means of four pixels each."""
    _, height, width = images.shape
    images = images[:, : height - height % 2, : width - width % 2].astype(np.uint16)
    total = sum(images[:, y::2, x::2] for y in (0, 1) for x in (0, 1))
    return ((total + 2) // 4).astype(np.uint8)


def scatter(tiles: np.ndarray, places: np.ndarray, ground: np.ndarray) -> np.ndarray:
    """A square picture with tiles spread over it, each cut off where it leaves the picture.

    Args:
        tiles: uint32 (count, height, width); later ones cover earlier ones.
        places: (count, 2), how far to the right and how far up the middle of each tile lies, as
            shares of the picture.
        ground: what is seen between them, uint32 (size, size).
    """
    _, height, width = tiles.shape
    size = len(ground)
    left = np.round(places[:, 0] * size - width / 2) + width
    top = np.round((1 - places[:, 1]) * size - height / 2) + height
    seen = (left > 0) & (left < size + width) & (top > 0) & (top < size + height)
    picture = np.zeros((size + 2 * height, size + 2 * width), np.uint32)
    picture[height:-height, width:-width] = ground
    blocks = sliding_window_view(picture, (height, width), writeable=True)
    blocks[top[seen].astype(np.intp), left[seen].astype(np.intp)] = tiles[seen]
    return picture[height:-height, width:-width]


def stamp(shape: np.ndarray, colour: np.uint32, places: np.ndarray, picture: np.ndarray) -> None:
    """Draws a shape in one colour at many places of a square picture.

    Args:
        shape: bool (height, width), its pixels.
        colour: of them all.
        places: (count, 2), as in `scatter`.
        picture: uint32 (size, size), drawn on.
    """
    height, width = shape.shape
    size = len(picture)
    y, x = np.nonzero(shape)
    left = np.round(places[:, 0] * size - width / 2)
    top = np.round((1 - places[:, 1]) * size - height / 2)
    near = (left > -width) & (left < size) & (top > -height) & (top < size)
    across = left[near].astype(np.int32)[:, None] + x.astype(np.int32)
    down = top[near].astype(np.int32)[:, None] + y.astype(np.int32)
    seen = (across >= 0) & (across < size) & (down >= 0) & (down < size)
    picture.reshape(-1)[(down * size + across)[seen]] = colour
