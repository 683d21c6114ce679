"""Minibatches of images, drawn at random and corrupted, as the page and the command line train on.

minibatch = Minibatch(50, images[0].size, net.operations)
minibatch.draw(images, MASKING, generator(0, ORDER), generator(0, CORRUPTION))
trainer.train(minibatch.corrupted, minibatch.clean)
"""

from __future__ import annotations

import numpy as np

from convnet.compute import NumPy
from convnet.corruption import Corruption, draw_seed


class Minibatch:
    """One minibatch, clean and corrupted, in buffers that are used again for each draw.

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
        corruption: Corruption,
        random_order: np.random.Generator,
        random_corruption: np.random.Generator,
    ) -> None:
        """Fills the buffers with images drawn at random, with replacement.

        Args:
            images: uint8 (n, height, width), to draw from.
            corruption: what is done to them; a masked share is taken to the nearest 1/256.
            random_order: chooses the images.
            random_corruption: chooses what happens to which pixel.
        """
        self.chosen = random_order.integers(0, len(images), len(self.clean), np.int32)
        seed = draw_seed(random_corruption)
        self._operations.gather_and_mask(
            images.reshape(len(images), self.clean.shape[1]),
            self.chosen,
            seed,
            corruption.masked,
            clean=self.clean,
            masked=self.corrupted,
        )
        if not corruption.masked:
            corruption.corrupt(self.corrupted, images.shape[1:], seed, self._operations)


def to_pixels(images: np.ndarray) -> np.ndarray:
    """Images uint8 (n, height, width) as a network takes them: float32 (n, pixels) from 0 to 1."""
    return np.multiply(images.reshape(len(images), -1), np.float32(1 / 255), dtype=np.float32)
