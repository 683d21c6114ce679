"""The flow: a digit on its way through the network, with its code, and what it loses on the way."""

from __future__ import annotations

from typing import TYPE_CHECKING

from autoencoder.page import Text, element, make
from autoencoder.views.canvas import Canvas
from autoencoder.views.numbers import NOTHING, compact, fixed
from autoencoder.views.pictures import shade
from autoencoder.views.view import View
from convnet.net import narrowest_layer

if TYPE_CHECKING:
    from autoencoder.session import Session

MOST_NUMBERS = 3
"""Of the code, so many neurons' firings are written out."""


class FlowView(View):
    """Three pictures, black at 0 and white at 1, and between them the code in numbers.

    The code is what the narrowest layer puts out.
    """

    def __init__(self) -> None:
        super().__init__(element("flow"))
        names = ("current-image", "current-corrupted", "current-reconstruction")
        self._canvases = [Canvas(element(name)) for name in names]
        self._code = element("code-numbers")
        self._numbers: list[Text] = []
        self._loss = Text(element("current-loss"))

    def renew(self, session: Session) -> None:
        """Makes room for another network's code."""
        self._layer = session.run.net.layers[narrowest_layer(session.run.net)]
        count = self._layer.num_outputs
        items = [make("li", NOTHING) for _ in range(min(count, MOST_NUMBERS))]
        self._numbers = [Text(item) for item in items]
        if count > MOST_NUMBERS:
            items.append(make("li", f"+ {count - MOST_NUMBERS:,} more"))
        self._code.replaceChildren(*items)

    def draw(self, session: Session) -> None:
        """Shows the example, its code, and what the network makes of it by now."""
        example = session.example
        pictures = example.clean, example.corrupted, example.output
        for canvas, picture in zip(self._canvases, pictures, strict=True):
            canvas.show(shade(picture.reshape(session.run.shape), 0, 1))
        for number, firing in zip(self._numbers, self._layer.out_act[0].flat, strict=False):
            number.show(compact(float(firing)), float(firing))
        self._loss.show(fixed(example.loss, 1), example.loss)
