"""What the visitor points at in a panel's pictures, by mouse, finger, pen or keyboard.

    pointing = Pointing(panel, lambda: figures)
    pointing.figure, pointing.figure.neuron

A line at the picture tells the value. Figures write that anew whenever they are drawn.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from pyodide.ffi import JsProxy, create_proxy

from autoencoder.views.figure import Figure
from autoencoder.views.layer_pictures import Place

ARROWS = {"ArrowLeft": (-1, 0), "ArrowRight": (1, 0), "ArrowUp": (0, -1), "ArrowDown": (0, 1)}


class Pointing:
    """Listens to pointers and arrow keys, for all pictures of a panel together.

    Args:
        panel: the element that holds them.
        figures: returns those that are there now.

    Attributes:
        figure: the one that something is pointed at in, if any.
    """

    def __init__(self, panel: JsProxy, figures: Callable[[], Sequence[Figure]]) -> None:
        self._figures = figures
        self.figure: Figure | None = None
        hear = {
            "pointermove": self._move,
            "pointerdown": self._move,
            "pointerleave": self._leave,
            "keydown": self._press,
            "focusout": self._blur,
        }
        for event, act in hear.items():
            panel.addEventListener(event, create_proxy(act))

    def point(self, figure: Figure | None, place: Place | None, aloud: bool = False) -> None:
        """Points at a value, or at none; what was pointed at before is no more."""
        if place is None:
            figure = None
        if self.figure and self.figure is not figure:
            self.figure.point_at(None)
        if figure and (figure is not self.figure or place != figure.place):
            figure.point_at(place, aloud)
        self.figure = figure

    def _move(self, event: JsProxy) -> None:
        figure = self._of(event)
        self.point(figure, figure and figure.place_under(event))

    def _leave(self, event: JsProxy) -> None:
        if event.pointerType != "touch":  # a finger that is lifted still means what it touched
            self.point(None, None)

    def _blur(self, event: JsProxy) -> None:
        if self.figure and self._of(event) is self.figure:
            self.point(None, None)

    def _press(self, event: JsProxy) -> None:
        figure = self._of(event)
        if figure is None or event.ctrlKey or event.altKey or event.metaKey:
            return
        if event.key in ARROWS:
            event.preventDefault()  # they scroll
            self.point(figure, figure.place_after(*ARROWS[event.key]), aloud=True)
        elif event.key == "Enter" and self.figure is not figure:
            self.point(figure, figure.place_after(0, 0), aloud=True)

    def _of(self, event: JsProxy) -> Figure | None:
        """The figure in whose picture something happened."""
        frame = event.target.closest(".picture")
        number = frame.dataset.figure if frame else None
        return next((each for each in self._figures() if each.number == number), None)
