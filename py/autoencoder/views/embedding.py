"""The map: digits at the firings of two neurons, as pictures or as dots."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from autoencoder.map_look import PICTURES
from autoencoder.page import element, make
from autoencoder.views.axes import Axes
from autoencoder.views.canvas import Canvas
from autoencoder.views.palette import CLASS_COLOURS, CLASS_PIXELS, CLASS_SHAPES, SHAPE_SIZE
from autoencoder.views.pictures import (
    GREY,
    bordered,
    halved,
    scatter,
    stamp,
    trimmed,
)
from autoencoder.views.trails import draw_trails
from autoencoder.views.view import View

if TYPE_CHECKING:
    from autoencoder.digit_map import DigitMap
    from autoencoder.manifold import Manifold
    from autoencoder.session import Session

SIZE = 640
BORDER = 2
CROWD = 1000
"""More digits than these that are seen are drawn half as large."""


class EmbeddingView(View):
    """The map proper, its axes and its legend.

    Args:
        manifold: what lies under the digits.
    """

    def __init__(self, manifold: Manifold) -> None:
        super().__init__(element("embedding"))
        self._manifold = manifold
        self._canvas = Canvas(element("embedding"))
        self._axes = Axes()
        self._sizes: list[np.ndarray] = []  # the digits' pictures, large and small
        for digit, colour in enumerate(CLASS_COLOURS):
            item, shape = make("li", str(digit)), make("canvas", aria_hidden="true")
            item.style.borderColor = colour
            item.append(shape)
            element("legend").append(item)
            Canvas(shape).show(CLASS_SHAPES[digit] * CLASS_PIXELS[digit])

    def renew(self, session: Session) -> None:
        """Shows nothing of another network."""
        self._canvas.clear()
        self._axes.clear()

    def draw(self, session: Session) -> None:
        """Shows the digits where they were placed last."""
        digit_map = session.digit_map
        if digit_map.codes is None:
            self.renew(session)
            return
        self._canvas.show(self.picture(session))
        self._axes.draw(digit_map)
        self._canvas.element.classList.toggle("zoomed", not digit_map.window.fitted)
        element("legend").classList.toggle("shapes", session.map_look.style != PICTURES)

    def picture(self, session: Session) -> np.ndarray:
        """The map as it is seen: uint32 (SIZE, SIZE)."""
        digit_map, look = session.digit_map, session.map_look
        ground = np.zeros((SIZE, SIZE), np.uint32)
        if self._manifold.picture is not None:
            ground = GREY[self._manifold.picture]
        if digit_map.codes is None:
            return ground
        if look.trails:
            draw_trails(digit_map, ground)
        places = digit_map.window.positions_of(digit_map.codes)
        if look.style == PICTURES:
            return scatter(self._tiles(digit_map, places), places, ground)
        labels = digit_map.labels[: len(places)]
        for digit, (shape, colour) in enumerate(zip(CLASS_SHAPES, CLASS_PIXELS, strict=True)):
            stamp(shape, colour, places[labels == digit], ground)
        return ground

    def reach(self, session: Session) -> float:
        """How far from its middle a digit is touched, as a share of the map."""
        if session.map_look.style == PICTURES and self._sizes:
            return self._sizes[0].shape[1] / 2 / SIZE
        return SHAPE_SIZE / SIZE

    def _tiles(self, digit_map: DigitMap, places: np.ndarray) -> np.ndarray:
        """The digits' pictures: small ones where many are seen."""
        if not self._sizes or len(self._sizes[0]) != len(places):
            digits = trimmed(digit_map.images[: len(places)])
            colours = CLASS_PIXELS[digit_map.labels[: len(places)]]
            self._sizes = [
                bordered(GREY[digits], colours, BORDER),
                bordered(GREY[halved(digits)], colours, BORDER // 2),
            ]
        seen = ((places > 0) & (places < 1)).all(axis=1).sum()
        return self._sizes[1 if seen > CROWD else 0]
