"""What several tests of the engine use."""

from __future__ import annotations

import numpy as np
import pytest
from single_precision import operations

from convnet.compute import Kernels, NumPy

GUARD = np.float32(-1234.5)


class Guarded:
    """Arrays with guard values around them, between their rows too, that must never change."""

    def __init__(self) -> None:
        self.random = np.random.default_rng(1)
        self.stores = []

    def __call__(self, *shape, gap=0, values=None):
        """A float32 array with normally distributed values; of two dimensions, with gaps."""
        if gap:
            rows, columns = shape
            store = np.full(rows * (columns + gap) + 16, GUARD)
            inside = store[8:-8].reshape(rows, columns + gap)[:, :columns]
        else:
            size = int(np.prod(shape))
            store = np.full(size + 16, GUARD)
            inside = store[8 : 8 + size].reshape(shape)
        inside[...] = self.random.standard_normal(shape) if values is None else values
        touched = np.full(store.shape, False)
        offset = (inside.ctypes.data - store.ctypes.data) // 4 if inside.size else 0
        strides = [stride // 4 for stride in inside.strides]
        if inside.size:
            np.lib.stride_tricks.as_strided(
                touched[offset:], inside.shape, strides=strides, writeable=True
            )[...] = True
        self.stores.append((store, touched))
        return inside

    def check(self):
        for store, touched in self.stores:
            np.testing.assert_array_equal(store[~touched], GUARD)


@pytest.fixture
def guarded():
    arrays = Guarded()
    yield arrays
    arrays.check()


@pytest.fixture
def only_kernels(monkeypatch):
    """Lets the test fail where a kernel leaves to NumPy what it is made for."""
    if isinstance(operations, Kernels):
        for name in vars(Kernels):
            if name in vars(operations._kernels):
                monkeypatch.setattr(NumPy, name, _refuse(name))


def _refuse(name):
    method = getattr(NumPy, name)

    def refuse(self, *args, **named):
        if self is operations:
            pytest.fail(f"The kernel declined {name}.")
        return method(self, *args, **named)

    return refuse
