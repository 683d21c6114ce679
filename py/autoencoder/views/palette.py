"""The colours and the shapes of the ten classes.

Petroff, "Accessible color sequences for data visualization", arXiv:2107.02270: ten colours
chosen by colour-vision models so that colour-blind people can tell them apart. Shapes tell the
classes apart without any.
"""

from __future__ import annotations

import numpy as np

from autoencoder.views.pictures import rgb

CLASS_COLOURS = (
    "#3f90da",
    "#ffa90e",
    "#bd1f01",
    "#94a4a2",
    "#832db6",
    "#a96b59",
    "#e76300",
    "#b9ac70",
    "#717581",
    "#92dadd",
)
CLASS_PIXELS = np.array([rgb(colour) for colour in CLASS_COLOURS], np.uint32)

SHAPE_SIZE = 11


def _shapes() -> np.ndarray:
    """Ten shapes, bool (10, SHAPE_SIZE, SHAPE_SIZE)."""
    half = SHAPE_SIZE // 2
    y, x = np.mgrid[-half : half + 1, -half : half + 1]
    distance, beside, farthest = np.hypot(x, y), np.abs(x) + np.abs(y), np.maximum(abs(x), abs(y))
    disc, square, diamond = distance <= 4.5, farthest <= 4, beside <= 5
    up = (y <= 4) & (2 * np.abs(x) <= y + 5)
    plus = (farthest <= 5) & (np.minimum(abs(x), abs(y)) <= 1)
    cross = (farthest <= 4) & (np.abs(np.abs(x) - np.abs(y)) <= 1)
    ring = disc & (distance > 2.5)
    frame = square & (farthest > 2)
    hollow = diamond & (beside > 2)
    return np.stack([disc, square, up, up[::-1], diamond, plus, cross, ring, frame, hollow])


CLASS_SHAPES = _shapes()
