"""What every update rule is: what it remembers, and the numbers that its steps depend on.

Trainer calls `update` once a minibatch with all parameters and their gradient. A rule changes
parameters in place, by the operation of `compute` that has its name.
"""

from __future__ import annotations

from typing import ClassVar

import numpy as np

from convnet.compute import Gradient, NumPy, Outcome
from convnet.limits import MAX_COUNT
from convnet.options import TrainerOptions


class UpdateRule:
    """A rule by which gradients change parameters.

    Args:
        options: the trainer's options, which may change between updates.
        operations: what computes.
        size: how many parameters there are.
        dtype: their type.

    Attributes:
        method: ConvNetJS's name for the rule.
        accumulators: what the rule remembers: names (ConvNetJS's) of arrays as long as the
            parameters, which are attributes of that name and start from 0.
        squares: those of them that average or add squares, and so are never negative.
        uses_learning_rate: whether `learning_rate` has a part in its steps.
        updates: updates done, the running one included.
    """

    method: ClassVar[str]
    accumulators: ClassVar[tuple[str, ...]] = ()
    squares: ClassVar[tuple[str, ...]] = ()
    uses_learning_rate: ClassVar[bool] = True

    def __init__(
        self, options: TrainerOptions, operations: NumPy, size: int, dtype: np.dtype
    ) -> None:
        self.options = options
        self.operations = operations
        self.updates = 0
        for name in self.accumulators:
            setattr(self, name, np.zeros(size, dtype))

    def update(self, p: np.ndarray, gradient: Gradient) -> Outcome:
        """Changes parameters p (k,) in place by their gradient."""
        self.updates = min(self.updates + 1, MAX_COUNT)
        return self.step(p, gradient)

    def step(self, p: np.ndarray, gradient: Gradient) -> Outcome:
        """The operation that an update is."""
        raise NotImplementedError
