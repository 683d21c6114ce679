"""Minibatches as callers give them, made into arrays that layers work on."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike

from convnet.errors import ConvNetError
from convnet.layers.layer import Shape


def as_examples(x: ArrayLike, shape: Shape, dtype: np.dtype, what: str) -> np.ndarray:
    """Examples as an array (n, sy, sx, depth), a view of x where x is fit for it.

    Args:
        x: (n, sy, sx, depth) or (n, sy * sx * depth).
        shape: the shape of one example.
        dtype: the type of the array.
        what: what messages call x.

    Raises:
        ConvNetError: x has another shape, holds no example or something else than numbers.
    """
    try:
        x = np.ascontiguousarray(x, dtype=dtype)
    except (TypeError, ValueError, OverflowError):
        raise ConvNetError(f"{what} must {_need_of(x)}.") from None
    size = math.prod(shape)
    if x.ndim == 0 or len(x) == 0 or x.shape[1:] not in (shape, (size,)):
        sy, sx, depth = shape
        raise ConvNetError(
            f"{what} must have the shape (n, {sy}, {sx}, {depth}) or (n, {size}) with at least one "
            f"example, but it has {x.shape}."
        )
    return x.reshape(len(x), *shape)


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
