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
        target: the element.
    """

    def __init__(self, target: JsProxy) -> None:
        self._element = target

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
        self._element.hidden = not is_seen
        if is_seen:
            self._element.style.left = f"{place[0]:.2%}"
            self._element.style.top = f"{1 - place[1]:.2%}"


class MarkView(View):
    """The ring where the example on its way has its place, at the edge where that lies beyond."""

    def __init__(self) -> None:
        super().__init__(element("embedding"))
        self._ring = Mark(element("map-mark"))
        self._seen: object = None

    def renew(self, session: Session) -> None:
        """Follows another network's map."""
        self._digit_map = session.digit_map

    @property
    def unfinished(self) -> bool:
        """Whether something else of the map is seen than where the ring was put."""
        return self._seen != self._seen_now

    @property
    def revealed(self) -> bool:
        """Whether the map has moved below the ring."""
        return self.visible and self.unfinished

    @property
    def _seen_now(self) -> tuple[object, int]:
        window = self._digit_map.window
        return window, window.changes

    def draw(self, session: Session) -> None:
        """Puts the ring at the example's place, after a forward pass of it."""
        digit_map = session.digit_map
        self._seen = self._seen_now
        code = digit_map.place() if digit_map.window.is_set else None
        self._ring.put(digit_map.window, code, at_edge=digit_map.window.fitted)
