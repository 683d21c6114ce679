"""Ink, as MNIST has it: what someone has drawn or photographed becomes an image like the digits.

    ink = ink_of(brightness, opacity)  # of a picture, dark on light or light on dark
    image = like_mnist(ink)            # float32 (28, 28) from 0 to 1, or None without any ink

How MNIST was made: LeCun, Bottou, Bengio, Haffner, Gradient-based learning applied to document
recognition, 1998, section III.A.
"""

from __future__ import annotations

import numpy as np

from convnet.mnist import SHAPE

BOX = 20
"""The longer side of a digit, in pixels of the image."""

LIGHT = 127.5
SEEN_THROUGH = 128
GROUND_SHARE = 0.9
"""Of a picture's border, as much is taken for empty paper, which is nowhere of one shade."""
FAINTEST = 0.1
"""What is fainter, as a share of the strongest ink, is paper, or the blur around a stroke."""
LEAST_CONTRAST = 24
"""How far ink and paper have to lie apart, of 255."""


def like_mnist(ink: np.ndarray) -> np.ndarray | None:
    """Ink as an image of MNIST's: its bounding box scaled to fit into 20×20, its centre of mass in
    the pixel right of and below the image's middle, its brightest pixel 1.

    Args:
        ink: (height, width), from 0 for none to 255, of any size.

    Returns:
        float32 (28, 28); None where there is no ink.
    """
    if not ink.any():
        return None
    strong = ink >= FAINTEST * ink.max()
    rows, columns = np.flatnonzero(strong.any(axis=1)), np.flatnonzero(strong.any(axis=0))
    ink = ink[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    step = max(ink.shape) / BOX
    digit = resampled(resampled(ink, step).T, step).T
    digit = np.clip(digit / digit.max(), 0, 1)
    image = np.zeros(SHAPE, np.float32)
    top, left = (
        _start(digit.sum(axis=1 - axis), SHAPE[axis] - digit.shape[axis]) for axis in (0, 1)
    )
    image[top : top + digit.shape[0], left : left + digit.shape[1]] = digit
    return image


def resampled(values: np.ndarray, step: float) -> np.ndarray:
    """Values (m, ...) at other intervals along the first axis: float64 (about m / step, ...).

    Where there are fewer, each is the mean over its interval, beyond the ends of which lies 0.
    Where there are more, they lie on lines between the values, beyond which all stays as it is.

    Args:
        values: the values.
        step: the interval, in those of `values`.
    """
    m = len(values)
    count = max(1, int(np.ceil(m / step - 1e-9)))
    places = m / 2 + (np.arange(count) - (count - 1) / 2) * step
    half = max(step, 1) / 2  # the mean over a window as wide as a value is linear interpolation
    low, high = np.clip(places - half, 0, m), np.clip(places + half, 0, m)
    sums = np.zeros((m + 1, *values.shape[1:]))
    np.cumsum(values, axis=0, out=sums[1:])
    widths = np.where(step < 1, high - low, step).reshape(-1, *[1] * (values.ndim - 1))
    return (_between(sums, high) - _between(sums, low)) / widths


def _between(sums: np.ndarray, places: np.ndarray) -> np.ndarray:
    """Sums (m + 1, ...), which grow evenly from each to the next, at places from 0 to m."""
    below = np.minimum(places.astype(int), len(sums) - 2)
    share = (places - below).reshape(-1, *[1] * (sums.ndim - 1))
    return sums[below] * (1 - share) + sums[below + 1] * share


def _start(mass: np.ndarray, room: int) -> int:
    """Where a digit begins whose mass lies so along an axis, with so much room to move it.

    The centre of mass of every digit in MNIST lies from 14 to 15, its pixels reaching from 0 to 28.
    """
    centre = np.average(np.arange(len(mass)) + 0.5, weights=mass)
    # What is even on both sides is so in spite of rounding.
    return int(np.clip((room + len(mass)) // 2 - int(centre + 1e-6), 0, room))


def ink_of(brightness: np.ndarray, opacity: np.ndarray) -> np.ndarray | None:
    """The ink on a picture, whatever its colours: what its border looks like is taken for paper.

    Args:
        brightness: uint8 (height, width).
        opacity: likewise; where one can see through the border, ink is whatever hides something.

    Returns:
        uint8 (height, width); None where the picture is all of one shade.
    """
    if np.median(border(opacity)) < SEEN_THROUGH:
        strength = opacity.astype(np.float32)
    else:
        is_light = np.median(border(brightness)) > LIGHT
        strength = np.abs(brightness - np.float32(255 * is_light))
    ground, most = np.quantile(border(strength), GROUND_SHARE), strength.max()
    if most - ground < LEAST_CONTRAST:
        return None
    share = (strength - ground) / (most - ground)
    return np.where(share < FAINTEST, 0, share * 255).astype(np.uint8)


def border(picture: np.ndarray) -> np.ndarray:
    """The outermost pixels of a picture (height, width), in a row; corners count twice."""
    return np.concatenate([picture[0], picture[-1], picture[:, 0], picture[:, -1]])
