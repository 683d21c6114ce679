"""ConvNetJS's JSON as text, and its volumes: {"sx": 5, "sy": 5, "depth": 1, "w": [...]}.

A browser writes `w`, which is a Float64Array, as an object with index keys
({"0": 0.1, "1": 0.2}). Both that and a list are read; lists are written.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from itertools import accumulate
from typing import Any

import numpy as np

from convnet.errors import ConvNetError
from convnet.fields import Fields, shown

NEITHER_QUOTES_NOR_BRACKETS = bytes(set(range(256)) - set(b'"[]{}'))

MAX_NESTING = 50
"""Brackets within brackets in JSON. Python's parser takes some memory of the stack for each;
a browser's stack is small, and Pyodide does not survive its end."""


def parse_json(text: str) -> object:
    """A snapshot's text as Python objects.

    Raises:
        ConvNetError: it is not JSON; the message says where it stops being so.
    """
    if _nesting(text) > MAX_NESTING:
        raise ConvNetError(f"The snapshot is nested more than {MAX_NESTING} brackets deep.")
    try:
        return json.loads(text, parse_constant=_refuse_constant)
    except json.JSONDecodeError as error:
        raise ConvNetError(
            f"The snapshot is not JSON: line {error.lineno}, column {error.colno}: {error.msg}."
        ) from None
    except ConvNetError:
        raise
    except ValueError:
        raise ConvNetError("The snapshot holds a number with thousands of digits.") from None


def _nesting(text: str) -> int:
    """How deep brackets are nested in JSON, found without going down into them."""
    data = re.sub(rb"\\.", b"", text.encode(errors="replace"), flags=re.DOTALL)
    data = data.translate(None, delete=NEITHER_QUOTES_NOR_BRACKETS)
    brackets = re.sub(rb'"[^"]*"', b"", data)
    return max(accumulate(1 if bracket in b"[{" else -1 for bracket in brackets), default=0)


def _refuse_constant(name: str) -> None:
    raise ConvNetError(f"The snapshot holds {name} where a number should be.")


def write_volume(values: np.ndarray, shape: tuple[int, int, int]) -> dict[str, Any]:
    """A volume of a shape (sy, sx, depth), from its values in ConvNetJS's order."""
    sy, sx, depth = shape
    return {"sx": sx, "sy": sy, "depth": depth, "w": short_floats(values)}


def read_volume(volume: object, where: str, shape: tuple[int, int, int], out: np.ndarray) -> None:
    """Fills a one-dimensional array with the values of a volume of a shape (sy, sx, depth).

    Raises:
        ConvNetError: the volume has another shape, or its values are not all finite numbers.
    """
    fields = Fields(volume, where)
    for name, size in zip(("sy", "sx", "depth"), shape, strict=True):
        if name in fields and fields.values[name] != size:
            raise fields.error(name, str(size))
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
        raise ConvNetError(f"{where} must hold numbers only.")
    try:
        with np.errstate(over="ignore"):  # becomes infinite, which is refused below
            array = np.array(values, dtype=np.float64).astype(dtype)
    except OverflowError:
        array = np.array(np.inf)
    if not np.isfinite(array).all():
        raise ConvNetError(f"{where} must hold finite numbers of type {dtype} only.")
    return array


def short_floats(values: np.ndarray) -> list[float]:
    """Python floats whose decimal text is short and reads back as the same numbers.

    Nine significant digits tell every float32 from its neighbours, and often eight do: the
    float32 nearest to 0.1 becomes 0.1 and not 0.10000000149011612, which halves a file.
    """
    exact = values.astype(np.float64)
    if values.dtype == np.float64:
        return exact.tolist()
    eight = _round(exact, 8)
    return np.where(eight.astype(np.float32) == values, eight, _round(exact, 9)).tolist()


def _round(values: np.ndarray, digits: int) -> np.ndarray:
    """The float64 nearest to each value's so many significant decimal digits.

    Powers of ten above 22 are not exact, which makes the text of very small numbers longer, but
    no less right.
    """
    with np.errstate(divide="ignore"):
        magnitude = np.floor(np.log10(np.abs(values)))
    scale = 10.0 ** np.where(np.isfinite(magnitude), digits - 1 - magnitude, 0)
    return np.rint(values * scale) / scale


def _values_by_index(w: Mapping[str, Any], where: str) -> list[Any]:
    try:
        return [w[str(i)] for i in range(len(w))]
    except KeyError as missing:
        raise ConvNetError(f"{where}: w has no value with index {missing.args[0]}.") from None
