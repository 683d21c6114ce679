"""A copy of the run's last good state in memory, so that no divergence can lose it."""

from __future__ import annotations

import numpy as np

from convnet import Net, Trainer

EXAMPLES_BETWEEN = 20_000
SOUND = 2.0


class Checkpoint:
    """What a network has learnt and its trainer remembers, at some moment of the run.

    Args:
        net: the network to keep safe.
        trainer: its trainer.
        examples_seen: how many examples the network has been trained on.
    """

    def __init__(self, net: Net, trainer: Trainer, examples_seen: int) -> None:
        rule = trainer.rule
        self._live = [net.parameters, *(getattr(rule, name) for name in rule.accumulators)]
        self._kept = [np.empty_like(array) for array in self._live]
        self._lowest_loss = np.inf
        self.renew(examples_seen)

    def renew(self, examples_seen: int) -> None:
        """Keeps the state as it is now."""
        for kept, live in zip(self._kept, self._live, strict=True):
            np.copyto(kept, live)
        self._examples_seen = examples_seen

    def renew_if_sound(self, examples_seen: int, loss: float) -> None:
        """Keeps the state if the last copy is old and training has not begun to diverge."""
        self._lowest_loss = min(self._lowest_loss, loss)
        due = examples_seen - self._examples_seen >= EXAMPLES_BETWEEN
        if due and loss < SOUND * self._lowest_loss and np.isfinite(self._live[0]).all():
            self.renew(examples_seen)

    def restore(self) -> int:
        """Puts the kept state back, and returns how many examples it had seen."""
        for kept, live in zip(self._kept, self._live, strict=True):
            np.copyto(live, kept)
        return self._examples_seen
