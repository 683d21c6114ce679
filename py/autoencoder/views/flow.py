"""The flow: a digit on its way through the network, with its code, and what it loses on the way."""

from __future__ import annotations

from typing import TYPE_CHECKING

from autoencoder.page import Text, element
from autoencoder.views.canvas import Canvas
from autoencoder.views.code_numbers import CodeNumbers
from autoencoder.views.numbers import fixed
from autoencoder.views.pictures import shade
from autoencoder.views.view import View
from convnet.net import narrowest_layer

if TYPE_CHECKING:
    from autoencoder.session import Session


class FlowView(View):
    """Three pictures, black at 0 and white at 1, and between them the code in numbers.

    The code is what the narrowest layer puts out.
    """

    def __init__(self) -> None:
        super().__init__(element("flow"))
        names = ("current-image", "current-corrupted", "current-reconstruction")
        self._canvases = [Canvas(element(name)) for name in names]
        self._code = CodeNumbers(element("code-numbers"))
        self._loss = Text(element("current-loss"))

    def renew(self, session: Session) -> None:
        """Makes room for another network's code."""
        self._layer = session.run.net.layers[narrowest_layer(session.run.net)]
        self._code.make_room(self._layer.num_outputs)

    def draw(self, session: Session) -> None:
        """Shows the example, its code, and what the network makes of it by now."""
        example = session.example
        pictures = example.clean, example.corrupted, example.output
        for canvas, picture in zip(self._canvases, pictures, strict=True):
            canvas.show(shade(picture.reshape(session.run.shape), 0, 1))
        self._code.show(self._layer.out_act[0].ravel())
        self._loss.show(fixed(example.loss, 1), example.loss)
