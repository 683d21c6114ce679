"""What shows the example on its way: drawn together, so that all of it is of one moment."""

from __future__ import annotations

from typing import TYPE_CHECKING

from autoencoder.views.view import View

if TYPE_CHECKING:
    from autoencoder.session import Session

PERIOD_MS = 500
AT_ONCE = 0


class ExampleGroup(View):
    """Several views of one example, as one.

    Args:
        parts: they draw what a forward pass has left in the network, each where it is on screen.
    """

    def __init__(self, *parts: View) -> None:
        self._parts = parts
        self._drawn: set[View] = set()

    @property
    def period_ms(self) -> float:
        """No time passes where what has come on screen still shows an example of before."""
        return AT_ONCE if self.revealed else PERIOD_MS

    @property
    def visible(self) -> bool:
        """Whether some of it is on screen."""
        return any(part.visible for part in self._parts)

    @property
    def revealed(self) -> bool:
        """Whether some of it has come on screen since it was last drawn."""
        return any(
            part.revealed or (part.visible and part not in self._drawn) for part in self._parts
        )

    @property
    def unfinished(self) -> bool:
        """Whether some of it has to be drawn again though the session is as it was."""
        return self.revealed or any(part.unfinished for part in self._parts)

    def renew(self, session: Session) -> None:
        """Prepares all parts for another network."""
        for part in self._parts:
            part.renew(session)

    def draw(self, session: Session) -> None:
        """Shows the example where it is on screen."""
        session.example.forward(session)
        self._drawn = {part for part in self._parts if part.visible}
        for part in self._drawn:
            part.draw(session)

    def print(self, session: Session) -> None:
        """Shows it everywhere."""
        session.example.forward(session)
        for part in self._parts:
            part.print(session)
