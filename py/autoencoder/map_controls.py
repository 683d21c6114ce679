"""The map under the visitor's hand: pointing at codes, touching digits, zooming and panning.

    MapControls(session, listening, reach)

A mouse or a pen points where it is, and drags what is seen. One finger points, scrolls the page
where it goes up or down, and drags what is seen of a map that is zoomed; two fingers zoom. The
wheel zooms, unless it is scrolling the page. Keys move a cross.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from time import perf_counter
from typing import TYPE_CHECKING

import numpy as np
from pyodide.ffi import JsProxy, create_proxy
from pyscript import document

from autoencoder.listening import Listening
from autoencoder.page import Text, element
from autoencoder.session import Session
from autoencoder.views.numbers import compact

if TYPE_CHECKING:
    from autoencoder.map_window import MapWindow

CLICK_PX = 5
"""What moves no further is a click."""
WHEEL = 1.002
"""How much closer one pixel of the wheel brings."""
LINE_PX = 16
"""What browsers mean that count the wheel in lines."""
SCROLL_S = 0.4
"""The wheel goes on scrolling the page that has been scrolled so lately."""
BUTTON = 1.5
STEP = 1 / 40
WIDE_STEP = 1 / 8
ARROWS = {"ArrowLeft": (-1, 0), "ArrowRight": (1, 0), "ArrowDown": (0, -1), "ArrowUp": (0, 1)}
ZOOMS = {"+": BUTTON, "=": BUTTON, "-": 1 / BUTTON, "_": 1 / BUTTON}


class MapControls:
    """Lets `#embedding`, and the buttons beside it, move what is seen of the map.

    Args:
        session: the run.
        listening: what all controls share.
        reach: says how far from its middle a digit is touched, as a share of the map.
    """

    def __init__(
        self, session: Session, listening: Listening, reach: Callable[[Session], float]
    ) -> None:
        self._session = session
        self._reach = reach
        self._canvas = element("embedding")
        self._said = Text(element("map-said"))
        self._down: dict[int, np.ndarray] = {}  # where pointers press the map
        self._way = 0.0  # of the pointer that presses it, in pixels
        self._scrolled = -math.inf
        # These come in every frame, and nothing fails in them.
        for event, act in {
            "pointermove": self._move,
            "pointerdown": self._press,
            "pointerup": self._lift,
            "pointercancel": self._lift,
            "pointerleave": self._leave,
            "wheel": self._roll,
            "keydown": self._type,
            "blur": lambda _: self._point_at(None),
        }.items():
            self._canvas.addEventListener(event, create_proxy(act))
        document.addEventListener("wheel", create_proxy(self._note_scrolling))
        listening.on("embedding", "click", self._touch)
        listening.on("embedding", "dblclick", lambda _: session.digit_map.window.fit())
        listening.on("map-closer", "click", lambda _: self._zoom(BUTTON))
        listening.on("map-farther", "click", lambda _: self._zoom(1 / BUTTON))
        listening.on("map-fit", "click", lambda _: session.digit_map.window.fit())

    @property
    def _window(self) -> MapWindow:
        return self._session.digit_map.window

    # A mouse, a pen, fingers

    def _press(self, event: JsProxy) -> None:
        if not self._down:
            self._way = 0.0
        self._down[event.pointerId] = self._place(event)
        if len(self._down) > 1:
            self._way = math.inf  # two fingers touch nothing
        self._canvas.setPointerCapture(event.pointerId)

    def _move(self, event: JsProxy) -> None:
        place = self._place(event)
        before = self._down.get(event.pointerId)
        if before is not None:
            self._way += math.hypot(event.movementX, event.movementY)
            self._drag(event, before, place)
        if len(self._down) < 2:
            self._point_at(place)

    def _drag(self, event: JsProxy, before: np.ndarray, place: np.ndarray) -> None:
        """Moves what is seen along with the pointers that press it."""
        others = [where for name, where in self._down.items() if name != event.pointerId]
        self._down[event.pointerId] = place
        if others:
            middle = (before + others[0]) / 2
            far, near = np.hypot(*(place - others[0])), np.hypot(*(before - others[0]))
            if near and far:
                self._window.zoom(far / near, middle)
            self._window.pan((place - before) / 2)
        elif self._way > CLICK_PX and (event.pointerType != "touch" or not self._window.fitted):
            self._window.pan(place - before)

    def _lift(self, event: JsProxy) -> None:
        self._down.pop(event.pointerId, None)

    def _leave(self, event: JsProxy) -> None:
        """A finger that is lifted leaves what it pointed at."""
        if event.pointerType != "touch":
            self._point_at(None)

    def _touch(self, click: JsProxy) -> None:
        """Picks the digit that lies there, the topmost; it points there, too."""
        if self._way > CLICK_PX:
            return
        digit_map, place = self._session.digit_map, self._place(click)
        self._point_at(place)
        if digit_map.codes is None:
            return
        away = np.abs(digit_map.window.positions_of(digit_map.codes) - place).max(axis=1)
        touched = np.flatnonzero(away <= self._reach(self._session))
        if len(touched):
            self._session.pick(int(touched[-1]))

    def _roll(self, event: JsProxy) -> None:
        """Zooms, unless the page is being scrolled, or there is no more to be seen."""
        out = event.deltaY > 0
        scrolls = perf_counter() - self._scrolled < SCROLL_S or (out and self._window.fitted)
        if event.ctrlKey or not scrolls:
            event.preventDefault()
            pixels = event.deltaY * (LINE_PX if event.deltaMode else 1)
            self._window.zoom(WHEEL**-pixels, self._place(event))

    def _note_scrolling(self, event: JsProxy) -> None:
        if not event.defaultPrevented:
            self._scrolled = perf_counter()

    # Keys

    def _type(self, event: JsProxy) -> None:
        if event.ctrlKey or event.altKey or event.metaKey:
            return
        if event.key in ARROWS:
            self._step(np.array(ARROWS[event.key]) * (WIDE_STEP if event.shiftKey else STEP))
        elif event.key in ZOOMS:
            self._zoom(ZOOMS[event.key])
        elif event.key in ("Home", "0"):
            self._window.fit()
        elif event.key == "Escape":
            self._point_at(None)
        elif event.key == "Enter":
            self._pick_nearest()
        else:
            return
        event.preventDefault()

    def _step(self, way: np.ndarray) -> None:
        """Moves the cross, and says what is there."""
        digit_map = self._session.digit_map
        place = np.full(2, 0.5)
        if digit_map.pointed is not None:
            place = (digit_map.window.positions_of(digit_map.pointed) + way).clip(0, 1)
        self._point_at(place)
        nearest = digit_map.nearest_to(digit_map.pointed)
        code = ", ".join(compact(float(number)) for number in digit_map.pointed)
        near = "" if nearest is None else f" The nearest digit is a {digit_map.labels[nearest]}."
        self._said.show(f"Code {code}.{near}")

    def _pick_nearest(self) -> None:
        digit_map = self._session.digit_map
        if digit_map.pointed is None:
            return
        nearest = digit_map.nearest_to(digit_map.pointed)
        if nearest is not None:
            self._session.pick(nearest)
            self._said.show(f"Picked test digit {nearest:,}, a {digit_map.labels[nearest]}.")

    # Both

    def _zoom(self, factor: float) -> None:
        """Zooms towards what is pointed at, or else towards the middle."""
        pointed = self._session.digit_map.pointed
        place = (0.5, 0.5) if pointed is None else self._window.positions_of(pointed).clip(0, 1)
        self._window.zoom(factor, place)

    def _point_at(self, place: np.ndarray | None) -> None:
        """Points at a place (2,), shares to the right and upward, or at none."""
        window = self._window
        is_seen = place is not None and window.is_set
        self._session.digit_map.point_at(window.codes_at(place) if is_seen else None)

    def _place(self, event: JsProxy) -> np.ndarray:
        width, height = self._canvas.clientWidth, self._canvas.clientHeight
        return np.array([event.offsetX / width, 1 - event.offsetY / height])
