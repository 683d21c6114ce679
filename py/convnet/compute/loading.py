"""Loads the kernels into the memory that NumPy's arrays live in.

library = load()
library.scratch_size()
"""

from __future__ import annotations

import ctypes
import sys
from ctypes import c_void_p, py_object
from pathlib import Path

import numpy as np

MODULES = ("kernels_fma.wasm", "kernels.wasm")
"""What is tried, in this order: not every browser knows the first one's instructions."""


FOLDER = Path(__file__).parent


def load(folder: Path = FOLDER) -> ctypes.CDLL:
    """The kernels, once they have shown that they see arrays as they are.

    Raises:
        ImportError: they cannot be used; the message says why, for each module.
    """
    if sys.platform != "emscripten":
        raise ImportError("they are WebAssembly, and this is not a browser")
    reasons = []
    for name in MODULES:
        try:
            return load_module(folder / name)
        except ImportError as error:
            reasons.append(str(error))
    raise ImportError("; ".join(reasons))


def load_module(path: Path) -> ctypes.CDLL:
    """One module, checked likewise."""
    if not path.exists():
        raise ImportError(f"{path.name} is missing")
    try:
        library = ctypes.CDLL(str(path))
        example = np.zeros((2, 3), np.float32)
        numbers = np.float32, np.float64, np.int32, np.uint8
        types = np.ndarray, *map(np.dtype, numbers)
        library.sees_array.argtypes = [py_object, c_void_p, *[py_object] * len(types)]
        sees_array = library.sees_array(example, example.ctypes.data, *types)
    except Exception as error:  # whatever the browser has against it
        reason = str(error).splitlines()[-1]
        raise ImportError(f"{path.name} could not be loaded ({reason})") from error
    if not sees_array:
        raise ImportError(f"{path.name} does not know this NumPy's arrays")
    return library
