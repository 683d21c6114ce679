"""The map: digits at the firings of two neurons, bordered in their class's colour."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from pyodide.ffi import JsProxy

from autoencoder.page import Text, element, make
from autoencoder.views.canvas import Canvas
from autoencoder.views.numbers import NOTHING, fixed
from autoencoder.views.pace import Pace
from autoencoder.views.palette import CLASS_COLOURS, CLASS_PIXELS
from autoencoder.views.pictures import bordered, scatter, shade, spread
from autoencoder.views.view import View

if TYPE_CHECKING:
    from autoencoder.session import Session

SIZE = 640
BORDER = 2
MARGIN = 4
"""Pixels around a digit that MNIST leaves empty: without them, fewer tiles cover one another."""
PERIOD_MS = 300


class EmbeddingView(View):
    """The map, its axes and its legend.

    A network too slow to place all digits in a frame places some of them each time it is drawn,
    which it then wants to be the more often.
    """

    period_ms = PERIOD_MS

    def __init__(self, session: Session) -> None:
        super().__init__(element("embedding"))
        self._canvas = Canvas(element("embedding"))
        digits = shade(session.map_images.reshape(-1, 28, 28), 0, 1)
        digits = digits[:, MARGIN:-MARGIN, MARGIN:-MARGIN]
        self._tiles = bordered(digits, CLASS_PIXELS[session.map_labels], BORDER)
        self._codes = np.zeros((len(digits), 2), np.float32)
        self._choice: tuple | None = None
        self._axes = [Axis(element("map-across")), Axis(element("map-upward"))]
        self._pace = Pace()
        for digit, colour in enumerate(CLASS_COLOURS):
            item = make("li", str(digit))
            item.style.borderColor = colour
            element("legend").append(item)

    def draw(self, session: Session) -> None:
        """Places the next digits by what the chosen neurons say of them now; then shows all."""
        choice = session.generation, session.map_layer, *session.map_neurons
        if choice != self._choice:
            self._choice = choice
            self._placed = 0
            self._canvas.clear()
            for axis in self._axes:
                axis.show(NOTHING, NOTHING, NOTHING)
        if self._placed == 0:
            self._begun = session.changes
        count = len(self._codes)
        self.period_ms = PERIOD_MS * min(1, session.stretch / count)
        self._place(session, session.stretch)
        if self._placed >= count:
            self._show(session)
        self.unfinished = self._placed > 0 or self._begun != session.changes

    def print(self, session: Session) -> None:
        """Places all digits at once."""
        self._choice = None
        self.draw(session)
        while self._placed:
            self.draw(session)

    def _place(self, session: Session, count: int) -> None:
        part = slice(self._placed, self._placed + count)
        self._codes[part] = session.map_codes(part)
        if session.map_depth == 1:  # a second neuron, which there is not, would say the same
            self._codes[part, 1] = session.map_labels[part]
        self._placed = part.stop

    def _show(self, session: Session) -> None:
        self._placed = 0
        self._canvas.show(scatter(self._tiles, spread(self._codes), SIZE))
        if self._pace.is_due((self._choice, session.paused)):
            (low, bottom), (high, top) = self._codes.min(axis=0), self._codes.max(axis=0)
            across, upward = session.map_neurons
            self._axes[0].show(f"neuron {across}", fixed(low, 2), fixed(high, 2))
            if session.map_depth == 1:
                self._axes[1].show("class", f"{bottom:.0f}", f"{top:.0f}")
            else:
                self._axes[1].show(f"neuron {upward}", fixed(bottom, 2), fixed(top, 2))


class Axis:
    """What a side of the map stands for: its lowest value, its name, its highest.

    Args:
        target: the element for them.
    """

    def __init__(self, target: JsProxy) -> None:
        parts = [make("span") for _ in range(3)]
        target.append(*parts)
        self._texts = [Text(part) for part in parts]

    def show(self, name: str, low: str, high: str) -> None:
        """Names the axis and its ends."""
        for text, words in zip(self._texts, (low, name, high), strict=True):
            text.show(words)
