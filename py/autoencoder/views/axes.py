"""The map's axes: which neuron each stands for, and numbers along it."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from pyodide.ffi import JsProxy

from autoencoder.page import Text, element, make
from autoencoder.views.numbers import NOTHING

if TYPE_CHECKING:
    from autoencoder.digit_map import DigitMap

MOST_NUMBERS = 6
STEPS = (1, 2, 5, 10)
NAME_FROM = 0.74
"""From here on an axis is taken by its name, and has no numbers."""


class Axes:
    """Both axes."""

    def __init__(self) -> None:
        self._across = Axis(element("map-across"))
        self._upward = Axis(element("map-upward"))

    def clear(self) -> None:
        """Shows none."""
        for axis in (self._across, self._upward):
            axis.show(NOTHING, 0, 0)

    def draw(self, digit_map: DigitMap) -> None:
        """Shows what is seen of the plane of codes."""
        (left, bottom), (right, top) = digit_map.window.low, digit_map.window.high
        across, upward = digit_map.neurons
        self._across.show(f"neuron {across}", left, right)
        self._upward.show("class" if digit_map.depth == 1 else f"neuron {upward}", bottom, top)


class Axis:
    """One axis: its name at its end, and before it round numbers at their places.

    Args:
        target: the element for them.
    """

    def __init__(self, target: JsProxy) -> None:
        self._target = target
        self._numbers: list[tuple[JsProxy, Text]] = []
        self._shown: tuple[str, float, float] | None = None
        name = make("span", class_="name")
        target.append(name)
        self._name = Text(name)

    def show(self, name: str, low: float, high: float) -> None:
        """Shows the axis from one number to another; without numbers where both are the same."""
        if (name, low, high) == self._shown:
            return
        self._shown = name, low, high
        self._target.dataset.low, self._target.dataset.high = str(low), str(high)
        self._name.show(name)
        marks = round_numbers(low, low + NAME_FROM * (high - low))
        while len(self._numbers) < len(marks):
            mark = make("span", class_="number")
            self._target.append(mark)
            self._numbers.append((mark, Text(mark)))
        for index, (mark, text) in enumerate(self._numbers):
            mark.hidden = index >= len(marks)
            if index < len(marks):
                text.show(marks[index][1], marks[index][0])
                mark.style.setProperty("--at", f"{(marks[index][0] - low) / (high - low):.2%}")


def round_numbers(low: float, high: float) -> list[tuple[float, str]]:
    """A few round numbers from one to another, equally far apart, and how they are written."""
    span = high - low
    if not (span > 0 and math.isfinite(span)):
        return []
    power = 10.0 ** math.floor(math.log10(span / MOST_NUMBERS))
    step = next(power * each for each in STEPS if span / (power * each) <= MOST_NUMBERS)
    first, last = math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9)
    places = max(0, -math.floor(math.log10(step) + 1e-9))
    large = max(abs(low), abs(high)) >= 1e5 or places > 6
    return [
        (n * step, f"{n * step:.1e}" if large else f"{n * step:,.{places}f}")
        for n in range(first, last + 1)
    ]
