"""The strip of digits that the network restores: clean, with noise, and what it makes of that."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from autoencoder.denoising import COUNT, Denoising
from autoencoder.page import element
from autoencoder.views.canvas import Canvas
from autoencoder.views.pictures import shade, sheet
from autoencoder.views.view import View

if TYPE_CHECKING:
    from autoencoder.session import Session

PERIOD_MS = 500
GAP = 2


class DenoisingView(View):
    """Three rows of pictures, black at 0 and white at 1; nothing as long as there are no digits.

    A network too slow to restore all of them in a frame restores some each time it is drawn, which
    it then wants to be the more often.
    """

    period_ms = PERIOD_MS

    def __init__(self) -> None:
        super().__init__(element("denoising"))
        self._canvas = Canvas(element("denoising-strip"))
        self._denoising = Denoising()

    def renew(self, session: Session) -> None:
        """Begins with the first digit again: what is half done, another network did."""
        self._denoising.restored_so_far = 0

    def draw(self, session: Session) -> None:
        """Restores the next digits with the network as it is by now; then shows all."""
        denoising = self._denoising
        self.unfinished = not denoising.is_ready(session)
        if self.unfinished:
            return
        self.period_ms = PERIOD_MS * min(1, session.run.stretch / COUNT)
        if denoising.restored_so_far == 0:
            self._begun = session.changes
        if denoising.restore_next(session):
            self._show(session.run.shape)
        self.unfinished = denoising.restored_so_far > 0 or self._begun != session.changes

    def print(self, session: Session) -> None:
        """Restores all digits."""
        self.draw(session)
        while self._denoising.restored_so_far:
            self.draw(session)

    def _show(self, shape: tuple[int, int]) -> None:
        denoising = self._denoising
        rows = np.stack([denoising.clean, denoising.corrupted, denoising.restored])
        self._canvas.show(sheet(shade(rows.reshape(-1, *shape), 0, 1), COUNT, GAP))
