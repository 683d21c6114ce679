"""The map: digits at the firings of two neurons, bordered in their class's colour."""

from __future__ import annotations

from typing import TYPE_CHECKING

from autoencoder.page import element, make
from autoencoder.views.canvas import Canvas
from autoencoder.views.palette import CLASS_COLOURS, CLASS_PIXELS
from autoencoder.views.pixels import bordered, scatter, shade, spread
from autoencoder.views.view import View

if TYPE_CHECKING:
    from autoencoder.session import Session

SIZE = 640
BORDER = 2


class EmbeddingView(View):
    """The map and its legend."""

    period_ms = 300

    def __init__(self, session: Session) -> None:
        super().__init__(element("embedding"))
        self._canvas = Canvas(element("embedding"))
        digits = shade(session.map_images.reshape(-1, 28, 28), 0, 1)
        self._tiles = bordered(digits, CLASS_PIXELS[session.map_labels], BORDER)
        for digit, colour in enumerate(CLASS_COLOURS):
            item = make("li", str(digit))
            item.style.borderColor = colour
            element("legend").append(item)

    def draw(self, session: Session) -> None:
        """Places each digit by what the chosen neurons say of it now."""
        self._canvas.show(scatter(self._tiles, spread(session.map_codes()), SIZE))
