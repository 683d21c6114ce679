"""The map: digits at the firings of two neurons, bordered in their class's colour."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from autoencoder.page import element, make
from autoencoder.views.canvas import Canvas
from autoencoder.views.palette import CLASS_COLOURS, CLASS_PIXELS
from autoencoder.views.pixels import bordered, scatter, shade, spread
from autoencoder.views.view import View

if TYPE_CHECKING:
    from autoencoder.session import Session

SIZE = 640
BORDER = 2
PERIOD_MS = 300


class EmbeddingView(View):
    """The map and its legend.

    A network too slow to place all digits in a frame places some of them each time it is drawn,
    which it then wants to be the more often.
    """

    period_ms = PERIOD_MS

    def __init__(self, session: Session) -> None:
        super().__init__(element("embedding"))
        self._canvas = Canvas(element("embedding"))
        digits = shade(session.map_images.reshape(-1, 28, 28), 0, 1)
        self._tiles = bordered(digits, CLASS_PIXELS[session.map_labels], BORDER)
        self._codes = np.zeros((len(digits), 2), np.float32)
        self._choice: tuple | None = None
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
        if self._placed == 0:
            self._begun = session.changes
        count = len(self._codes)
        self.period_ms = PERIOD_MS * min(1, session.stretch / count)
        part = slice(self._placed, self._placed + session.stretch)
        self._codes[part] = session.map_codes(part)
        self._placed = part.stop
        if self._placed >= count:
            self._placed = 0
            self._canvas.show(scatter(self._tiles, spread(self._codes), SIZE))
        self.unfinished = self._placed > 0 or self._begun != session.changes
