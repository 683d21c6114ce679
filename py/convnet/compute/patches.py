"""Operations on windows that slide over volumes, and on the channels of one pixel.

A `windows` array is a view (n, oy, ox, sy, sx, depth) of a padded minibatch: for
each output pixel the window that it sees. Windows may overlap in memory.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np


class Patches:
    """Windows, and choosing among channels."""

    def gather_windows(self, windows: np.ndarray, out: np.ndarray) -> None:
        """Copies windows into an array of the same shape, where they no longer overlap."""
        np.copyto(out, windows)

    def scatter_windows(self, patches: np.ndarray, windows: np.ndarray) -> None:
        """Adds patches to the windows that they came from: the gradient of `gather_windows`.

        Args:
            patches: (n, oy, ox, sy, sx, depth).
            windows: a view of the same shape, to which they are added.
        """
        _, _, ox, sy, _, _ = patches.shape
        # One row of windows in one column of outputs: no two of its elements share memory.
        for x in range(ox):
            for row in range(sy):
                windows[:, :, x, row] += patches[:, :, x, row]

    def greatest(
        self,
        candidates: Sequence[np.ndarray],
        out: np.ndarray,
        chosen: np.ndarray,
        mask: np.ndarray,
    ) -> None:
        """The greatest of several arrays, element by element; of equal ones the first.

        Args:
            candidates: arrays of one shape.
            out: of that shape, receives the greatest values.
            chosen: of that shape, whole numbers, receives the indices of their candidates.
            mask: of that shape, boolean, overwritten.
        """
        np.copyto(out, candidates[0])
        chosen[...] = 0
        for i, candidate in enumerate(candidates[1:], 1):
            np.greater(candidate, out, out=mask)
            np.copyto(out, candidate, where=mask)
            np.copyto(chosen, i, where=mask)

    def add_to_chosen(
        self,
        gradient: np.ndarray,
        chosen: np.ndarray,
        mask: np.ndarray,
        candidates: Sequence[np.ndarray],
    ) -> None:
        """Adds each element to the candidate that was the greatest: the gradient of `greatest`.

        Args:
            gradient: what to add.
            chosen: of that shape, from `greatest`.
            mask: of that shape, boolean, overwritten.
            candidates: arrays of that shape, added to.
        """
        for i, candidate in enumerate(candidates):
            np.equal(chosen, i, out=mask)
            np.add(candidate, gradient, out=candidate, where=mask)

    def sum_over_neighbours(self, x: np.ndarray, reach: int, out: np.ndarray) -> None:
        """Sums of each channel and its neighbours within reach, pixel by pixel.

        Args:
            x: (..., depth).
            reach: how many channels to either side count.
            out: of x's shape.
        """
        np.copyto(out, x)
        for offset in range(1, min(reach, x.shape[-1] - 1) + 1):
            out[..., offset:] += x[..., :-offset]
            out[..., :-offset] += x[..., offset:]
