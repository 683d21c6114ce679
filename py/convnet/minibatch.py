"""Minibatches of digits, drawn at random and corrupted, as the page and the command line train on.

minibatch = Minibatch(50)
minibatch.draw(images, noise=0.1, random=generator())
trainer.train(minibatch.corrupted, minibatch.clean)
"""

from __future__ import annotations

import numpy as np

from convnet.compute import operations
from convnet.mnist import PIXELS

DEFAULT_NOISE = 0.1
"""The share of pixels to black out where nobody says otherwise."""

MAX_NOISE = 0.9
"""The largest share of pixels to black out: beyond, there is little left to learn from."""


class Minibatch:
    """One minibatch, clean and corrupted, in buffers that are used again for each draw.

    The corruption is masking noise: each pixel is blacked out with a given probability.
    Vincent et al., Extracting and composing robust features with denoising autoencoders, 2008.

    Args:
        size: the number of examples.

    Attributes:
        chosen: which digits were drawn, int32 (size,).
        clean: their pixels from 0 to 1, float32 (size, 784).
        corrupted: the same with noise.
    """

    def __init__(self, size: int) -> None:
        self.chosen = np.zeros(size, np.int32)
        self.clean = np.empty((size, PIXELS), np.float32)
        self.corrupted = np.empty((size, PIXELS), np.float32)

    @staticmethod
    def memory(size: int) -> int:
        """Bytes that a minibatch of a size takes."""
        return size * (np.dtype(np.int32).itemsize + 2 * PIXELS * np.dtype(np.float32).itemsize)

    def draw(self, images: np.ndarray, noise: float, random: np.random.Generator) -> None:
        """Fills the buffers with digits drawn at random, with replacement.

        Args:
            images: uint8 (n, 784) or (n, 28, 28), to draw from.
            noise: the share of pixels to black out, from 0 to `MAX_NOISE`, to the nearest 1/256.
            random: the run's random numbers.
        """
        self.chosen = random.integers(0, len(images), len(self.clean), np.int32)
        operations(self.clean.dtype).gather_and_mask(
            images.reshape(len(images), PIXELS),
            self.chosen,
            int(random.integers(2**32)),
            round(noise * 256),
            clean=self.clean,
            masked=self.corrupted,
        )
