"""The digit that was touched on the map: what it is, what becomes of it, and its neighbours."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from pyodide.ffi import JsProxy

from autoencoder.digit_map import NEIGHBOURS
from autoencoder.page import Text, element, make
from autoencoder.views.canvas import Canvas
from autoencoder.views.mark import Mark
from autoencoder.views.numbers import NOTHING, compact, fixed
from autoencoder.views.palette import CLASS_COLOURS
from autoencoder.views.pictures import GREY, shade
from autoencoder.views.view import View
from convnet.minibatch import to_pixels

if TYPE_CHECKING:
    from autoencoder.session import Session


class PickedView(View):
    """The line `#picked` below the flow, and the marks on the map."""

    def __init__(self) -> None:
        self._panel = element("picked")
        super().__init__(self._panel)
        self._shows = False
        self._what = Text(element("picked-what"))
        self._code = Text(element("picked-code"))
        self._loss = Text(element("picked-loss"))
        self._redrawn = Canvas(element("picked-reconstruction"))
        self._itself = Canvas(element("picked-image"))
        self._mark = Mark(_add_mark("picked-mark"))
        self._neighbours = [Neighbour() for _ in range(NEIGHBOURS)]
        element("picked-neighbours").append(*(each.element for each in self._neighbours))

    def draw(self, session: Session) -> None:
        """Shows the digit by what the map's layer says of it, or that there is none."""
        digit_map = session.digit_map
        index, digits = digit_map.picked, session.test_digits
        if index is None and not self._shows:
            return
        self._shows = index is not None
        self._panel.hidden = index is None
        neighbours = digit_map.neighbours
        for rank, neighbour in enumerate(self._neighbours):
            near = neighbours is not None and rank < len(neighbours)
            neighbour.show(session, int(neighbours[rank]) if near else None)
        self._mark.put(digit_map.window, digit_map.picked_code)
        if index is None:
            return
        self._panel.setAttribute("data-index", str(index))
        self._panel.setAttribute("data-class", str(digits.labels[index]))
        self._what.show(f"Test digit {index:,}, a {digits.labels[index]}")
        self._itself.show(GREY[digits.images[index]])
        if digit_map.picked_code is None:
            self._code.show(NOTHING)
            self._loss.show(NOTHING)
            self._redrawn.clear()
            return
        self._code.show(", ".join(compact(float(number)) for number in digit_map.picked_code))
        error = np.subtract(
            digit_map.picked_output, to_pixels(digits.images[index][None])[0], dtype=float
        )
        loss = 0.5 * float(np.vecdot(error, error))
        self._loss.show(fixed(loss, 1), loss)
        self._redrawn.show(shade(digit_map.picked_output.reshape(session.run.shape), 0, 1))


class Neighbour:
    """One of the nearest digits: in the line, and its mark on the map.

    Attributes:
        element: its place in the line.
    """

    def __init__(self) -> None:
        canvas, label = make("canvas", aria_hidden="true"), make("span")
        self.element = make("li")
        self.element.append(canvas, label)
        self._canvas, self._label = Canvas(canvas), Text(label)
        self._mark = Mark(_add_mark("neighbour-mark"))

    def show(self, session: Session, index: int | None) -> None:
        """Shows a digit of the map, or none."""
        digit_map = session.digit_map
        self.element.hidden = index is None
        self._mark.put(digit_map.window, None if index is None else digit_map.codes[index])
        if index is not None:
            label = int(digit_map.labels[index])
            self.element.style.borderColor = CLASS_COLOURS[label]
            self._canvas.show(GREY[digit_map.images[index]])
            self._label.show(str(label), label)


def _add_mark(kind: str) -> JsProxy:
    mark = make("span", class_=kind, aria_hidden="true", hidden="")
    element("map-marks").append(mark)
    return mark
