"""The current training image, what the network sees of it, and its reconstruction."""

from __future__ import annotations

from typing import TYPE_CHECKING

from autoencoder.page import element
from autoencoder.views.canvas import Canvas
from autoencoder.views.pixels import shade
from autoencoder.views.view import View

if TYPE_CHECKING:
    from autoencoder.session import Session


class ExampleView(View):
    """Three pictures of 28×28 pixels, black at 0 and white at 1."""

    period_ms = 150

    def __init__(self) -> None:
        super().__init__(element("current-image"))
        names = ("current-image", "current-corrupted", "current-reconstruction")
        self._canvases = [Canvas(element(name)) for name in names]

    def draw(self, session: Session) -> None:
        """Shows the first example of the last minibatch."""
        for canvas, image in zip(self._canvases, session.reconstruct_current(), strict=True):
            canvas.show(shade(image.reshape(28, 28), 0, 1))
