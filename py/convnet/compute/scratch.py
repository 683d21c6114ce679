"""Room for intermediate results."""

from __future__ import annotations

import math

import numpy as np


class Scratch:
    """Arrays for intermediate results, in memory that is kept: operations soon take none anew."""

    def __init__(self) -> None:
        self._stores: dict[tuple[str, np.dtype], np.ndarray] = {}

    def scratch(self, role: str, shape: tuple[int, ...], dtype: np.dtype) -> np.ndarray:
        """An array with anything in it; those of one role and type share their memory.

        Args:
            role: what an operation needs it for.
            shape: its shape.
            dtype: its type.
        """
        size = math.prod(shape)
        store = self._stores.get((role, dtype))
        if store is None or len(store) < size:
            self._stores[role, dtype] = store = np.empty(size, dtype)
        return store[:size].reshape(shape)
