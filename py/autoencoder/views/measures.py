"""What the network is measured by on test digits, beside what principal components come to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from autoencoder.baseline import code_size
from autoencoder.page import Number, Text, element
from autoencoder.views.numbers import fixed, whole
from autoencoder.views.view import View

if TYPE_CHECKING:
    from autoencoder.measures import Measured
    from autoencoder.session import Session


class MeasuresView(View):
    """The numbers `#test-loss`, `#class-agreement`, `#pca-loss` and `#pca-agreement`."""

    def __init__(self) -> None:
        super().__init__(element("loss"))
        names = ("test-loss", "class-agreement", "pca-loss", "pca-agreement")
        self._numbers = {name: Number(element(name)) for name in names}
        self._over = Text(element("test-over"))

    def draw(self, session: Session) -> None:
        """Shows what is known by now."""
        latest, size = session.measures.latest, code_size(session)
        self._show(latest, "test-loss", "class-agreement")
        self._show(session.baseline.measured(size), "pca-loss", "pca-agreement")
        noise = "with the same noise" if session.measures.with_noise else "without noise"
        count = whole(latest.count if latest else None)
        numbers = f"{size:,} number{'s' if size > 1 else ''}"
        self._over.show(f"over {count} digits, {noise}; PCA with {numbers}")

    def _show(self, measured: Measured | None, loss: str, agreement: str) -> None:
        losses = measured.loss if measured else None
        share = measured.class_agreement if measured else None
        self._numbers[loss].show(fixed(losses, 2), losses)
        self._numbers[agreement].show(fixed(share, 3), share)
