"""What computes in float32, and how it is compared with NumPy in float64."""

from __future__ import annotations

import numpy as np

from convnet.compute import NumPy, best_backend

operations, wide = best_backend(), NumPy()

LENGTHS = (0, 1, 2, 3, 4, 5, 7, 8, 50, 784, 1023, 1024, 1025, 2500)


def doubled(*arrays):
    return [array.astype(np.float64) for array in arrays]


def assert_close(result, expected, tolerance=1e-5):
    """Compares arrays by the norm of their difference."""
    assert np.linalg.norm(result - expected) <= tolerance * np.linalg.norm(expected) + 1e-30
