"""ConvNetJS's volumes in JSON: {"sx": 5, "sy": 5, "depth": 1, "w": [...]}.

A browser writes `w`, which is a Float64Array, as an object with index keys
({"0": 0.1, "1": 0.2}). Both that and a list are read; lists are written.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from convnet.errors import ConvNetError
from convnet.fields import Fields, shown


def write_volume(values: np.ndarray, shape: tuple[int, int, int]) -> dict[str, Any]:
    """A volume of a shape (sy, sx, depth), with a copy of its values in ConvNetJS's order."""
    sy, sx, depth = shape
    return {"sx": sx, "sy": sy, "depth": depth, "w": values.copy()}


def read_volume(volume: object, where: str, shape: tuple[int, int, int], out: np.ndarray) -> None:
    """Fills a one-dimensional array with the values of a volume of a shape (sy, sx, depth).

    Raises:
        ConvNetError: the volume has another shape, or its values are not all finite numbers.
    """
    fields = Fields(volume, where)
    for name, size in zip(("sy", "sx", "depth"), shape, strict=True):
        fields.check_equal(name, size, str(size))
    w = fields.anything("w", "a list of numbers")
    if isinstance(w, Mapping):
        w = _values_by_index(w, where)
    if not isinstance(w, list | tuple):
        raise ConvNetError(f"{where}: w must be a list of numbers, but it is {shown(w)}.")
    out[...] = read_numbers(w, f"{where}: w", len(out), out.dtype)


def read_numbers(values: list[Any] | tuple, where: str, size: int, dtype: np.dtype) -> np.ndarray:
    """A list as an array.

    Raises:
        ConvNetError: it is not `size` long, or its values are not all numbers that dtype can hold.
    """
    if len(values) != size:
        raise ConvNetError(f"{where} must hold {size} numbers, but it holds {len(values)}.")
    if not set(map(type, values)) <= {int, float}:
        at, wrong = next((i, v) for i, v in enumerate(values) if type(v) not in (int, float))
        raise ConvNetError(f"{where} must hold numbers only, but value {at} is {shown(wrong)}.")
    try:
        with np.errstate(over="ignore"):  # becomes infinite, which is refused below
            array = np.array(values, dtype=np.float64).astype(dtype)
    except OverflowError:
        array = np.array(np.inf)
    if not np.isfinite(array).all():
        at = int(np.argmin(np.isfinite(array))) if array.ndim else 0
        raise ConvNetError(
            f"{where} must hold finite numbers of type {dtype} only, but value {at} is "
            f"{shown(values[at])}."
        )
    return array


def _values_by_index(w: Mapping[str, Any], where: str) -> list[Any]:
    try:
        return [w[str(i)] for i in range(len(w))]
    except KeyError as missing:
        raise ConvNetError(f"{where}: w has no value with index {missing.args[0]}.") from None
