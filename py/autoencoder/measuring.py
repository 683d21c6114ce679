"""The measures' turn in the loop: some steps, and what has come of them is drawn.

loop.add(Measuring(session, MeasuresView()))
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from autoencoder.session import Session
    from autoencoder.views.view import View

PERIOD_MS = 100
SOON_MS = 25
"""The same until there is something to compare the run with."""
STEPS_S = 0.003
"""For how long steps are taken at a time while the network trains."""
PAUSED_PERIOD_MS = 1
PAUSED_S = 0.008


class Measuring:
    """Drawn as a view is, it measures the run where a view shows that.

    Args:
        session: the run.
        view: shows it.

    Attributes:
        unfinished: whether there is more to do though the session is as it was.
    """

    def __init__(self, session: Session, view: View) -> None:
        self._session = session
        self._view = view
        self._turn = False  # whether it is the baseline's
        self._compares_more = False
        self.unfinished = True

    @property
    def visible(self) -> bool:
        """Whether anyone sees what comes of it."""
        return self._view.visible

    @property
    def period_ms(self) -> float:
        """While nothing trains there is time for it in every frame."""
        if not self._session.trains:
            return PAUSED_PERIOD_MS
        return SOON_MS if self._compares_more else PERIOD_MS

    def renew(self, session: Session) -> None:
        """Is told of another network."""
        self._view.renew(session)

    def draw(self, session: Session) -> None:
        """Takes the next steps, and shows what has come of them.

        While the network trains, both measures take turns, so that frames come on time.
        """
        measures_more = False
        if self._turn or not session.trains:
            self._compares_more = session.baseline.take_steps(session, self._seconds)
        if not (self._turn and self._compares_more and session.trains):
            measures_more = session.measures.take_steps(session, self._seconds)
        self._turn = not self._turn
        self.unfinished = self._compares_more or measures_more
        self._view.draw(session)

    @property
    def _seconds(self) -> float:
        return STEPS_S if self._session.trains else PAUSED_S

    def print(self, session: Session) -> None:
        """Shows what is known."""
        self._view.print(session)
