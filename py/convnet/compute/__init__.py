"""What carries out the numeric operations that layers and update rules call.

    operations = best_backend()
    operations.affine(x, filters, biases, out=out)
    print(operations.name, operations.reason)

A backend is a `NumPy`, or something that does a part of the operations faster and leaves the rest
to it. Who computes is given one.
"""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.typing import DTypeLike

from convnet.compute.backend import NumPy
from convnet.compute.loading import load
from convnet.compute.reproducible import Reproducible
from convnet.compute.rules import Gradient, Outcome
from convnet.compute.simd import Kernels

__all__ = ["Gradient", "Kernels", "NumPy", "Outcome", "Reproducible", "best_backend"]


def best_backend(dtype: DTypeLike = np.float32) -> NumPy:
    """The fastest that there is for numbers of a type: the same one whenever it is asked for."""
    return _fastest(np.dtype(dtype))


@cache
def _fastest(dtype: np.dtype) -> NumPy:
    if dtype != np.float32:
        return NumPy(f"the SIMD kernels are not made for {dtype}")
    try:
        return Kernels(load())
    except ImportError as error:
        return NumPy(f"the SIMD kernels cannot be used: {error}")
