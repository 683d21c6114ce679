"""Minibatches of images, drawn at random and corrupted, as the page and the command line train on.

minibatch = Minibatch(50, images[0].size, net.operations)
minibatch.draw(images, 0.1, order=generator(), corruption=generator())
trainer.train(minibatch.corrupted, minibatch.clean)
"""

from __future__ import annotations

import numpy as np

from convnet.compute import NumPy

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
        pixels: the number of values in one image.
        backend: what draws.

    Attributes:
        chosen: which images were drawn, int32 (size,).
        clean: their pixels from 0 to 1, float32 (size, pixels).
        corrupted: the same with noise.
    """

    def __init__(self, size: int, pixels: int, backend: NumPy) -> None:
        self._operations = backend
        self.chosen = np.zeros(size, np.int32)
        self.clean = np.empty((size, pixels), np.float32)
        self.corrupted = np.empty((size, pixels), np.float32)

    @staticmethod
    def memory(size: int, pixels: int) -> int:
        """Bytes that a minibatch of so many images takes."""
        return size * (np.dtype(np.int32).itemsize + 2 * pixels * np.dtype(np.float32).itemsize)

    def draw(
        self,
        images: np.ndarray,
        noise: float,
        order: np.random.Generator,
        corruption: np.random.Generator,
    ) -> None:
        """Fills the buffers with images drawn at random, with replacement.

        Args:
            images: uint8 (n, pixels) or (n, height, width), to draw from.
            noise: the share of pixels to black out, from 0 to `MAX_NOISE`, to the nearest 1/256.
            order: chooses the images.
            corruption: chooses the pixels.
        """
        self.chosen = order.integers(0, len(images), len(self.clean), np.int32)
        self._operations.gather_and_mask(
            images.reshape(len(images), self.clean.shape[1]),
            self.chosen,
            int(corruption.integers(2**32)),
            round(noise * 256),
            clean=self.clean,
            masked=self.corrupted,
        )


def to_pixels(images: np.ndarray) -> np.ndarray:
    """Images uint8 (n, height, width) as a network takes them: float32 (n, pixels) from 0 to 1."""
    return np.multiply(images.reshape(len(images), -1), np.float32(1 / 255), dtype=np.float32)
