"""The functions that a definition may call: pure ones, of numbers and what can be read as one.

    call("Math.floor", [3.5])  # 3
    CONSTANTS["Math.PI"]

Each goes by JavaScript's or by Python's name for it, and does what it does there.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Sequence

from convnet.definition.arithmetic import bounded, calculate


def _round_half_up(number: float) -> int:
    """JavaScript's rounding, where Python's goes to the even neighbour."""
    below = math.floor(number)
    return below + (number - below >= 0.5)


def _sign(number: float) -> int:
    return (number > 0) - (number < 0)


def _cube_root(number: float) -> float:
    root = math.copysign(abs(number) ** (1 / 3), number)
    return float(round(root)) if round(root) ** 3 == number else root


def _power(base: float, exponent: float) -> float:
    return calculate("**", base, exponent)


class RadixError(ValueError):
    """What is asked of parseInt is no decimal number."""


def _beginning(pattern: str, value: object) -> str:
    """What a text begins with; a number as it stands."""
    match = re.match(rf"\s*+({pattern})", str(value))
    if isinstance(value, bool) or not match:
        raise ValueError
    return match[1]


def _parse_int(value: object, radix: object = 10) -> int:
    if radix != 10:
        raise RadixError("expected the radix 10 of parseInt(…), but found another.")
    if isinstance(value, float):
        return math.trunc(value)
    return int(_beginning(r"[+-]?[0-9]++", value))


def _parse_float(value: object) -> float:
    if isinstance(value, float):
        return value
    return float(_beginning(r"[+-]?(?:[0-9]++\.?[0-9]*+|\.[0-9]++)(?:[eE][+-]?[0-9]++)?", value))


def _whole_number(value: object) -> int:
    if isinstance(value, str) and not re.fullmatch(r"\s*[+-]?[0-9]++\s*", value):
        raise ValueError
    return int(value)


def _number(value: object) -> float:
    if isinstance(value, str) and re.search(r"[^0-9eE+.\s-]", value):
        raise ValueError
    return float(value)


_OF_ONE: dict[str, Callable[[float], float]] = {
    **{f"Math.{name}": getattr(math, name) for name in ("floor", "ceil", "trunc", "sqrt")},
    **{f"Math.{name}": getattr(math, name) for name in ("exp", "expm1", "log", "log1p", "log2")},
    **{f"Math.{name}": getattr(math, name) for name in ("log10", "sin", "cos", "tan", "asin")},
    **{f"Math.{name}": getattr(math, name) for name in ("acos", "atan", "sinh", "cosh", "tanh")},
    **{f"Math.{name}": getattr(math, name) for name in ("asinh", "acosh", "atanh")},
    **{f"math.{name}": getattr(math, name) for name in ("floor", "ceil", "trunc", "sqrt", "fabs")},
    **{f"math.{name}": getattr(math, name) for name in ("exp", "log", "log2", "log10", "log1p")},
    "Math.abs": abs,
    "Math.cbrt": _cube_root,
    "Math.round": _round_half_up,
    "Math.sign": _sign,
    "abs": abs,
    "round": round,
}
_OF_TWO: dict[str, Callable[[float, float], float]] = {
    "Math.pow": _power,
    "Math.atan2": math.atan2,
    "math.pow": _power,
    "pow": _power,
}
_OF_SEVERAL: dict[str, Callable[..., float]] = {
    "Math.max": max,
    "Math.min": min,
    "Math.hypot": math.hypot,
    "max": max,
    "min": min,
}
_READING: dict[str, Callable[..., float]] = {
    "parseInt": _parse_int,
    "parseFloat": _parse_float,
    "Number.parseInt": _parse_int,
    "Number.parseFloat": _parse_float,
    "Number": _number,
    "int": _whole_number,
    "float": _number,
    "len": len,
}
"""Those that take something else than numbers too."""

FUNCTIONS = frozenset([*_OF_ONE, *_OF_TWO, *_OF_SEVERAL, *_READING])

CONSTANTS: dict[str, float] = {
    "Math.PI": math.pi,
    "Math.E": math.e,
    "Math.LN2": math.log(2),
    "Math.LN10": math.log(10),
    "Math.LOG2E": 1 / math.log(2),
    "Math.LOG10E": 1 / math.log(10),
    "Math.SQRT2": math.sqrt(2),
    "Math.SQRT1_2": math.sqrt(0.5),
    "math.pi": math.pi,
    "math.e": math.e,
}


def call(name: str, arguments: Sequence[object]) -> int | float:
    """What the function `name`, one of `FUNCTIONS`, makes of its arguments.

    Raises:
        ValueError: it makes no number of them, or one out of bounds.
    """
    function, fewest, most = _signature(name)
    if not fewest <= len(arguments) <= most:
        expected = "one value" if most == 1 else f"{fewest} values" if most == fewest else "values"
        raise ValueError(f"expected {expected} in {name}(…), but found {len(arguments)}.")
    if name not in _READING and not all(map(_is_number, arguments)):
        raise ValueError(f"expected numbers in {name}(…), but found something else.")
    try:
        number = function(*arguments)
    except RadixError:
        raise
    except (ArithmeticError, TypeError, ValueError):
        raise ValueError(
            f"expected {name}(…) to make a number, but it makes none of this."
        ) from None
    return bounded(number)


def _signature(name: str) -> tuple[Callable[..., float], int, int]:
    """A function, and the fewest and most arguments that it takes."""
    if name in _OF_ONE:
        return _OF_ONE[name], 1, 1
    if name in _OF_TWO:
        return _OF_TWO[name], 2, 2
    if name in _OF_SEVERAL:
        return _OF_SEVERAL[name], 1, 1_000
    return _READING[name], 1, 2 if _READING[name] is _parse_int else 1


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
