"""The numeric operations that layers call, and the choice of who carries them out.

    operations = compute.operations(np.dtype(np.float32))
    operations.affine(x, filters, biases, out=out)
    print(compute.backend())  # SIMD kernels (compiled code, …)

Every implementation offers the functions of `reference`, which is plain NumPy
and the specification of all of them. In a browser, SIMD kernels take over what
they can do in float32. The choice is made once, when it is first asked for.
"""

from __future__ import annotations

import importlib
from dataclasses import dataclass
from types import ModuleType
from typing import Literal

import numpy as np

from convnet.compute import reference

NUMPY_RATE = 0.7e9
SIMD_RATE = 5e9


@dataclass(frozen=True, slots=True)
class Backend:
    """Who carries out operations in float32; in float64 it is always NumPy.

    Attributes:
        name: "SIMD kernels" or "NumPy".
        reason: why it is that one.
        operations: its functions.
        rate: multiplications with an addition that it does in a second in a browser, roughly.
    """

    name: str
    reason: str
    operations: ModuleType
    rate: float

    def __str__(self) -> str:
        return f"{self.name} ({self.reason})"


_backend: Backend | None = None


def operations(dtype: np.dtype) -> ModuleType:
    """The fastest implementation there is for numbers of a type (float32 or float64)."""
    return backend().operations if dtype == np.float32 else reference


def backend() -> Backend:
    """What was chosen, and why."""
    return _backend or use("simd")


def use(name: Literal["simd", "numpy"]) -> Backend:
    """Makes the choice for all networks that are made from now on, and tells what it is now.

    Where the kernels cannot be used it is NumPy in any case.
    """
    global _backend
    _backend = (
        _simd() if name == "simd" else Backend("NumPy", "as was asked for", reference, NUMPY_RATE)
    )
    return _backend


def _simd() -> Backend:
    try:
        simd = importlib.import_module("convnet.compute.simd")
    except ImportError as error:
        reason = f"the SIMD kernels cannot be used: {error}"
        return Backend("NumPy", reason, reference, NUMPY_RATE)
    return Backend("SIMD kernels", "compiled code, several numbers at a time", simd, SIMD_RATE)
