"""How well a network does on images: in one pass over them, of which several can take note.

    losses, codes = Losses(net), Codes(net, AGREEMENT_CODES)
    finish(go_over(net, digits, [losses, codes]))
    losses.mean  # of half the squared error, or the error rate
    finish(class_agreement(codes.values, codes.labels))

Principal component analysis is evaluated so too, by its network.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol

import numpy as np

from convnet.memory import Memory
from convnet.minibatch import to_pixels
from convnet.net import Net, narrowest_layer
from convnet.requirements import Dataset, is_autoencoder
from convnet.steps import Steps

AGREEMENT_CODES = 2000
"""Images, the first ones, among whose codes class agreement is measured."""

CHUNK = 500
"""Images that go through a network together where nobody says otherwise."""

_overflowing = np.errstate(over="ignore", invalid="ignore")
"""Of a network that diverged."""


class Noting(Protocol):
    """What takes note of images on their way through a network."""

    def add(self, first: int, pixels: np.ndarray, labels: np.ndarray) -> None:
        """Takes note of what the network holds after a forward pass.

        Args:
            first: index of the first image in the pass.
            pixels: the images without noise, float32 (n, pixels).
            labels: their classes, uint8 (n,).
        """


def go_over(
    net: Net,
    dataset: Dataset,
    noting: Sequence[Noting],
    chunk: int = CHUNK,
    corrupt: Callable[[np.ndarray], np.ndarray] | None = None,
) -> Steps[None]:
    """Sends images through a network, as many in a step as there is memory for at most.

    Args:
        net: the network; what it learns between two steps counts for the images that follow.
        dataset: the images with their classes.
        noting: told of each chunk after it went through.
        chunk: images in a step.
        corrupt: gives what the network sees of pixels (n, pixels); None: the pixels themselves.
    """
    count = len(dataset.images)
    size = min(chunk, Memory(net.layers, net.dtype).most_examples(training=False))
    for start in range(0, count, size):
        part = slice(start, start + size)
        pixels = to_pixels(dataset.images[part])
        net.forward(corrupt(pixels) if corrupt else pixels)
        for each in noting:
            each.add(start, pixels, dataset.labels[part])
        yield min(start + size, count) / count


class Losses:
    """Half the squared error of an autoencoder's image; of a classifier, whether it is wrong.

    Attributes:
        total: summed over images.
        count: how many these were.
    """

    def __init__(self, net: Net) -> None:
        self._net = net
        self.total = 0.0
        self.count = 0

    @property
    def mean(self) -> float:
        """Of the images so far."""
        return self.total / self.count

    @_overflowing
    def add(self, first: int, pixels: np.ndarray, labels: np.ndarray) -> None:
        """See `Noting`."""
        answers = self._net.layers[-1].out_act.reshape(len(pixels), -1)
        self.count += len(pixels)
        if is_autoencoder(self._net.layers):
            operations = self._net.operations
            difference = operations.scratch("difference", answers.shape, answers.dtype)
            self.total += operations.squared_loss(answers, pixels, gradient=difference)
        else:
            self.total += float((answers.argmax(axis=1) != labels).sum())


class Codes:
    """What the neurons of a layer say of the first images; where it has an area, the mean over it.

    Attributes:
        values: float32 or float64 (n, neurons), of the images so far.
        labels: their classes, uint8 (n,).

    Args:
        net: the network.
        count: of how many images at most.
        layer: index of the layer; None is the narrowest one.
    """

    def __init__(self, net: Net, count: int, layer: int | None = None) -> None:
        self._layer = net.layers[narrowest_layer(net) if layer is None else layer]
        self._count = count
        self.values = np.empty((0, self._layer.out_shape[2]), net.dtype)
        self.labels = np.empty(0, np.uint8)

    @_overflowing
    def add(self, first: int, pixels: np.ndarray, labels: np.ndarray) -> None:
        """See `Noting`."""
        wanted = slice(max(0, self._count - first))
        values = self._layer.out_act[wanted].mean(axis=(1, 2))
        self.values = np.concatenate([self.values, values])
        self.labels = np.concatenate([self.labels, labels[wanted]])
