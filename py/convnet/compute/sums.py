"""Sums over whole arrays."""

from __future__ import annotations

import math

import numpy as np

WIDENED = 2**16
"""Numbers that are squared in double precision in one go."""


class Sums:
    """What stays a number however large the summands are."""

    def sum_of_squares(self, x: np.ndarray) -> float:
        """Σx² of an array (k,), in double precision where single precision cannot hold it."""
        total = float(np.vecdot(x, x))
        if not math.isfinite(total):
            parts = (x[start : start + WIDENED] for start in range(0, len(x), WIDENED))
            total = sum(float(np.square(part, dtype=np.float64).sum()) for part in parts)
        return total
