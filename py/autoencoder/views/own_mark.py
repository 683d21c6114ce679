"""The mark on the map where the network places the digit that the visitor has drawn."""

from __future__ import annotations

from typing import TYPE_CHECKING

from autoencoder.page import element
from autoencoder.views.mark import Mark
from autoencoder.views.view import View

if TYPE_CHECKING:
    from autoencoder.session import Session

PERIOD_MS = 300
AT_ONCE = 0


class OwnMarkView(View):
    """A mark at the digit's code, at the map's edge where that lies beyond.

    Args:
        session: tells of the digit and the map.
    """

    def __init__(self, session: Session) -> None:
        super().__init__(element("embedding"))
        self._session = session
        self._mark = Mark(element("own-mark"))
        self._shown: tuple = ()

    @property
    def _now(self) -> tuple[object, ...]:
        window = self._session.digit_map.window
        return self._session.own_digit.changes, window, window.changes

    @property
    def visible(self) -> bool:
        """Whether there is something to mark, or a mark to take away, on screen."""
        is_drawn = self._session.own_digit.pixels is not None
        return self._on_screen and (is_drawn or self._shown[:1] != self._now[:1])

    @property
    def period_ms(self) -> float:
        """No time passes after a stroke, and where the map moves below the mark."""
        return AT_ONCE if self.visible and self.unfinished else PERIOD_MS

    @property
    def unfinished(self) -> bool:
        """Whether the digit is another one, or something else of the map is seen."""
        return self._shown != self._now

    def draw(self, session: Session) -> None:
        """Puts the mark where the network places the digit now."""
        digit_map, own_digit = session.digit_map, session.own_digit
        self._shown = self._now
        own_digit.forward(session)
        has_place = digit_map.depth > 1 and digit_map.window.is_set
        code = own_digit.place_code if has_place else None
        self._mark.put(digit_map.window, code, at_edge=digit_map.window.fitted)
