"""A code in numbers: what the first neurons of a layer say, one below the other."""

from __future__ import annotations

import numpy as np
from pyodide.ffi import JsProxy

from autoencoder.page import Text, make
from autoencoder.views.numbers import NOTHING, compact

MOST_NUMBERS = 3
"""So many neurons' firings are written out."""


class CodeNumbers:
    """A list of numbers that says how many more there are.

    Args:
        target: the list's element.
    """

    def __init__(self, target: JsProxy) -> None:
        self._list = target
        self._count: int | None = None
        self._numbers: list[Text] = []

    def make_room(self, count: int) -> None:
        """Makes room for the code of so many neurons."""
        if count == self._count:
            return
        self._count = count
        items = [make("li", NOTHING) for _ in range(min(count, MOST_NUMBERS))]
        self._numbers = [Text(item) for item in items]
        if count > MOST_NUMBERS:
            items.append(make("li", f"+ {count - MOST_NUMBERS:,} more"))
        self._list.replaceChildren(*items)

    def show(self, code: np.ndarray) -> None:
        """Shows a code (count,)."""
        for number, firing in zip(self._numbers, code, strict=False):
            number.show(compact(float(firing)), float(firing))

    def clear(self) -> None:
        """Shows that there is none."""
        for number in self._numbers:
            number.show(NOTHING)
