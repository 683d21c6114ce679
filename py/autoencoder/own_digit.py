"""The visitor's own digit: what they have drawn, and what the network makes of it.

own_digit = OwnDigit()
own_digit.draw(ink)  # (height, width), from 0 to 255
own_digit.forward(session)
own_digit.seen, own_digit.code, own_digit.output, own_digit.place_code
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from autoencoder.ink import like_mnist
from convnet.chance import generator

if TYPE_CHECKING:
    from autoencoder.session import Session


class OwnDigit:
    """A digit that someone draws, which goes through whatever network there is.

    Attributes:
        with_noise: whether the network sees it with noise, of the kind that it is trained with.
        changes: grows with each change of the digit.
        pixels: its pixels from 0 to 1, float32 (k,); None while there is no ink.
        seen: the same as the network saw them in the last `forward`, likewise None.
        code: what all neurons of the map's layer said of it then, float32 (depth,).
        place_code: what the two neurons of them said that place it on the map.
        output: the network's reconstruction of it, float32 (k,).
        loss: half the squared error of that.
    """

    def __init__(self) -> None:
        self.with_noise = False
        self.changes = 0
        self._chance = generator()
        self.clear()

    def draw(self, ink: np.ndarray) -> None:
        """Takes what has been drawn by now, (height, width) from 0 to 255."""
        image = like_mnist(ink)
        if image is None:
            self.clear()
            return
        self.pixels = image.ravel()
        self.changes += 1

    def clear(self) -> None:
        """There is no ink any more; the next digit gets noise of its own."""
        self.pixels = self.seen = self.code = self.place_code = self.output = self.loss = None
        self._noise_seed = int(self._chance.integers(2**32))
        self.changes += 1

    def forward(self, session: Session) -> None:
        """Sends it through the network, where there is ink: as `Example.forward`, it leaves every
        layer's `out_act` that one digit's.
        """
        if self.pixels is None:
            return
        self.seen = self.pixels
        if self.with_noise:
            # The same until it is cleared, so that the noise does not flicker beneath the pen.
            run, random = session.run, generator(self._noise_seed)
            (self.seen,) = run.corruption.apply(self.pixels[None], run.shape, random)
        digit_map, net = session.digit_map, session.run.net
        (self.code,) = digit_map.codes_of(self.seen[None])
        across, upward = digit_map.neurons
        self.place_code = float(self.code[across]), float(self.code[upward])
        self.output = net.layers[-1].out_act.ravel().copy()
        error = np.subtract(self.output, self.pixels, dtype=np.float64)
        self.loss = 0.5 * float(np.vecdot(error, error))
