"""Digits, to train on or to test with, as far as they have arrived."""

from __future__ import annotations

import numpy as np

from convnet import ConvNetError
from convnet.mnist import SHAPE, digits_within_reach


class Digits:
    """A store that grows while shards stream in.

    Attributes:
        purpose: what they are for.
        count: how many images are here.
        late: whether the next ones take so long that training should not wait for them.
        incomplete: whether some will never come.

    Args:
        capacity: how many images there will be in the end; their memory is taken at once, so
            that adding a shard never copies the ones before.
        purpose: what they are for, as sentences begin.
        shape: height and width of an image.
    """

    def __init__(
        self, capacity: int, purpose: str = "Training", shape: tuple[int, int] = SHAPE
    ) -> None:
        self.purpose = purpose
        self.count = 0
        self.late = False
        self.incomplete = False
        self._images = np.empty((capacity, *shape), np.uint8)
        self._labels = np.empty(capacity, np.uint8)

    @property
    def capacity(self) -> int:
        """How many images there will be when every shard is here."""
        return len(self._images)

    @property
    def shape(self) -> tuple[int, int]:
        """Height and width of an image."""
        return self._images.shape[1:]

    @property
    def images(self) -> np.ndarray:
        """The images so far, uint8 (count, height, width)."""
        return self._images[: self.count]

    @property
    def labels(self) -> np.ndarray:
        """Their classes, uint8 (count,)."""
        return self._labels[: self.count]

    def reach(self, examples_seen: int) -> int:
        """From how many a run draws that has seen so many examples, here or still to come.

        Where some will never come, that is all there should be.
        """
        if self.incomplete:
            return self.capacity
        return digits_within_reach(examples_seen, self.capacity)

    def add(self, images: np.ndarray, labels: np.ndarray) -> None:
        """Appends a shard: images uint8 (n, height, width), labels uint8 (n,).

        Raises:
            ConvNetError: if the shard does not fit into what is left.
        """
        end = self.count + len(images)
        if end > self.capacity:
            raise ConvNetError(
                f"There are {self.capacity} digits, but the shards hold at least {end}."
            )
        self._images[self.count : end] = images
        self._labels[self.count : end] = labels
        self.count = end
