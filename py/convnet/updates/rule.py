"""What every update rule is: mathematics on flat arrays, with memory of its own.

Trainer calls `update` once a minibatch with all parameters and their mean
gradients. A rule changes parameters in place; after its first update it allocates nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

import numpy as np

if TYPE_CHECKING:
    from convnet.trainer import TrainerOptions


class UpdateRule:
    """A rule by which gradients change parameters.

    Attributes:
        accumulators: what the rule remembers: names (ConvNetJS's) of arrays as long as the
            parameters, which are attributes of that name and start from 0.
        squares: those of them that average or add squares, and so are never negative.
        uses_learning_rate: whether `learning_rate` has a part in its steps.
        scratch: names of such arrays that its formula needs in NumPy, free for use within an
            update. They are made when they are first used: kernels need none.
        options: the trainer's options, which may change between updates.
        updates: updates done, the running one included.
    """

    accumulators: ClassVar[tuple[str, ...]] = ()
    squares: ClassVar[tuple[str, ...]] = ()
    scratch: ClassVar[tuple[str, ...]] = ()
    uses_learning_rate: ClassVar[bool] = True

    OF_EVERY_RULE: ClassVar = ("mean", "terms")
    """What an update by any rule needs in NumPy beside: the mean gradient, and a decay's terms."""

    def __init__(self, options: TrainerOptions, size: int, dtype: np.dtype) -> None:
        self.options = options
        self.updates = 0
        self._size, self._dtype = size, dtype
        for name in self.accumulators:
            setattr(self, name, np.zeros(size, dtype))

    def __getattr__(self, name: str) -> np.ndarray:
        """Makes a scratch array, the first time that it is asked for."""
        if name not in self.OF_EVERY_RULE + self.scratch:
            raise AttributeError(f"{type(self).__name__} has no {name}")
        array = np.empty(self._size, self._dtype)
        setattr(self, name, array)
        return array

    def update(self, p: np.ndarray, g: np.ndarray) -> None:
        """One update.

        Args:
            p: parameters, changed in place.
            g: their mean gradients, decay included; overwritten.
        """
        raise NotImplementedError


def average_square(average: np.ndarray, x: np.ndarray, ro: float, scratch: np.ndarray) -> None:
    """Moves a running average of squares on, in place: ro * average + (1 - ro) * x²."""
    np.multiply(x, x, out=scratch)
    scratch *= 1 - ro
    average *= ro
    average += scratch


def step_by_root(
    g: np.ndarray, squares: np.ndarray, options: TrainerOptions, out: np.ndarray
) -> np.ndarray:
    """A step along the gradient: learning_rate g / √(squares + eps). Overwrites g."""
    np.add(squares, options.eps, out=out)
    np.sqrt(out, out=out)
    g *= options.learning_rate
    return np.divide(g, out, out=out)
