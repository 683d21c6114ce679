"""What a network can do with MNIST's digits: give them back, or name them."""

from __future__ import annotations

import numpy as np

from convnet.errors import ConvNetError
from convnet.memory import Memory
from convnet.mnist import PIXELS, to_pixels
from convnet.net import Net

CLASSES = 10
CHUNK = 500


class Task:
    """The task that a network's shape implies: autoencoder or classifier.

    Args:
        net: the network.

    Attributes:
        is_autoencoder: whether the target is the digit itself and not its class.

    Raises:
        ConvNetError: the network takes no digit, or gives back neither digit nor class.
    """

    def __init__(self, net: Net) -> None:
        first, last = net.layers[0], net.layers[-1]
        self.is_autoencoder = last.type == "regression"
        outputs = PIXELS if self.is_autoencoder else CLASSES
        if first.num_outputs != PIXELS:
            raise ConvNetError(
                f"{first.where} must take the {PIXELS} pixels of a digit, but it takes "
                f"{first.num_outputs} values."
            )
        if last.num_outputs != outputs:
            raise ConvNetError(
                f"{last.where} must have {outputs} outputs, one for each "
                f"{'pixel' if self.is_autoencoder else 'class'}, but it has {last.num_outputs}."
            )
        self._net = net

    def targets(self, pixels: np.ndarray, labels: np.ndarray) -> np.ndarray:
        """What the network should answer to digits (n, 784) of some classes (n,)."""
        return pixels if self.is_autoencoder else labels

    def evaluate(self, images: np.ndarray, labels: np.ndarray) -> str:
        """How well the network does on images uint8 (n, 28, 28), as a line of text."""
        total = 0.0
        memory = Memory(self._net.layers, self._net.dtype)
        size = min(CHUNK, memory.most_examples(training=False))
        for start in range(0, len(images), size):
            part = slice(start, start + size)
            total += self._cost(to_pixels(images[part]), labels[part])
        mean, digits = total / len(images), f"{len(images):,} digits"
        if self.is_autoencoder:
            return f"half squared error: {mean:.4f} an image, mean of {digits}"
        return f"error rate: {mean:.2%} of {digits}"

    def _cost(self, pixels: np.ndarray, labels: np.ndarray) -> float:
        """Half the squared error, or the number of wrong answers, summed over examples."""
        answers = self._net.forward(pixels).reshape(len(pixels), -1)
        if self.is_autoencoder:
            return 0.5 * float(np.square(answers - pixels).sum(dtype=np.float64))
        return float((answers.argmax(axis=1) != labels).sum())
