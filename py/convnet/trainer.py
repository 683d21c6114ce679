"""Training: one update of a network's parameters for each minibatch.

    trainer = Trainer(net, method="adadelta", batch_size=50, l2_decay=0.001)
    stats = trainer.train(x, y)
    print(stats.loss)

The rules themselves are in `updates`.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from time import perf_counter
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from convnet.compute import Gradient
from convnet.layers import Targets
from convnet.memory import OF_THE_NETWORK, Memory, enough_memory
from convnet.net import Net
from convnet.options import TrainerOptions
from convnet.steps import Steps, finish
from convnet.updates import RULES

MODERATE = 1e8
"""The largest gradient and parameter of an update that surely ends in finite numbers."""

MODERATE_MEMORY = 1e15
"""The same for what an update rule remembers."""

MODERATE_DECAY = 100
MODERATE_EPS = 1e-10
"""The same for the decays with their multipliers, and for the least divisor."""


@dataclass(frozen=True, slots=True)
class Stats:
    """What one update cost.

    Attributes:
        cost_loss: mean loss of an example.
        l1_decay_loss: l1_decay times the sum of absolute weights.
        l2_decay_loss: half l2_decay times the sum of squared weights.
        forward_time: milliseconds an example of the forward pass.
        backward_time: milliseconds an example of the backward pass and the update.
    """

    cost_loss: float
    l1_decay_loss: float
    l2_decay_loss: float
    forward_time: float
    backward_time: float

    @property
    def loss(self) -> float:
        """The sum of all losses."""
        return self.cost_loss + self.l1_decay_loss + self.l2_decay_loss


@dataclass(slots=True)
class TrainerState:
    """All that training changes: what a snapshot saves, and what a run that went wrong needs back.

    Options are not part of it: those who train set them.

    Attributes:
        parameters: the network's, (k,).
        accumulators: what the update rule remembers, each (k,), by ConvNetJS's names.
        updates: updates done.
        random: the state of the network's generator.
    """

    parameters: np.ndarray
    accumulators: dict[str, np.ndarray]
    updates: int
    random: Mapping[str, Any]

    @property
    def arrays(self) -> list[np.ndarray]:
        """Everything that is large, in the same order for every state of a trainer."""
        return [self.parameters, *self.accumulators.values()]

    @property
    def nbytes(self) -> int:
        """The memory that a copy takes, in bytes."""
        return sum(array.nbytes for array in self.arrays)


class Trainer:
    """Trains a network by one of ConvNetJS's update rules.

    Args:
        net: the network, whose parameters are changed in place.
        options: see TrainerOptions.

    Attributes:
        options: the options as they stand.
        rule: the update rule with what it remembers.

    Raises:
        ConvNetError: an option is unknown or out of range.
    """

    def __init__(self, net: Net, /, **options: object) -> None:
        self.net = net
        self.options = TrainerOptions(**options)
        # An update that may fail is done beside a copy of what there was.
        arrays = arrays_in_training(self.options) + arrays_in_a_state(self.options)
        Memory(net.layers, net.dtype, arrays).check(1)
        with enough_memory(f"training by {self.options.method}"):
            self.rule = RULES[self.options.method](
                self.options, net.operations, net.num_parameters, net.dtype
            )
        segments = list(net.segments())
        self._stops = np.array([part.stop for _, part in segments], np.int32)
        multipliers = [
            (parameter.l1_decay_mul, parameter.l2_decay_mul) for parameter, _ in segments
        ]
        self._multipliers = np.array(multipliers, np.float64).reshape(-1, 2)
        self._l1_mul, self._l2_mul = self._multipliers.max(axis=0, initial=0).tolist()
        self._is_moderate = False
        self._sum: np.ndarray | None = None
        self._begin_minibatch()

    def __repr__(self) -> str:
        return f"Trainer(method={self.options.method!r}, updates={self.rule.updates})"

    @property
    def learning_rate(self) -> float:
        """Size of a step; may be set while training.

        Raises:
            ConvNetError: it is set to something else than a number from 0 to a million.
        """
        return self.options.learning_rate

    @learning_rate.setter
    def learning_rate(self, value: float) -> None:
        self.options.learning_rate = TrainerOptions(learning_rate=value).learning_rate

    @property
    def state(self) -> TrainerState:
        """What training has come to, in the arrays themselves: it is overwritten by training on."""
        return TrainerState(
            parameters=self.net.parameters,
            accumulators={name: getattr(self.rule, name) for name in self.rule.accumulators},
            updates=self.rule.updates,
            random=self.net.random.bit_generator.state,
        )

    def copy_state_in_steps(self, into: TrainerState | None = None) -> Steps[TrainerState]:
        """A copy that training on leaves alone, made one array a step: meanwhile nothing may train.

        Args:
            into: an earlier copy, whose arrays may be overwritten.
        """
        state = self.state
        copies = into.arrays if into else [np.empty_like(array) for array in state.arrays]
        for array, copy in zip(state.arrays, copies, strict=True):
            np.copyto(copy, array)
            yield
        state.parameters, *accumulators = copies
        state.accumulators = dict(zip(state.accumulators, accumulators, strict=True))
        return state

    def restore(self, state: TrainerState) -> None:
        """Goes back to a state of this trainer, copying it; a minibatch half done is forgotten."""
        self._put_back(state)
        self.net.random.bit_generator.state = state.random
        if self._sum is not None:
            self._sum[...] = 0
        self._begin_minibatch()

    def train(self, x: ArrayLike, y: Targets) -> Stats:
        """One update on one minibatch, whatever `batch_size` says.

        Where the loss is not a number, or a number that is not finite would be left behind,
        nothing is updated: the network keeps its last good parameters, the rule what it
        remembers, and the loss that is returned is NaN. Anything else is done, even if the loss
        is too large for a number and so infinite.

        Args:
            x: examples, as Net.forward takes them.
            y: targets, as Net.backward takes them.

        Raises:
            ConvNetError: x or y does not fit the network.
        """
        self._run(x, y)
        return self._update(self.net.gradients)

    def accumulate(self, x: ArrayLike, y: Targets) -> None:
        """Takes in a part of a minibatch, where all of it would take too long at a stretch.

        Raises:
            ConvNetError: x or y does not fit the network.
        """
        self._run(x, y)
        if self._sum is None:
            with enough_memory("a minibatch that is taken in parts"):
                self._sum = np.zeros_like(self.net.parameters)
        with np.errstate(over="ignore", invalid="ignore"):
            self._sum += self.net.gradients

    def update(self) -> Stats:
        """One update on all parts that were accumulated since the last; otherwise as `train`."""
        stats = self._update(self._sum)
        self._sum[...] = 0
        return stats

    def _run(self, x: ArrayLike, y: Targets) -> None:
        """Runs examples forward and backward, and adds up what that costs."""
        start = perf_counter()
        n = len(self.net.forward(x, training=True))
        middle = perf_counter()
        self._cost += n * self.net.backward(y, input_gradient=False)
        self._n += n
        self._forward_time += middle - start
        self._backward_time += perf_counter() - middle

    def _update(self, gradients: np.ndarray) -> Stats:
        """Changes the parameters by gradients that were summed over `_n` examples."""
        start = perf_counter()
        n = self._n
        cost_loss = self._cost / n
        with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
            if math.isnan(cost_loss):
                losses = None
            elif self._must_be_finite(gradients):
                losses = self._apply(self._gradient(gradients))
            else:
                losses = self._apply_if_finite(self._gradient(gradients))
        if losses is None:
            cost_loss, losses = math.nan, (0.0, 0.0)
        backward_time = self._backward_time + perf_counter() - start
        stats = Stats(
            cost_loss=cost_loss,
            l1_decay_loss=losses[0],
            l2_decay_loss=losses[1],
            forward_time=1000 * self._forward_time / n,
            backward_time=1000 * backward_time / n,
        )
        self._begin_minibatch()
        return stats

    def _gradient(self, sums: np.ndarray) -> Gradient:
        """What an update follows, from gradients that were summed over `_n` examples."""
        options = self.options
        decays = options.l1_decay, options.l2_decay
        return Gradient(sums, self._n, self._stops, self._multipliers, *decays)

    def _must_be_finite(self, gradients: np.ndarray) -> bool:
        """Whether what comes of an update is known to be finite, so that nobody has to look.

        That is so while gradients and parameters are moderate, and have been since what the rule
        remembers was: then in float32 gradients with decays stay below 1e11, sums of their squares
        (up to 2^53 of them) below 1e38, velocities, which are what parameters changed by or less,
        below the parameters' bounds, and steps below 1e37. Norms are bounds of all their numbers.
        """
        options = self.options
        return (
            self._is_moderate
            and self.net.operations.sum_of_squares(gradients) < MODERATE**2
            and options.l1_decay * self._l1_mul <= MODERATE_DECAY
            and options.l2_decay * self._l2_mul <= MODERATE_DECAY
            and options.eps >= MODERATE_EPS
        )

    def _apply(self, gradient: Gradient) -> tuple[float, float]:
        """Changes parameters and what the rule remembers; returns both decays' losses."""
        l1_decay_loss, l2_decay_loss, squares = self.rule.update(self.net.parameters, gradient)
        self._is_moderate = squares < MODERATE**2
        return l1_decay_loss, l2_decay_loss

    def _apply_if_finite(self, gradient: Gradient) -> tuple[float, float] | None:
        """The same if everything stays finite; otherwise changes nothing and returns None."""
        before = finish(self.copy_state_in_steps())
        losses = self._apply(gradient)
        memory = self.state.accumulators
        for name in self.rule.squares:
            # Beyond the largest number steps are as good as 0, and averages can still come back.
            np.minimum(memory[name], np.finfo(self.net.dtype).max, out=memory[name])
        if not all(np.isfinite(array).all() for array in self.state.arrays):
            self._put_back(before)
            return None
        operations = self.net.operations
        if not all(map(math.isfinite, losses)):  # too large for single precision, perhaps
            losses = operations.decay_losses(before.parameters, gradient)
        squares = map(operations.sum_of_squares, memory.values())
        self._is_moderate &= all(each < MODERATE_MEMORY**2 for each in squares)
        return losses

    def _put_back(self, state: TrainerState) -> None:
        for live, kept in zip(self.state.arrays, state.arrays, strict=True):
            np.copyto(live, kept)
        self.rule.updates = state.updates
        self._is_moderate = False

    def _begin_minibatch(self) -> None:
        self._n = 0
        self._cost = self._forward_time = self._backward_time = 0.0


def arrays_in_a_state(options: TrainerOptions) -> int:
    """How many arrays as long as the parameters a copy of a trainer's state has."""
    return 1 + len(RULES[options.method].accumulators)


def arrays_in_training(options: TrainerOptions, *, in_parts: bool = False) -> int:
    """How many arrays as long as the parameters a network and its trainer have together.

    Args:
        options: the trainer's options.
        in_parts: whether minibatches are taken in parts, whose gradients are added up.
    """
    return OF_THE_NETWORK + len(RULES[options.method].accumulators) + in_parts
