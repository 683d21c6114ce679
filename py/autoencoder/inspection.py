"""A neuron that someone looks at closely, and the digits that excite it most.

inspection = Inspection(net)
inspection.choose(2, 17)
while not inspection.search_next(digits, 200):
    ...  # the rest of a frame's time
inspection.best     # indices of digits, the most exciting first
inspection.firings  # what the neuron says of them
"""

from __future__ import annotations

import numpy as np

from autoencoder.digits import Digits
from convnet import ConvNetError, Net
from convnet.minibatch import to_pixels

MOST_EXCITING = 10
"""Digits that are told."""


class Inspection:
    """A neuron of a network, or none.

    Where a layer has an area, its neurons are channels, and a neuron's firing is the mean over it.
    Digits are gone through again and again, since the network changes meanwhile.

    Args:
        net: the network.

    Attributes:
        layer: index of the neuron's layer; None where no neuron is looked at.
        neuron: which of its neurons.
        best: the digits that excite it most, of the last pass over all of them, or while there was
            none of the pass so far: their indices, the most exciting first.
        firings: what the neuron said of each of them, float32.
        compared: of how many digits they are the best.
        searched: how many digits the present pass has gone through.
    """

    def __init__(self, net: Net) -> None:
        self._net = net
        self.close()

    def renewed(self, net: Net) -> Inspection:
        """The same neuron of another network, where that has such a one; else none."""
        other = Inspection(net)
        if self.layer is not None and self.layer < len(net.layers):
            before, layer = (each.layers[self.layer] for each in (self._net, net))
            if layer.type == before.type and self.neuron < layer.out_shape[2]:
                other.choose(self.layer, self.neuron)
        return other

    @property
    def count(self) -> int:
        """How many neurons the layer has."""
        return self._net.layers[self.layer].out_shape[2]

    def choose(self, layer: int, neuron: int) -> None:
        """Looks at a neuron.

        Raises:
            ConvNetError: there is no such neuron.
        """
        if not 0 <= layer < len(self._net.layers):
            raise ConvNetError(f"There is no layer {layer} to look at.")
        depth = self._net.layers[layer].out_shape[2]
        if not 0 <= neuron < depth:
            raise ConvNetError(f"Layer {layer} has no neuron {neuron}: it has {depth}.")
        if (layer, neuron) != (self.layer, self.neuron):
            self.layer: int | None = layer
            self._choose(neuron)

    def choose_next(self, by: int = 1) -> None:
        """Looks at a neuron so many further on in the layer; the first follows the last."""
        if self.layer is not None:
            self._choose((self.neuron + by) % self.count)

    def close(self) -> None:
        """Looks at no neuron any more."""
        self.layer = None
        self._choose(0)

    def _choose(self, neuron: int) -> None:
        self.neuron = neuron
        self._firings = np.empty(0, np.float32)
        self.best = np.empty(0, np.intp)
        self.firings = self._firings
        self.compared = self.searched = 0

    def search_next(self, digits: Digits, count: int) -> bool:
        """Lets the network look at the next so many digits.

        Args:
            digits: all that are here; more may come.
            count: how many.

        Returns:
            Whether all have been gone through with these; then another pass begins.
        """
        if len(self._firings) < digits.capacity:
            self._firings = np.empty(digits.capacity, np.float32)
        part = slice(self.searched, min(self.searched + count, digits.count))
        if part.stop > part.start:
            self._net.forward(to_pixels(digits.images[part]))
            activations = self._net.layers[self.layer].out_act[..., self.neuron]
            self._firings[part] = activations.mean(axis=(1, 2))
        self.searched = part.stop
        is_over = self.searched == digits.count
        if is_over or self.searched > self.compared:
            self._rank(self._firings[: self.searched])
        if is_over:
            self.searched = 0
        return is_over

    def _rank(self, firings: np.ndarray) -> None:
        """Finds the best; of equal ones the first, and what is no number comes last."""
        self.compared = len(firings)
        self.best = np.argsort(-firings, kind="stable")[:MOST_EXCITING]
        self.firings = firings[self.best]
