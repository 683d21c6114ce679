"""The map: where two neurons of a layer place some digits, and what they would say of a place.

digit_map = DigitMap(pixels, labels, net)
while not digit_map.place_next(50):
    ...  # a frame of a network too slow for more
digit_map.positions              # (n, 2) from 0 to 1, across and upward
digit_map.codes_at([[0.5, 0.5]])  # what the two neurons say in the middle
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from convnet import ConvNetError, Net
from convnet.evaluation import narrowest_layer

MAP_SIZE = 200
"""Digits on the map."""


class DigitMap:
    """The map of a network, which begins with its narrowest layer.

    Where a layer has an area, a neuron's firing is the mean over it. A layer of a single neuron
    places digits across, and their classes place them upward.

    Args:
        pixels: the digits, float32 (n, pixels).
        labels: their classes, uint8 (n,).
        net: the network.

    Attributes:
        pixels: as above.
        labels: as above.
        layer: index of the layer that places the digits.
        neurons: the two neurons of it: across and upward.
        extent: the lowest and the highest of the digits' codes, float32 (2, 2), the codes on the
            second axis; None before all have been placed.
        positions: where the digits lie, float32 (n, 2), how far to the right and how far up; None
            before all have been placed.
        placed: how many have been placed anew since all were.
    """

    def __init__(self, pixels: np.ndarray, labels: np.ndarray, net: Net) -> None:
        self.pixels = pixels
        self.labels = labels
        self._net = net
        self._codes = np.zeros((len(pixels), 2), np.float32)
        self.choose_layer(narrowest_layer(net))

    def renewed(self, net: Net) -> DigitMap:
        """The map of another network, with the same digits."""
        return DigitMap(self.pixels, self.labels, net)

    @property
    def depth(self) -> int:
        """How many neurons the layer has to choose from."""
        return self._net.layers[self.layer].out_shape[2]

    def choose_layer(self, index: int) -> None:
        """Draws the map from another layer, and from its first two neurons.

        Raises:
            ConvNetError: no such layer lies between input and loss.
        """
        if not 0 < index < len(self._net.layers) - 1:
            raise ConvNetError(f"There is no layer {index} to draw the map from.")
        self.layer = index
        self._choose(0, 1)

    def choose_pair(self, across: int, upward: int) -> None:
        """Draws the map from two neurons of its layer.

        Raises:
            ConvNetError: the layer has no such neurons.
        """
        if not (0 <= across < self.depth and 0 <= upward < self.depth):
            raise ConvNetError(
                f"Layer {self.layer} has no neurons {across} and {upward}: it has {self.depth}."
            )
        self._choose(across, upward)

    def next_pair(self) -> None:
        """Draws the map from the next pair of neurons."""
        across, upward = self.neurons
        self._choose(across + 1, upward + 1)

    def _choose(self, across: int, upward: int) -> None:
        self.neurons = across % self.depth, upward % self.depth
        self.extent: np.ndarray | None = None
        self.positions: np.ndarray | None = None
        self.placed = 0

    def place_next(self, count: int) -> bool:
        """Places the next so many digits by what the neurons say of them now.

        Returns:
            Whether all have been placed with these; then `positions` are anew.
        """
        part = slice(self.placed, self.placed + count)
        self._net.forward(self.pixels[part])
        self._codes[part] = self._firings()
        if self.depth == 1:
            self._codes[part, 1] = self.labels[part]
        self.placed = part.stop
        if self.placed < len(self.pixels):
            return False
        self.placed = 0
        self.extent = np.stack([self._codes.min(axis=0), self._codes.max(axis=0)])
        self.positions = self._position(self._codes)
        return True

    def place(self) -> np.ndarray | None:
        """Where the example lies that went through the network last, the first of them, (2,).

        It may lie outside the map. None where nothing tells: before all digits have been placed,
        and upward of a single neuron.
        """
        if self.extent is None or self.depth == 1:
            return None
        return self._position(self._firings()[0])

    def codes_at(self, positions: ArrayLike) -> np.ndarray:
        """What the two neurons say where digits would lie at positions (n, 2): float32 (n, 2).

        It is the inverse of `positions`, whose digits have to have been placed. A neuron that says
        the same of all digits says that everywhere.
        """
        low, _ = self.extent
        usable, room = self._room()
        return low + np.asarray(positions, np.float32) * np.where(usable, room, 0)

    def codes_of(self, pixels: np.ndarray) -> np.ndarray:
        """What all neurons of the layer say of digits (n, pixels): float32 (n, depth)."""
        self._net.forward(pixels)
        return self._net.layers[self.layer].out_act.mean(axis=(1, 2))

    def _firings(self) -> np.ndarray:
        """What the two neurons say of the examples that went through the network last, (n, 2)."""
        firings = self._net.layers[self.layer].out_act[..., self.neurons]
        return firings.mean(axis=(1, 2))

    def _position(self, codes: np.ndarray) -> np.ndarray:
        """Codes (..., 2) stretched so that the digits' extent becomes 0 to 1.

        What is constant, or not of finite numbers only, lies at 0.5.
        """
        low, _ = self.extent
        usable, room = self._room()
        with np.errstate(invalid="ignore", over="ignore"):
            return np.where(usable, (codes - low) / room, np.float32(0.5))

    def _room(self) -> tuple[np.ndarray, np.ndarray]:
        """Which of the two extents are above 0 and finite, and what they are, 1 where not so."""
        low, high = self.extent
        with np.errstate(invalid="ignore", over="ignore"):
            room = high - low
        usable = (room > 0) & np.isfinite(room)
        return usable, np.where(usable, room, np.float32(1))
