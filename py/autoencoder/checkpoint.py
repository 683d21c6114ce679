"""Copies of a run's last sound states in memory, so that no divergence can lose it.

watch = LossWatch(first_loss)
watch.add(stats.cost_loss)
if watch.sound and moments.due(examples_seen):
    moments.keep(lambda spare: copy_of_the_run(spare))
...
moment = moments.go_back()
"""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

from autoencoder.history import Averages, LossCurve
from convnet.run import Run
from convnet.run_state import RunState

EXAMPLES_BETWEEN = 20_000
"""Examples from one copy to the next."""

MOST_COPIES = 3
AGEING = 4
"""Each copy grows so many times as old as the newer one beside it."""

MOST_BYTES = 96_000_000
"""What copies may take together; a single one there is in any case."""

WINDOW = 20
SOUND = 2.0
"""Training is sound while the loss stays below so many times the lowest that there was."""


@dataclass(slots=True)
class Moment:
    """All that training changes: what a saved run carries, but for what the visitor has set.

    Attributes:
        state: of the run, a copy.
        averages: losses and times over a window, a copy.
        curve: the loss graph, a copy.
    """

    state: RunState
    averages: Averages
    curve: LossCurve


class Checkpoint:
    """Moments to go back to, some of growing age: what looked sound may have been lost already.

    Args:
        first: what the run begins with.

    Attributes:
        moments: the kept ones, the newest first.
    """

    def __init__(self, first: Moment) -> None:
        self.moments = [first]
        self._copies = copies_kept(first.state.trainer.nbytes)
        self._kept = 0
        self._went_back = False

    def due(self, examples_seen: int) -> bool:
        """Whether the newest moment is an old one by now."""
        return examples_seen - self.moments[0].state.examples_seen >= EXAMPLES_BETWEEN

    def keep(self, take: Callable[[RunState | None], Moment]) -> None:
        """Keeps another moment, and of the others those that make their ages grow.

        Args:
            take: makes the moment, in the memory of a state that is no longer kept, if any.
        """
        last = 0
        while last + 1 < self._copies and self._kept % AGEING ** (last + 1) == 0:
            last += 1
        spare = self.moments.pop(last).state if last < len(self.moments) else None
        self.moments.insert(0, take(spare))
        self._kept += 1
        self._went_back = False

    def go_back(self) -> Moment:
        """The newest moment, or an older one where training from the newest diverged again."""
        if self._went_back and len(self.moments) > 1:
            del self.moments[0]
        self._went_back = True
        return self.moments[0]


class LossWatch:
    """Whether training is sound, by the mean loss of the last updates.

    Args:
        first: the loss that training began with.
    """

    def __init__(self, first: float) -> None:
        self._lowest = first
        self._losses: deque[float] = deque(maxlen=WINDOW)

    def add(self, loss: float) -> None:
        """Takes in an update's loss."""
        self._losses.append(loss)
        if self._full:
            self._lowest = min(self._lowest, self._mean)

    @property
    def sound(self) -> bool:
        """Whether the loss is about as low as it was; after too few updates that is not known."""
        return self._full and self._mean < SOUND * self._lowest

    def forget_recent(self) -> None:
        """Begins another window, after the network has gone back."""
        self._losses.clear()

    def begin_anew(self) -> None:
        """Forgets what the loss was, where it may stay higher from now on and yet be sound."""
        self._lowest = math.inf
        self._losses.clear()

    @property
    def _full(self) -> bool:
        return len(self._losses) == WINDOW

    @property
    def _mean(self) -> float:
        return sum(self._losses) / len(self._losses)


def copies_kept(nbytes: int) -> int:
    """How many moments are kept of a run whose state takes so many bytes."""
    return max(1, min(MOST_COPIES, MOST_BYTES // max(nbytes, 1)))


def describe_divergence(run: Run) -> str:
    """What is to be said, and what one can do, after a run had to go back."""
    seen, trainer = run.examples_seen, run.trainer
    place = f"where it was after {seen:,} examples" if seen else "as it began"
    if trainer.rule.uses_learning_rate:
        advice = "Choose a smaller learning rate, then resume."
    else:
        advice = (
            f"Reload with other layers or another method: {trainer.options.method} takes no "
            "learning rate that could be smaller."
        )
    return (
        "The loss stopped being a finite number, so training is paused and the network is back "
        f"{place}. {advice}"
    )
