"""What the decoder draws for the code that the visitor points at, in the frame after."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from autoencoder.page import Text, element
from autoencoder.views.canvas import Canvas
from autoencoder.views.mark import Mark
from autoencoder.views.numbers import compact
from autoencoder.views.pictures import shade
from autoencoder.views.view import View

if TYPE_CHECKING:
    from autoencoder.digit_map import DigitMap
    from autoencoder.session import Session

IDLE_MS = 300


class DecodedView(View):
    """The picture `#decoded` in a corner of the map, and a cross where it is pointed at.

    Args:
        session: tells what is pointed at.
    """

    def __init__(self, session: Session) -> None:
        self._session = session
        super().__init__(element("embedding"))
        self._card = element("decoded-card")
        self._picture = element("decoded")
        self._canvas = Canvas(self._picture)
        self._what = Text(element("decoded-what"))
        self._cross = Mark(element("map-cross"))
        self._shown: tuple = ()

    @property
    def period_ms(self) -> float:
        """No time passes while something is pointed at."""
        return IDLE_MS if self._session.digit_map.pointed is None else 0

    @property
    def unfinished(self) -> bool:
        """Whether something else is pointed at than what is shown."""
        return self._shown[:1] != (self._pointed,)

    @property
    def _pointed(self) -> tuple[float, float] | None:
        code = self._session.digit_map.pointed
        return None if code is None else tuple(code)

    def draw(self, session: Session) -> None:
        """Decodes the code, if it or the network is another one than before."""
        digit_map = session.digit_map
        code, window = digit_map.pointed, digit_map.window
        shown = self._pointed, window, window.changes
        shown += (session.run, session.changes, digit_map.changes)
        if shown == self._shown:
            return
        self._shown = shown
        self._cross.put(window, code)
        self._card.hidden = code is None
        if code is None:
            return
        across, _ = window.positions_of(code)
        self._card.dataset.side = "left" if across > 0.5 else "right"
        self._picture.dataset.code = "{!r},{!r}".format(*map(float, np.float32(code)))
        self._what.show(describe(digit_map))
        self._picture.hidden = not digit_map.can_decode
        if digit_map.can_decode:
            (picture,) = digit_map.decode([code])
            self._canvas.show(shade(picture.reshape(session.run.shape), 0, 1))


def describe(digit_map: DigitMap) -> str:
    """What is said of the picture of the code that is pointed at, or why there is none."""
    if digit_map.why_not_decoded:
        return digit_map.why_not_decoded
    across, upward = (compact(float(number)) for number in digit_map.pointed)
    code = across if digit_map.depth == 1 else f"{across}, {upward}"
    others = digit_map.others_at_mean
    if not others or digit_map.depth == 1:
        return code
    if digit_map.mean is None:
        return f"{code}: the map is not drawn yet"
    return f"{code}; the other {others:,} at their mean"
