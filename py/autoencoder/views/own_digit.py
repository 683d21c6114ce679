"""The visitor's own digit: as the network sees it, its code, and what comes out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from autoencoder.page import Text, element
from autoencoder.views.canvas import Canvas
from autoencoder.views.code_numbers import CodeNumbers
from autoencoder.views.numbers import NOTHING, fixed
from autoencoder.views.pictures import shade
from autoencoder.views.view import View

if TYPE_CHECKING:
    from autoencoder.own_digit import OwnDigit
    from autoencoder.session import Session

PERIOD_MS = 300
AT_ONCE = 0


class OwnDigitView(View):
    """What the network makes of what is on the pad; where nothing is, nothing is drawn.

    Args:
        own_digit: what is on the pad.
    """

    def __init__(self, own_digit: OwnDigit) -> None:
        super().__init__(element("own"))
        self._own_digit = own_digit
        self._shown: int | None = None
        self._pad, self._hint = element("pad"), element("pad-hint")
        self._input = Canvas(element("pad-input"))
        self._reconstruction = Canvas(element("pad-reconstruction"))
        self._code = CodeNumbers(element("pad-code"))
        self._loss = Text(element("pad-loss"))

    @property
    def period_ms(self) -> float:
        """No time passes after a stroke, as long as that can be seen."""
        return AT_ONCE if self._on_screen and self.unfinished else PERIOD_MS

    @property
    def visible(self) -> bool:
        """Whether there is something to see, on screen."""
        return self._on_screen and (self.unfinished or self._own_digit.pixels is not None)

    @property
    def unfinished(self) -> bool:
        """Whether something else is on the pad than was drawn last."""
        return self._own_digit.changes != self._shown

    def draw(self, session: Session) -> None:
        """Sends the digit through the network, and shows what comes of it."""
        own_digit = session.own_digit
        self._shown = own_digit.changes
        own_digit.forward(session)
        self._code.make_room(session.digit_map.depth)
        self._hint.hidden = own_digit.pixels is not None
        if own_digit.pixels is None:
            self._clear()
            return
        pictures = {self._input: own_digit.seen, self._reconstruction: own_digit.output}
        for canvas, pixels in pictures.items():
            canvas.show(shade(pixels.reshape(session.run.shape), 0, 1))
        self._code.show(own_digit.code)
        self._loss.show(fixed(own_digit.loss, 1), own_digit.loss)
        across, upward = own_digit.place_code
        self._pad.dataset.code = f"{across},{upward}"

    def _clear(self) -> None:
        for canvas in (self._input, self._reconstruction):
            canvas.clear()
        self._code.clear()
        self._loss.show(NOTHING)
        self._pad.removeAttribute("data-code")
