"""The current training image, what the network sees of it, and its reconstruction."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from autoencoder.page import element
from autoencoder.views.canvas import Canvas
from autoencoder.views.pace import Pace
from autoencoder.views.pictures import shade
from autoencoder.views.view import View

if TYPE_CHECKING:
    from autoencoder.session import Session


class CurrentExample:
    """The training example that all views show, for as long as one needs to look at it."""

    def __init__(self) -> None:
        self._pace = Pace()

    def reconstruct(self, session: Session) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """The example, each (784,): clean, corrupted, and as the network now reconstructs it.

        Afterwards every layer's `out_act` is that one example's. It is another one when some time
        has passed, and always the last that was trained on while training is paused.
        """
        paused_at = session.examples_seen if session.paused else None
        if self._pace.is_due((session.generation, paused_at)):
            clean, corrupted, output = session.reconstruct_current()
            self._clean, self._corrupted = clean.copy(), corrupted.copy()
        else:
            output = session.net.forward(self._corrupted[None]).ravel()
        return self._clean, self._corrupted, output


class ExampleView(View):
    """Three pictures of 28×28 pixels, black at 0 and white at 1.

    Args:
        example: what they show.
    """

    period_ms = 500

    def __init__(self, example: CurrentExample) -> None:
        super().__init__(element("current-image"))
        self._example = example
        names = ("current-image", "current-corrupted", "current-reconstruction")
        self._canvases = [Canvas(element(name)) for name in names]

    def draw(self, session: Session) -> None:
        """Shows the example, and what the network makes of it by now."""
        for canvas, image in zip(self._canvases, self._example.reconstruct(session), strict=True):
            canvas.show(shade(image.reshape(28, 28), 0, 1))
