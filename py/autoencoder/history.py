"""What the run remembers of its own course: averages over a window, its speed, its loss curve."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Mapping
from itertools import pairwise
from time import perf_counter
from typing import Any

from convnet import ConvNetError
from convnet.fields import Fields, is_number
from convnet.limits import MAX_COUNT
from convnet.trainer import Stats

WINDOW = 100
TIMES_WINDOW = 2000
"""A browser's clock is coarse, and a machine does other things too."""
MOST_POINTS = 1000
EXAMPLES_A_POINT = 200
FINEST = 1e-14
"""How close points of the loss curve may lie, as a part of where they are: closer ones are too
close for the axis of a graph, which counts in float64."""
MOST_LOSS = 1e100
"""No loss is larger that single precision comes to."""


class Averages:
    """Means of the training statistics: losses over the last `WINDOW` updates, times over the last
    `TIMES_WINDOW`.
    """

    FIELDS = ("cost_loss", "l1_decay_loss", "l2_decay_loss", "forward_time", "backward_time")

    def __init__(self) -> None:
        self._windows = {
            field: deque(maxlen=TIMES_WINDOW if field.endswith("time") else WINDOW)
            for field in self.FIELDS
        }

    def add(self, stats: Stats) -> None:
        """Takes in one update's statistics."""
        for field, window in self._windows.items():
            window.append(getattr(stats, field))

    def copy(self) -> Averages:
        """The same averages, which go their own way from here on."""
        copy = Averages()
        for field, window in self._windows.items():
            copy._windows[field].extend(window)
        return copy

    def __getitem__(self, field: str) -> float | None:
        """The mean of one of `FIELDS`, or None before the first update."""
        window = self._windows[field]
        return sum(window) / len(window) if window else None

    @property
    def loss(self) -> float | None:
        """Mean of the full loss: cost and both decay losses."""
        parts = [self[f] for f in ("cost_loss", "l1_decay_loss", "l2_decay_loss")]
        return None if None in parts else sum(parts)


class Speed:
    """Examples a second, over about the last second of training.

    Args:
        clock: returns seconds.
    """

    SPAN = 1.0

    def __init__(self, clock: Callable[[], float] = perf_counter) -> None:
        self._clock = clock
        self._marks: deque[tuple[float, int]] = deque()

    def mark(self, examples_seen: int) -> None:
        """Notes how many examples the run has seen by now."""
        now = self._clock()
        self._marks.append((now, examples_seen))
        while len(self._marks) > 2 and now - self._marks[1][0] > self.SPAN:
            self._marks.popleft()

    def reset(self) -> None:
        """Forgets the past: after a pause, its length must not count."""
        self._marks.clear()

    @property
    def examples_per_second(self) -> float | None:
        """The speed, or None until two marks lie apart."""
        if len(self._marks) < 2:
            return None
        (start, before), (end, after) = self._marks[0], self._marks[-1]
        return (after - before) / (end - start) if end > start else None


class LossCurve:
    """The loss graph's points, thinned out as the run grows so that a run of days still fits.

    Attributes:
        examples: examples seen at each point, increasing.
        losses: the full loss at each point, averaged over the window.
    """

    def __init__(self) -> None:
        self.clear()

    @classmethod
    def from_json(cls, json: Mapping[str, Any]) -> LossCurve:
        """The curve that `to_json` wrote; an empty mapping is an empty curve.

        Raises:
            ConvNetError: this is not a curve.
        """
        curve = cls()
        if json:
            fields = Fields(json, "The snapshot's loss curve")
            examples, losses = fields.items("examples"), fields.items("losses")
            if len(examples) != len(losses) or len(examples) > MOST_POINTS:
                raise ConvNetError(
                    "The snapshot's loss curve must have as many losses as examples, and at most "
                    f"{MOST_POINTS} of each, but it has {len(losses)} and {len(examples)}."
                )
            if not _are_counts(examples) or not _are_rising(examples):
                raise ConvNetError(
                    "The snapshot's loss curve: examples must be rising whole numbers from 0 to "
                    f"{MAX_COUNT}."
                )
            if not all(is_number(loss) and 0 <= loss <= MOST_LOSS for loss in losses):
                raise ConvNetError(
                    f"The snapshot's loss curve: losses must be numbers from 0 to {MOST_LOSS:g}."
                )
            curve.examples, curve.losses = [int(count) for count in examples], losses
            curve._stride = fields.whole("stride", EXAMPLES_A_POINT, MAX_COUNT)
        return curve

    def copy(self) -> LossCurve:
        """The same curve, which goes its own way from here on."""
        copy = LossCurve()
        copy.examples, copy.losses = self.examples.copy(), self.losses.copy()
        copy._stride = self._stride
        return copy

    def to_json(self) -> dict[str, Any]:
        """A copy of the curve as a dict for JSON."""
        examples, losses = self.examples.copy(), self.losses.copy()
        return {"examples": examples, "losses": losses, "stride": self._stride}

    def clear(self) -> None:
        """Starts an empty curve, as dense as at the run's beginning."""
        self.examples: list[int] = []
        self.losses: list[float] = []
        self._stride = EXAMPLES_A_POINT

    def add(self, examples_seen: int, loss: float) -> None:
        """Appends a point if the last one is far enough back."""
        if self.examples and examples_seen - self.examples[-1] < self._stride:
            return
        self.examples.append(examples_seen)
        self.losses.append(loss)
        if len(self.examples) > MOST_POINTS:
            del self.examples[1::2], self.losses[1::2]
            self._stride = min(2 * self._stride, MAX_COUNT)


def _are_counts(values: list[Any]) -> bool:
    return all(is_number(n) and 0 <= n <= MAX_COUNT and n == int(n) for n in values)


def _are_rising(counts: list[float]) -> bool:
    return all(b - a >= max(1, FINEST * b) for a, b in pairwise(counts))
