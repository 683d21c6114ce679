"""The part of the plane of codes that the map shows: it follows the digits, or the visitor.

window = MapWindow()
window.follow(codes)        # fits itself around the digits' codes
window.glide(0.016)         # on its way there for so many seconds
window.zoom(2, (0.5, 0.5))  # the visitor looks closer: it stays where it is from now on
window.codes_at(window.positions_of(codes))

Positions are shares of the map: 0 to 1 across, and 0 to 1 upward.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike

MARGIN = 0.15
"""Room around the digits, as a share of their extent."""
EDGE = 0.02
"""Where less of it is left at a side, digits have outgrown it."""
SHRUNK = 0.6
"""Where digits take less than this share of the room kept for them, the room is made anew."""
GLIDE_S = 0.12
"""Time in which it comes closer to where it is to be by a factor of e."""
ARRIVED = 5e-3
"""What is left of the way when it is there, as a share of its size."""
CLOSEST = 1e-4
"""The smallest window, as a share of the one around all digits."""
EVEN = 1e-6
"""Codes that differ by a smaller share of what they are count as the same."""


class MapWindow:
    """A rectangle of codes.

    Attributes:
        low: the codes at its left and lower side, float64 (2,).
        high: those at its right and upper side.
        fitted: whether it follows the digits.
        changes: grows with every change of what is seen.
    """

    def __init__(self) -> None:
        self.low, self.high = np.full(2, -1.0), np.full(2, 1.0)
        self._goal: np.ndarray | None = None  # where it is to be, (2, 2); None before any digits
        self.fitted = True
        self.changes = 0

    @property
    def is_set(self) -> bool:
        """Whether it has ever followed any digits."""
        return self._goal is not None

    @property
    def moves(self) -> bool:
        """Whether it is on its way."""
        return self.fitted and self.is_set and not np.array_equal(self._goal, self._seen)

    @property
    def _seen(self) -> np.ndarray:
        return np.stack([self.low, self.high])

    def follow(self, codes: np.ndarray) -> None:
        """Makes room for digits' codes (n, 2), if those have outgrown it, or do not fill it.

        Codes that are no finite numbers have no place, and need no room.
        """
        low, high = extent_of(codes)
        if self._goal is not None:
            kept_low, kept_high = self._goal
            kept = kept_high - kept_low
            room = EDGE * kept
            inside = (low >= kept_low + room).all() and (high <= kept_high - room).all()
            if inside and (high - low >= SHRUNK * kept / (1 + 2 * MARGIN)).all():
                return
        room = MARGIN * (high - low)
        is_first = self._goal is None
        self._goal = np.stack([low - room, high + room])
        if is_first:
            self._show(*self._goal)

    def glide(self, seconds: float) -> None:
        """Comes closer to where it is to be; at once where the time is infinite."""
        if not self.moves:
            return
        rest = math.exp(-seconds / GLIDE_S)
        seen = self._goal + rest * (self._seen - self._goal)
        size = self._goal[1] - self._goal[0]
        arrived = (np.abs(seen - self._goal) <= ARRIVED * size).all()
        self._show(*(self._goal if arrived else seen))

    def fit(self) -> None:
        """Follows the digits again."""
        self.fitted = True
        self.changes += 1

    def zoom(self, factor: float, position: ArrayLike = (0.5, 0.5)) -> None:
        """Looks so many times as close; what lies at a position stays there.

        Where all digits would be seen again it follows them again.
        """
        size, whole = self.high - self.low, self._whole
        size_then = np.maximum(size / factor, CLOSEST * whole)
        if factor < 1 and (size_then >= whole).all():
            self.fit()
            return
        at = np.asarray(position, float)
        low = self.low + at * (size - size_then)
        self.fitted = False
        self._show(low, low + size_then)

    def pan(self, shift: ArrayLike) -> None:
        """Moves what is seen by a share of the map, to the right and upward."""
        way = np.asarray(shift, float) * (self.high - self.low)
        self.fitted = False
        self._show(self.low - way, self.high - way)

    def positions_of(self, codes: ArrayLike) -> np.ndarray:
        """Where codes (..., 2) lie, float64; what is no finite number lies in the middle."""
        codes = np.asarray(codes, float)
        positions = (codes - self.low) / (self.high - self.low)
        return np.where(np.isfinite(positions), positions, 0.5)

    def codes_at(self, positions: ArrayLike) -> np.ndarray:
        """The codes that lie at positions (..., 2): the inverse of `positions_of`."""
        return self.low + np.asarray(positions, float) * (self.high - self.low)

    @property
    def _whole(self) -> np.ndarray:
        """The size of the window around all digits."""
        low, high = self._seen if self._goal is None else self._goal
        return high - low

    def _show(self, low: np.ndarray, high: np.ndarray) -> None:
        self.low, self.high = low.astype(float), high.astype(float)
        self.changes += 1


def extent_of(codes: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The lowest and the highest of codes (n, 2), each (2,), apart even where all are the same."""
    low, high = np.zeros(2), np.zeros(2)
    for axis in range(2):
        finite = codes[np.isfinite(codes[:, axis]), axis].astype(float)
        if len(finite):
            low[axis], high[axis] = finite.min(), finite.max()
    middle = (low + high) / 2
    least = EVEN * np.abs(middle)
    half = np.where(high - low > least, (high - low) / 2, np.maximum(least, 0.5))
    return middle - half, middle + half
