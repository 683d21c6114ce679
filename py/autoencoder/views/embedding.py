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
from autoencoder.views.pictures import bordered, enlarge, scatter, shade, trimmed
from autoencoder.views.view import View

if TYPE_CHECKING:
    from autoencoder.digit_map import DigitMap
    from autoencoder.session import Session

SIZE = 640
BORDER = 2
PERIOD_MS = 300


class EmbeddingView(View):
    """The map, its axes and its legend.

    A network too slow to place all digits in a frame places some of them each time it is drawn,
    which it then wants to be the more often.
    """

    period_ms = PERIOD_MS

    def __init__(self) -> None:
        super().__init__(element("embedding"))
        self._canvas = Canvas(element("embedding"))
        self._axes = [Axis(element("map-across")), Axis(element("map-upward"))]
        for digit, colour in enumerate(CLASS_COLOURS):
            item = make("li", str(digit))
            item.style.borderColor = colour
            element("legend").append(item)

    def renew(self, session: Session) -> None:
        """Makes the tiles of the digits that are on the map now."""
        digit_map = session.digit_map
        digits = shade(trimmed(digit_map.pixels.reshape(-1, *session.run.shape)), 0, 1)
        self._tiles = bordered(digits, CLASS_PIXELS[digit_map.labels], BORDER)
        self._clear()

    def draw(self, session: Session) -> None:
        """Places the next digits by what the chosen neurons say of them now; then shows all."""
        digit_map = session.digit_map
        if digit_map.positions is None:
            self._clear()
        if digit_map.placed == 0:
            self._begun = session.changes
        self.period_ms = PERIOD_MS * min(1, session.run.stretch / len(self._tiles))
        if digit_map.place_next(session.run.stretch):
            self._show(digit_map, session.paused)
        self.unfinished = digit_map.placed > 0 or self._begun != session.changes

    def centre(self, place: np.ndarray) -> np.ndarray:
        """Where the middle of a digit's tile is on the canvas, whose place on the map is (2,).

        Both are shares, to the right and upward.
        """
        _, height, width = self._tiles.shape
        tile = np.array([width, height]) / SIZE
        return tile / 2 + place * (1 - tile)

    def enlarged(self, session: Session, scale: int) -> np.ndarray:
        """The map as it is seen, drawn anew so many times as large: uint32 (height, width)."""
        if session.digit_map.positions is None:
            return np.zeros((SIZE, SIZE), np.uint32)
        return scatter(enlarge(self._tiles, scale), session.digit_map.positions, scale * SIZE)

    def print(self, session: Session) -> None:
        """Places all digits."""
        self.draw(session)
        while session.digit_map.placed:
            self.draw(session)

    def _clear(self) -> None:
        self._canvas.clear()
        self._pace = Pace()
        for axis in self._axes:
            axis.show(NOTHING, NOTHING, NOTHING)

    def _show(self, digit_map: DigitMap, paused: bool) -> None:
        self._canvas.show(scatter(self._tiles, digit_map.positions, SIZE))
        if self._pace.is_due((digit_map.layer, digit_map.neurons, paused)):
            (low, bottom), (high, top) = digit_map.extent
            across, upward = digit_map.neurons
            self._axes[0].show(f"neuron {across}", fixed(low, 2), fixed(high, 2))
            if digit_map.depth == 1:
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
