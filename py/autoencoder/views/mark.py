"""Marks over the map: what lies where among the digits."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike
from pyodide.ffi import JsProxy

from autoencoder.page import element
from autoencoder.views.view import View

if TYPE_CHECKING:
    from autoencoder.map_window import MapWindow
    from autoencoder.session import Session


class Mark:
    """An element over the map that is put at a code.

    Args:
        target: the element, hidden as yet.
    """

    def __init__(self, target: JsProxy) -> None:
        self._element = target
        self._sides: tuple[str, str] | None = None

    def put(self, window: MapWindow, code: ArrayLike | None, at_edge: bool = False) -> None:
        """Puts it at the place of a code (2,), or takes it away.

        Args:
            window: what is seen of the plane.
            code: the code, or None.
            at_edge: whether it stays at the map's edge where its place is not seen.
        """
        place = None if code is None else window.positions_of(code)
        if place is not None and at_edge:
            place = np.clip(place, 0, 1)
        is_seen = place is not None and bool(((place >= 0) & (place <= 1)).all())
        sides = (f"{place[0]:.2%}", f"{1 - place[1]:.2%}") if is_seen else None
        if sides == self._sides:
            return
        self._sides = sides
        self._element.hidden = not is_seen
        if is_seen:
            self._element.style.left, self._element.style.top = sides


class Ring:
    """Where the example on its way has its place, at the map's edge where that lies beyond.

    Attributes:
        code: what the map's two neurons say of it, (2,), or None.
    """

    def __init__(self) -> None:
        self._mark = Mark(element("map-mark"))
        self.code: np.ndarray | None = None

    def put(self, session: Session) -> None:
        """Puts the ring there, on the map as it is seen now."""
        window = session.digit_map.window
        self._mark.put(window, self.code if window.is_set else None, at_edge=window.fitted)


class MarkView(View):
    """Notes the example's place after a forward pass of it, and puts the ring there.

    Args:
        ring: the ring.
    """

    def __init__(self, ring: Ring) -> None:
        super().__init__(element("embedding"))
        self._ring = ring

    def draw(self, session: Session) -> None:
        """Follows the example."""
        self._ring.code = session.digit_map.place()
        self._ring.put(session)


class RingView(View):
    """Keeps the ring at its place where the map moves below it.

    Args:
        ring: the ring.
    """

    def __init__(self, ring: Ring) -> None:
        super().__init__(element("embedding"))
        self._ring = ring
        self._places: tuple | None = None

    def draw(self, session: Session) -> None:
        """Follows the map; of another layer or pair the example's place is not known yet."""
        digit_map = session.digit_map
        places = digit_map, digit_map.layer, digit_map.neurons
        if places != self._places:
            self._places, self._ring.code = places, None
        self._ring.put(session)
