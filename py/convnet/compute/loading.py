"""Loads the kernels into the memory that NumPy's arrays live in.

kernels = load()
kernels.tanh(x, out)
"""

from __future__ import annotations

import hashlib
import sys
from importlib.machinery import ExtensionFileLoader
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType

import numpy as np

MODULES = {
    "kernels_fma.wasm": "a7837af35950ae1a35256820cac1c79f7cc2e9b2c573cc48a02fd3c5ef85b376",
    "kernels.wasm": "b7e0c308f92666a10b73654cc2b548cfd2ad1391cc09b90700b932d4ec2253b8",
}
"""What is tried, in this order, and the SHA-256 of each: not every browser knows the first one's
instructions."""

FOLDER = Path(__file__).parent


def load(folder: Path = FOLDER) -> ModuleType:
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


def load_module(path: Path) -> ModuleType:
    """One of the modules, checked likewise."""
    try:
        digest = hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError:
        raise ImportError(f"{path.name} is missing") from None
    if digest != MODULES[path.name]:
        raise ImportError(f"{path.name} is not the file it should be: its SHA-256 differs")
    try:
        loader = ExtensionFileLoader("kernels", str(path))
        kernels = module_from_spec(spec_from_file_location("kernels", path, loader=loader))
        loader.exec_module(kernels)
        example = np.zeros((2, 3), np.float32)
        types = np.ndarray, *map(np.dtype, (np.float32, np.float64, np.int32, np.uint8))
        sees_array = kernels.sees_array(example, *types, example.ctypes.data)
    except Exception as error:  # whatever the browser has against it
        reason = str(error).splitlines()[-1]
        raise ImportError(f"{path.name} could not be loaded ({reason})") from error
    if not sees_array:
        raise ImportError(f"{path.name} does not know this NumPy's arrays")
    return kernels
