"""Arithmetic on the numbers of a definition, bounded in size and so in time.

    calculate("*", 28, 28)  # 784

Numbers stay where a float64 holds every whole number, so that Python and JavaScript
agree on them; a whole number is an int, however it was written or computed. Operators
on bits are JavaScript's: on whole numbers of 32 bits, into which others are cut.
"""

from __future__ import annotations

import math
import operator
from collections.abc import Callable

MAX_NUMBER = 1e15


def _power(base: float, exponent: float) -> float:
    # In float64: 9**9**9 fails at once, where Python's integers would fill the memory.
    try:
        return math.pow(base, exponent)
    except (OverflowError, ValueError):
        return math.nan


def _signed(number: float) -> int:
    """The last 32 bits of a number's whole part, the first of them as its sign."""
    return (math.trunc(number) + 2**31) % 2**32 - 2**31


def _on_bits(operation: Callable[[int, int], int]) -> Callable[[float, float], int]:
    return lambda left, right: _signed(operation(_signed(left), _signed(right)))


_OPERATIONS = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": operator.truediv,
    "//": operator.floordiv,
    "%": operator.mod,
    "**": _power,
    "|": _on_bits(operator.or_),
    "^": _on_bits(operator.xor),
    "&": _on_bits(operator.and_),
    "<<": _on_bits(lambda left, right: left << right % 32),
    ">>": _on_bits(lambda left, right: left >> right % 32),
    ">>>": lambda left, right: _signed(left) % 2**32 >> _signed(right) % 32,
}


def bounded(number: float) -> int | float:
    """The same number, as an int where it is whole.

    Raises:
        ValueError: it is not a real number of at most `MAX_NUMBER` in size.
    """
    if not abs(number) <= MAX_NUMBER:  # "not", since NaN compares false
        raise ValueError(
            "expected a number from -1e15 to 1e15, but this one is larger or undefined."
        )
    return int(number) if number == int(number) else number


def calculate(symbol: str, left: float, right: float) -> int | float:
    """The result of the binary operator `symbol`, one of + - * / // % ** | ^ & << >> and >>>.

    Raises:
        ValueError: there is no such number, or it is out of bounds.
    """
    if right == 0 and symbol in ("/", "//", "%"):
        raise ValueError(f'expected a divisor other than 0 after "{symbol}".')
    if symbol == "%" and (left < 0 or right < 0):
        raise ValueError(
            'expected positive numbers around "%", since Python and JavaScript differ on others.'
        )
    return bounded(_OPERATIONS[symbol](left, right))


def inverted(number: float) -> int:
    """~number, with all of its 32 bits turned over."""
    return ~_signed(number)
