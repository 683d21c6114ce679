"""The ring on the map: where the example on its way has its place among the digits."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from autoencoder.page import element
from autoencoder.views.view import View

if TYPE_CHECKING:
    from autoencoder.session import Session
    from autoencoder.views.embedding import EmbeddingView


class MarkView(View):
    """A ring over the map, at its edge where the example lies beyond all digits.

    Args:
        of_map: draws the map.
    """

    def __init__(self, of_map: EmbeddingView) -> None:
        super().__init__(element("embedding"))
        self._map = of_map
        self._ring = element("map-mark")
        self._extent: np.ndarray | None = None

    def renew(self, session: Session) -> None:
        """Follows another network's map."""
        self._digit_map = session.digit_map

    @property
    def unfinished(self) -> bool:
        """Whether the map has been drawn anew, and the ring not yet."""
        return self._digit_map.extent is not self._extent

    def draw(self, session: Session) -> None:
        """Puts the ring at the example's place, after a forward pass of it."""
        self._extent = self._digit_map.extent
        place = self._digit_map.place()
        self._ring.hidden = place is None
        if place is not None:
            across, upward = self._map.centre(np.clip(place, 0, 1))
            self._ring.style.left = f"{across:.2%}"
            self._ring.style.top = f"{1 - upward:.2%}"
