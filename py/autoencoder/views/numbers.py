"""Numbers as people read them, none wider than its place; what is no number is a dash.

fixed(18.803, 2)       18.80
fixed(1.2e35, 2)       1.2e35
rounded(69_447)        69,400
short(2_500_000)       2.5M
compact(-128.72)       -129
telling(-0.03119)      −0.0312
"""

from __future__ import annotations

import math

NOTHING = "–"
LARGE = 1e5
SMALL = 1e-3
LARGE_COUNT = 1e10
THREE_DIGITS = {9.995: 2, 99.95: 1, 999.5: 0}
"""How many decimal places make three digits, below which sizes."""
UNITS = {1e9: "G", 1e6: "M", 1e3: "k"}


def fixed(value: float | None, places: int) -> str:
    """With so many decimal places; a large one by its power of ten."""
    if value is None or not math.isfinite(value):
        return NOTHING
    if abs(value) < LARGE:
        return f"{value:,.{places}f}"
    return _power_of_ten(value)


def whole(count: int | None) -> str:
    """As a whole number with all its digits; an enormous one by its power of ten."""
    if count is None:
        return NOTHING
    return f"{count:,.0f}" if count < LARGE_COUNT else _power_of_ten(count)


def rounded(value: float | None, digits: int = 3) -> str:
    """As a whole number, of which only the first digits tell."""
    if value is None or not math.isfinite(value):
        return NOTHING
    return f"{float(f'{value:.{digits}g}'):,.0f}"


def compact(value: float) -> str:
    """With three digits, or by its power of ten: where there is room for few characters."""
    if not math.isfinite(value):
        return NOTHING
    for end, places in THREE_DIGITS.items():
        if abs(value) < end:
            return f"{value:.{places}f}"
    return _power_of_ten(value)


def telling(value: float) -> str:
    """With the three digits that tell, however small it is; a tiny one by its power of ten."""
    if not math.isfinite(value):
        return NOTHING
    size = abs(value)
    if size == 0:
        text = "0"
    elif SMALL <= size < LARGE:
        text = f"{value:,.{max(0, 2 - math.floor(math.log10(size)))}f}"
    else:
        text = _power_of_ten(value)
    return text.replace("-", "−")


def short(value: float) -> str:
    """As a mark on an axis, such as 0.25, 40, 200k or 2e34."""
    for size, unit in UNITS.items():
        if size <= abs(value) < 1e3 * size:
            return f"{value / size:g}{unit}"
    return f"{value:g}".replace("e+", "e")


def _power_of_ten(value: float) -> str:
    return f"{value:.1e}".replace("e+", "e")
