"""What the run remembers of its own course: averages over a window, its speed, its loss curve."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Mapping
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
LOSS = "loss"
MOST_POINTS = 1000
MOST_OTHERS = 8
LONGEST_NAME = 40
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

    LOSSES = ("cost_loss", "l1_decay_loss", "l2_decay_loss")
    TIMES = ("forward_time", "backward_time")

    def __init__(self) -> None:
        self._windows = {field: deque(maxlen=WINDOW) for field in self.LOSSES}
        self._windows |= {field: deque(maxlen=TIMES_WINDOW) for field in self.TIMES}

    @classmethod
    def from_json(cls, json: Mapping[str, Any]) -> Averages:
        """The losses that `to_json` wrote; an empty mapping is none yet. Times are measured anew.

        Raises:
            ConvNetError: these are not losses.
        """
        averages = cls()
        if json:
            fields = Fields(json, "The snapshot's latest losses")
            losses = {field: fields.items(field) for field in cls.LOSSES}
            count = len(losses["cost_loss"])
            for field, values in losses.items():
                if len(values) != count or count > WINDOW or not _are_losses(values):
                    raise fields.error(
                        field,
                        f"at most {WINDOW} numbers from 0 to {MOST_LOSS:g}, as many as of the "
                        "others",
                    )
                averages._windows[field].extend(values)
        return averages

    def to_json(self) -> dict[str, Any]:
        """The losses as a dict for JSON."""
        return {field: [float(loss) for loss in self._windows[field]] for field in self.LOSSES}

    def add(self, stats: Stats) -> None:
        """Takes in one update's statistics."""
        for field, window in self._windows.items():
            window.append(getattr(stats, field))

    @property
    def full(self) -> bool:
        """Whether losses have come for a whole window."""
        return len(self._windows["cost_loss"]) == WINDOW

    def copy(self) -> Averages:
        """The same averages, which go their own way from here on."""
        copy = Averages()
        for field, window in self._windows.items():
            copy._windows[field].extend(window)
        return copy

    def __getitem__(self, field: str) -> float | None:
        """The mean of one of `LOSSES` or `TIMES`, or None before the first update."""
        window = self._windows[field]
        return sum(window) / len(window) if window else None

    @property
    def loss(self) -> float | None:
        """Mean of the full loss: cost and both decay losses."""
        parts = [self[field] for field in self.LOSSES]
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

    Beside the training loss, which every point has, there may be series with gaps, such as the
    loss of other images that is measured now and then:

        curve.add(examples_seen, loss)
        curve.add(examples_seen, loss, test=17.2)

    Attributes:
        examples: examples seen at each point, increasing.
        series: by name, the values at these points, None where there is none. The first is "loss":
            the full loss, averaged over the window.
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
            if not len(examples) == len(losses) <= MOST_POINTS:
                raise ConvNetError(
                    "The snapshot's loss curve must have as many losses as examples, and at most "
                    f"{MOST_POINTS} of each, but it has {len(losses)} and {len(examples)}."
                )
            if not _are_counts(examples) or not _are_rising(examples):
                raise ConvNetError(
                    "The snapshot's loss curve: examples must be rising whole numbers from 0 to "
                    f"{MAX_COUNT}."
                )
            if not _are_losses(losses):
                raise ConvNetError(
                    f"The snapshot's loss curve: losses must be numbers from 0 to {MOST_LOSS:g}."
                )
            curve.examples = [int(count) for count in examples]
            curve.series[LOSS] = losses
            curve.series |= _others_from_json(fields.mapping("others", default={}), len(examples))
            curve._stride = fields.whole("stride", EXAMPLES_A_POINT, MAX_COUNT)
        return curve

    def copy(self) -> LossCurve:
        """The same curve, which goes its own way from here on."""
        copy = LossCurve()
        copy.examples = self.examples.copy()
        copy.series = {name: values.copy() for name, values in self.series.items()}
        copy._stride = self._stride
        return copy

    def to_json(self) -> dict[str, Any]:
        """A copy of the curve as a dict for JSON."""
        losses, *others = (values.copy() for values in self.series.values())
        json = {"examples": self.examples.copy(), "losses": losses, "stride": self._stride}
        if others:
            json["others"] = dict(zip([*self.series][1:], others, strict=True))
        return json

    def clear(self) -> None:
        """Starts an empty curve, as dense as at the run's beginning."""
        self.examples: list[int] = []
        self.series: dict[str, list[float | None]] = {LOSS: []}
        self._stride = EXAMPLES_A_POINT

    def add(self, examples_seen: int, loss: float, **others: float) -> None:
        """Appends a point if the last one is far enough back.

        What others there are is never left out: it goes to the last point otherwise.
        """
        if not self.examples or examples_seen - self.examples[-1] >= self._stride:
            self.examples.append(examples_seen)
            for values in self.series.values():
                values.append(None)
            self.series[LOSS][-1] = loss
        for name, value in others.items():
            values = self.series.setdefault(name, [None] * len(self.examples))
            values[-1] = value
        if len(self.examples) > MOST_POINTS:
            self._thin_out()

    def _thin_out(self) -> None:
        """Leaves out every other point; what it alone has goes to the one before it."""
        del self.examples[1::2]
        for values in self.series.values():
            for i in range(1, len(values), 2):
                if values[i - 1] is None:
                    values[i - 1] = values[i]
            del values[1::2]
        self._stride = min(2 * self._stride, MAX_COUNT)


def _others_from_json(json: Mapping[str, Any], count: int) -> dict[str, list[float | None]]:
    """The series beside the loss, each of so many values or gaps."""
    fields = Fields(json, "The snapshot's loss curve: others")
    if len(json) > MOST_OTHERS or any(name == LOSS or len(name) > LONGEST_NAME for name in json):
        raise ConvNetError(
            f"{fields.where} must be at most {MOST_OTHERS} series with names of at most "
            f"{LONGEST_NAME} characters, none of them {LOSS}."
        )
    others = {name: fields.items(name) for name in json}
    for name, values in others.items():
        if len(values) != count or not _are_losses(v for v in values if v is not None):
            raise fields.error(name, f"{count} numbers from 0 to {MOST_LOSS:g}, or null for a gap")
    return others


def _are_losses(values: Iterable[Any]) -> bool:
    return all(is_number(loss) and 0 <= loss <= MOST_LOSS for loss in values)


def _are_counts(values: list[Any]) -> bool:
    return all(is_number(n) and 0 <= n <= MAX_COUNT and n == int(n) for n in values)


def _are_rising(counts: list[float]) -> bool:
    return all(b - a >= max(1, FINEST * b) for a, b in pairwise(counts))
