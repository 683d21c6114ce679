"""The training digits, as far as they have arrived, and minibatches drawn from them."""

from __future__ import annotations

import numpy as np

from convnet import ConvNetError

PIXELS = 28 * 28


class Digits:
    """A store that grows while shards stream in.

    Args:
        capacity: how many images there will be in the end; their memory is taken at once, so
            that adding a shard never copies the ones before.
    """

    def __init__(self, capacity: int) -> None:
        self.count = 0
        self._images = np.empty((capacity, PIXELS), np.uint8)
        self._labels = np.empty(capacity, np.uint8)

    @property
    def capacity(self) -> int:
        """How many images there will be when every shard is here."""
        return len(self._images)

    @property
    def images(self) -> np.ndarray:
        """The images so far, uint8 (count, 784)."""
        return self._images[: self.count]

    @property
    def labels(self) -> np.ndarray:
        """Their classes, uint8 (count,)."""
        return self._labels[: self.count]

    def add(self, images: np.ndarray, labels: np.ndarray) -> None:
        """Appends a shard: images uint8 (n, 28, 28), labels uint8 (n,).

        Raises:
            ConvNetError: if the shard does not fit into what is left.
        """
        end = self.count + len(images)
        if end > self.capacity:
            raise ConvNetError(
                f"There are {self.capacity} training digits, but the shards hold at least {end}."
            )
        self._images[self.count : end] = images.reshape(len(images), PIXELS)
        self._labels[self.count : end] = labels
        self.count = end


class Minibatch:
    """One minibatch of digits, clean and corrupted, in buffers that are used again each step.

    The corruption is masking noise (Vincent et al., "Extracting and Composing Robust Features
    with Denoising Autoencoders", 2008): each pixel is blacked out with a given probability.

    Args:
        size: number of examples.
    """

    def __init__(self, size: int) -> None:
        self.clean = np.empty((size, PIXELS), np.float32)
        self.corrupted = np.empty((size, PIXELS), np.float32)
        self._bytes = np.empty((size, PIXELS), np.uint8)

    def draw(self, digits: Digits, noise: float, random: np.random.Generator) -> None:
        """Fills the buffers with digits drawn at random, with replacement.

        Args:
            digits: where to draw from; at least one must have arrived.
            noise: the share of pixels to black out, from 0 to 1.
            random: the run's random numbers.
        """
        chosen = random.integers(0, digits.count, len(self.clean))
        np.take(digits.images, chosen, axis=0, out=self._bytes, mode="clip")
        np.multiply(self._bytes, np.float32(1 / 255), out=self.clean)
        if noise > 0:
            kept = np.frombuffer(random.bytes(self.clean.size), np.uint8) >= round(noise * 256)
            np.multiply(self.clean, kept.reshape(self.clean.shape), out=self.corrupted)
        else:
            self.corrupted[:] = self.clean
