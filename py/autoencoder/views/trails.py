"""Where digits came from: a line for each, through where they were placed the last few times."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from autoencoder.views.palette import CLASS_PIXELS

if TYPE_CHECKING:
    from autoencoder.digit_map import DigitMap

MOST_POINTS = 200_000
"""Points of all lines together."""
MOST_A_STEP = 24
"""Points from one place of a digit to the next."""


def draw_trails(digit_map: DigitMap, picture: np.ndarray) -> None:
    """Draws the digits' lines in their classes' colours, the sparser the older.

    Args:
        digit_map: the map.
        picture: uint32 (size, size), drawn on.
    """
    codes = [each for each in digit_map.trail if len(each) == len(digit_map.codes)]
    if not codes:
        return
    places = digit_map.window.positions_of(np.stack([*codes, digit_map.codes]))
    steps, digits = len(places) - 1, len(digit_map.codes)
    size = len(picture)
    points = int(np.clip(MOST_POINTS // (steps * digits), 2, MOST_A_STEP))
    colours = CLASS_PIXELS[digit_map.labels[:digits]]
    for step, (before, after) in enumerate(pairwise(places)):
        shares = np.linspace(0, 1, max(2, points * (step + 1) // steps))[:, None, None]
        line = before + shares * (after - before)
        across = (line[..., 0] * size).astype(np.int32)
        down = ((1 - line[..., 1]) * size).astype(np.int32)
        seen = (across >= 0) & (across < size) & (down >= 0) & (down < size)
        picture[down[seen], across[seen]] = np.broadcast_to(colours, seen.shape)[seen]
