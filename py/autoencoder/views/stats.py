"""The numbers of the run."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pyscript import document

from autoencoder.page import Text, element
from autoencoder.views.view import View

if TYPE_CHECKING:
    from autoencoder.session import Session

AVERAGED = {
    "forward-time": ("forward_time", "{:.4f}"),
    "backward-time": ("backward_time", "{:.4f}"),
    "regression-loss": ("cost_loss", "{:.3f}"),
    "l1-loss": ("l1_decay_loss", "{:.4f}"),
    "l2-loss": ("l2_decay_loss", "{:.4f}"),
}


class StatsView(View):
    """Losses and times averaged over a window, the examples seen, and the speed.

    Numbers cost little, and other software reads them: they are kept up wherever they are.
    """

    period_ms = 250

    def __init__(self) -> None:
        super().__init__(document.body)
        names = (*AVERAGED, "examples-seen", "examples-per-second")
        self._texts = {name: Text(element(name)) for name in names}

    def draw(self, session: Session) -> None:
        """Shows the numbers as they are now."""
        for name, (field, form) in AVERAGED.items():
            value = session.averages[field]
            if value is not None:
                self._texts[name].show(form.format(value), value)
        seen = session.examples_seen
        self._texts["examples-seen"].show(f"{seen:,}", seen)
        speed = 0.0 if session.paused else session.speed.examples_per_second
        if speed is not None:
            self._texts["examples-per-second"].show(f"{speed:,.0f}", round(speed, 1))
