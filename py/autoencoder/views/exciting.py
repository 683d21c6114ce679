"""The digits that excite a neuron most, found among the test digits a few at a time."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from autoencoder.inspection import MOST_EXCITING
from autoencoder.page import Text, element, make
from autoencoder.views.canvas import Canvas
from autoencoder.views.formula_text import has_area
from autoencoder.views.numbers import telling
from autoencoder.views.pace import Pace
from autoencoder.views.palette import CLASS_COLOURS
from autoencoder.views.pictures import shade
from autoencoder.views.view import View

if TYPE_CHECKING:
    from autoencoder.session import Session

PERIOD_MS = 50
AT_ONCE = 200
"""Digits that go through the network each time the view is drawn, unless that takes too long."""


class ExcitingView(View):
    """Ten digits of the neuron that is looked at, while they are on screen.

    All test digits are gone through again as long as the network changes, and once where it stays.
    """

    period_ms = PERIOD_MS

    def __init__(self) -> None:
        self._list = element("exciting")
        super().__init__(self._list)
        self._items: list[Item] = []
        self._status = Text(element("exciting-status"))
        self._pace = Pace()

    @property
    def unfinished(self) -> bool:
        """Whether digits are left that the neuron, as it is now, has not been asked of."""
        inspected, digits = self._session.inspected, self._session.test_digits
        if inspected.layer is None:
            return False
        begun = self._begun == (self._session.changes, inspected.layer, inspected.neuron)
        return not begun or inspected.searched > 0 or inspected.compared != digits.count

    def renew(self, session: Session) -> None:
        """Finds other digits for another network."""
        self._session = session
        self._begun: tuple[int, int | None, int] | None = None

    def draw(self, session: Session) -> None:
        """Lets the network look at the next digits; shows the best where it is time to."""
        inspected, digits = session.inspected, session.test_digits
        if inspected.layer is None or not self.visible:
            return
        if inspected.searched == 0:
            self._begun = session.changes, inspected.layer, inspected.neuron
        is_over = inspected.search_next(digits, min(session.run.stretch, AT_ONCE))
        seen = session.run.net, inspected.layer, inspected.neuron
        is_the_last = is_over and self._begun[0] == session.changes
        if self._pace.is_due((seen, is_the_last and session.changes)):
            self._show(session)

    def _show(self, session: Session) -> None:
        if not self._items:  # nothing was looked at before
            self._items = [Item() for _ in range(MOST_EXCITING)]
            self._list.append(*(item.element for item in self._items))
        inspected, digits = session.inspected, session.test_digits
        found = list(zip(inspected.best.tolist(), inspected.firings.tolist(), strict=True))
        for place, item in enumerate(self._items):
            if place < len(found):
                index, firing = found[place]
                item.show(digits.images[index], int(digits.labels[index]), index, firing)
            else:
                item.show_nothing()
        if not digits.count:
            self._status.show("The test digits are still to come.", 0)
            return
        of_area = has_area(session.run.net.layers[inspected.layer])
        by = ", by the mean over its area" if of_area else ""
        said = f"The ten of {inspected.compared:,} test digits that excite it most{by}."
        self._status.show(said, inspected.compared)


class Item:
    """One of the digits: its picture, its class, and what the neuron says of it.

    Attributes:
        element: all of it.
    """

    def __init__(self) -> None:
        self.element = make("li")
        canvas, words = make("canvas", role="img", aria_label="Test digit"), make("span")
        self._class, self._firing = make("b"), make("span")
        words.append(self._class, self._firing)
        self.element.append(canvas, words)
        self._canvas = Canvas(canvas)
        self._texts = Text(self._class), Text(self._firing)
        self._index: int | None = None

    def show(self, image: np.ndarray, label: int, index: int, firing: float) -> None:
        """Shows a digit.

        Args:
            image: its pixels, uint8 (height, width).
            label: its class.
            index: which of the digits it is.
            firing: what the neuron says of it.
        """
        name, number = self._texts
        if index != self._index:
            self._index = index
            self._canvas.show(shade(image, 0, 255))
            self._canvas.element.setAttribute("aria-label", f"Test digit {index}, a {label}")
            self.element.style.borderColor = CLASS_COLOURS[label]
            self.element.dataset.digit = str(index)
            name.show(str(label), label)
        self.element.classList.remove("none")
        number.show(telling(firing), firing)

    def show_nothing(self) -> None:
        """Keeps its place for a digit to come."""
        self.element.classList.add("none")
