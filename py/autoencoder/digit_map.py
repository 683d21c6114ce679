"""The map: where two neurons of a layer place some digits, and what the decoder draws at a place.

digit_map = DigitMap(digits, net)
while not digit_map.place_next(50):
    ...  # a frame of a network too slow for more
digit_map.codes                    # (n, 2): what the two neurons say of each digit
digit_map.decode([[0.3, -1.2]])    # the picture that this code stands for
digit_map.window                   # which codes are seen, and where
"""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike

from autoencoder.map_window import MapWindow
from convnet import ConvNetError, Net
from convnet.minibatch import to_pixels
from convnet.net import narrowest_layer

if TYPE_CHECKING:
    from autoencoder.digits import Digits

MAP_SIZE = 200
"""Digits on the map where nobody chooses how many."""
MAP_SIZES = (200, 500, 1000, 2000, 5000)
NEIGHBOURS = 5
TRAIL = 8
"""How many earlier codes of each digit are remembered."""


class DigitMap:
    """The map of a network, which begins with its narrowest layer.

    Where a layer has an area, a neuron's firing is the mean over it. A layer of a single neuron
    places digits across, and their classes place them upward.

    Args:
        digits: the store whose first digits are on the map, as far as they are here.
        net: the network.
        count: how many there are to be.
        picked: index of the digit whose neighbours are looked for, if any.

    Attributes:
        count: as above.
        picked: as above.
        layer: index of the layer that places the digits.
        neurons: the two neurons of it: across and upward.
        codes: what they say of each digit, float32 (n, 2); None before all have been placed.
        trail: what they said of them before, the oldest first.
        mean: what all neurons of the layer say of these digits on average, float32 (depth,).
        picked_code: what the two neurons say of the picked digit, float32 (2,), or None.
        picked_output: the network's reconstruction of it, float32 (pixels,), or None.
        neighbours: of the picked digit, the nearest by what all neurons say, the nearest first;
            None where that is not known.
        window: which codes are seen.
        pointed: the code that the visitor points at, float (2,), or None.
        placed: how many have been placed anew since all were.
        changes: grows whenever all have been, or none is any more.
    """

    def __init__(
        self, digits: Digits, net: Net, count: int = MAP_SIZE, picked: int | None = None
    ) -> None:
        self._digits = digits
        self._net = net
        self.changes = 0
        self.count = count
        self.picked = picked
        self.choose_layer(narrowest_layer(net))

    def renewed(self, net: Net) -> DigitMap:
        """The map of another network, with the same digits."""
        return DigitMap(self._digits, net, self.count, self.picked)

    # Which digits, which layer, which neurons

    @property
    def labels(self) -> np.ndarray:
        """The classes of the digits on the map, uint8 (n,)."""
        return self._digits.labels[: self.count]

    @property
    def images(self) -> np.ndarray:
        """The digits on the map, uint8 (n, height, width)."""
        return self._digits.images[: self.count]

    @property
    def depth(self) -> int:
        """How many neurons the layer has to choose from."""
        return self._net.layers[self.layer].out_shape[2]

    def choose_count(self, count: int) -> None:
        """Shows so many digits, once they have been placed."""
        self.count = count
        self._forget_picked()

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

    def pick(self, index: int | None) -> None:
        """Looks for the neighbours of a digit of the store, or of none.

        Raises:
            ConvNetError: there is no such digit.
        """
        if index is not None and not 0 <= index < self._digits.count:
            raise ConvNetError(
                f"There is no test digit {index}: {self._digits.count:,} of them are here."
            )
        self.picked = index
        self._forget_picked()

    def _choose(self, across: int, upward: int) -> None:
        self.neurons = across % self.depth, upward % self.depth
        self.window = MapWindow()
        self.pointed: np.ndarray | None = None
        self._begin_anew()

    def _begin_anew(self) -> None:
        self.codes: np.ndarray | None = None
        self.mean: np.ndarray | None = None
        self.trail: deque[np.ndarray] = deque(maxlen=TRAIL)
        self._forget_picked()

    def _forget_picked(self) -> None:
        """Begins to place digits again, which tells of the picked one."""
        self.placed = 0
        self.changes += 1
        self.picked_code: np.ndarray | None = None
        self.picked_output: np.ndarray | None = None
        self.neighbours: np.ndarray | None = None

    # Where digits lie

    def place_next(self, count: int) -> bool:
        """Places the next so many digits by what the neurons say of them now.

        Returns:
            Whether all have been placed with these; then `codes` are anew.
        """
        if self.placed == 0:
            self._begin_placing()
        if not len(self._images):
            return False
        part = slice(self.placed, self.placed + count)
        firings = self.codes_of(to_pixels(self._images[part]))
        self._sum += firings.sum(axis=0, dtype=float)
        self._codes[part] = firings[:, self.neurons]
        if self._probe is not None:
            self._distances[part] = np.square(firings - self._probe).sum(axis=1)
        self.placed = part.stop
        if self.placed < len(self._images):
            return False
        self._end_placing()
        return True

    def _begin_placing(self) -> None:
        self._images = self.images
        n = len(self._images)
        self._codes = np.zeros((n, 2), np.float32)
        self._sum = np.zeros(self.depth)
        self._probe, self._distances = None, np.zeros(n)
        if self.picked is not None:
            pixels = to_pixels(self._digits.images[self.picked : self.picked + 1])
            (self._probe,) = self.codes_of(pixels)
            self._redrawn = self._net.layers[-1].out_act[0].ravel().copy()

    def _end_placing(self) -> None:
        self.placed = 0
        labels = self._digits.labels[: len(self._codes)]
        if self.depth == 1:
            self._codes[:, 1] = labels
        if self.codes is not None and len(self.codes) == len(self._codes):
            self.trail.append(self.codes)
        self.codes = self._codes
        self.changes += 1
        self.mean = (self._sum / len(self.codes)).astype(np.float32)
        self.window.follow(self.codes)
        if self._probe is not None:
            self._note_picked()

    def _note_picked(self) -> None:
        self.picked_output = self._redrawn
        self.picked_code = self._probe[list(self.neurons)]
        if self.depth == 1:
            self.picked_code[1] = self._digits.labels[self.picked]
        distances = self._distances
        if self.picked < len(distances):
            distances[self.picked] = np.inf
        nearest = np.argsort(distances, kind="stable")
        self.neighbours = nearest[: min(NEIGHBOURS, len(nearest) - 1)]

    def place(self) -> np.ndarray | None:
        """The code of the example that went through the network last, the first of them, (2,).

        None upward of a single neuron, where nothing tells its class.
        """
        if self.depth == 1:
            return None
        return self._firings()[0, self.neurons]

    def nearest_to(self, code: ArrayLike) -> int | None:
        """Index of the digit that lies nearest to a code (2,) on the map as it is seen."""
        if self.codes is None or not len(self.codes):
            return None
        positions = self.window.positions_of(self.codes)
        distances = np.square(positions - self.window.positions_of(code)).sum(axis=1)
        return int(distances.argmin())

    def codes_of(self, pixels: np.ndarray) -> np.ndarray:
        """What all neurons of the layer say of digits (n, pixels): float32 (n, depth)."""
        self._net.forward(pixels)
        return self._firings()

    def _firings(self) -> np.ndarray:
        """What they say of the examples that went through the network last, (n, depth)."""
        return self._net.layers[self.layer].out_act.mean(axis=(1, 2))

    # And back

    @property
    def why_not_decoded(self) -> str:
        """Why no picture belongs to a place on the map; nothing where one does."""
        sy, sx, _ = self._net.layers[self.layer].out_shape
        if (sy, sx) != (1, 1):
            return (
                "A place here is a mean over an area, which many pictures share: choose a layer "
                "without an area to decode from."
            )
        return ""

    @property
    def others_at_mean(self) -> int:
        """How many neurons of the layer a place says nothing of: they stay at their mean."""
        return self.depth - len(set(self.neurons))

    def decode(self, codes: ArrayLike) -> np.ndarray:
        """The pictures that codes (n, 2) stand for: float32 (n, pixels).

        What the layer's other neurons say is their mean over the map's digits. They have to have
        been placed, unless there are no others.

        Raises:
            ConvNetError: this layer's places stand for no pictures, see `why_not_decoded`.
        """
        if self.why_not_decoded:
            raise ConvNetError(self.why_not_decoded)
        codes = np.asarray(codes, np.float32)
        firings = np.zeros((len(codes), self.depth), np.float32)
        if self.others_at_mean:
            firings[:] = self.mean
        across, upward = self.neurons
        if self.depth > 1:
            firings[:, upward] = codes[:, 1]
        firings[:, across] = codes[:, 0]
        return self._net.forward_from(self.layer, firings).reshape(len(codes), -1)

    @property
    def can_decode(self) -> bool:
        """Whether `decode` has all that it needs."""
        return not self.why_not_decoded and (self.mean is not None or not self.others_at_mean)

    def point_at(self, code: ArrayLike | None) -> None:
        """Points at a code (2,), or at none."""
        self.pointed = None if code is None else np.asarray(code, float)
