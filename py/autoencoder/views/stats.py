"""The numbers of the run."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pyscript import document

from autoencoder.page import Number, element
from autoencoder.views.numbers import fixed, rounded, whole
from autoencoder.views.view import View

if TYPE_CHECKING:
    from autoencoder.session import Session

AVERAGED = {
    "forward-time": ("forward_time", 3),
    "backward-time": ("backward_time", 3),
    "regression-loss": ("cost_loss", 2),
    "l1-loss": ("l1_decay_loss", 3),
    "l2-loss": ("l2_decay_loss", 3),
}
"""Which average each element shows, with as many decimal places as keep still."""


class StatsView(View):
    """Losses and times averaged over a window, the examples seen, and the speed.

    Numbers cost little, and other software reads them: they are kept up wherever they are.
    """

    period_ms = 500

    def __init__(self) -> None:
        super().__init__(document.body)
        names = (*AVERAGED, "total-loss", "examples-seen", "examples-per-second")
        self._numbers = {name: Number(element(name)) for name in names}

    @property
    def unfinished(self) -> bool:
        """Whether a number still waits for the end of a selection."""
        return any(number.held for number in self._numbers.values())

    def draw(self, session: Session) -> None:
        """Shows the numbers as they are now; those that this network has not got yet as dashes."""
        for name, (field, places) in AVERAGED.items():
            value = session.averages[field]
            self._numbers[name].show(fixed(value, places), value)
        seen = session.run.examples_seen
        loss = session.averages.loss
        self._numbers["total-loss"].show(fixed(loss, 2), loss)
        self._numbers["examples-seen"].show(whole(seen), seen)
        speed = 0.0 if session.paused else session.speed.examples_per_second
        self._numbers["examples-per-second"].show(rounded(speed), speed)
