"""Training: one update of a network's parameters for each minibatch.

    trainer = Trainer(net, method="adadelta", batch_size=50, l2_decay=0.001)
    stats = trainer.train(x, y)
    print(stats.loss)

The rules themselves are in `updates`.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from time import perf_counter

import numpy as np
from numpy.typing import ArrayLike

from convnet.compute import operations, reference
from convnet.fields import Fields
from convnet.layers import Targets
from convnet.memory import OF_THE_NETWORK, Memory, enough_memory
from convnet.net import Net
from convnet.updates import RULES

MAX_RATE = 1e6
"""The largest learning rate and decay: beyond, float32 parameters soon overflow."""

BELOW_1 = 0.999999
"""The largest beta1 and beta2: adam divides by 1 - beta."""


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


class TrainerOptions:
    """ConvNetJS's trainer options, checked.

    Attributes:
        method: the update rule's name.
        learning_rate: size of a step, where the rule has one.
        batch_size: examples that callers should give to one update.
        l1_decay: weight of the sum of absolute weights in the loss.
        l2_decay: weight of half the sum of squared weights in the loss.
        momentum: how much of its velocity sgd and nesterov keep.
        ro: how much of their averages adadelta and windowgrad keep.
        eps: keeps divisors from 0.
        beta1: how much of its mean gradient adam keeps.
        beta2: how much of its mean squared gradient adam keeps.
    """

    def __init__(self, /, **options: object) -> None:
        fields = Fields(options, "Trainer options")
        self.method = fields.choice("method", RULES, default="sgd")
        self.batch_size = fields.whole("batch_size", 1, 100_000, default=1)
        self.learning_rate = fields.number("learning_rate", 0, MAX_RATE, default=0.01)
        self.l1_decay = fields.number("l1_decay", 0, MAX_RATE, default=0)
        self.l2_decay = fields.number("l2_decay", 0, MAX_RATE, default=0)
        self.momentum = fields.number("momentum", 0, 1, default=0.9)
        self.ro = fields.number("ro", 0, 1, default=0.95)
        self.eps = fields.number("eps", 1e-30, 1, default=1e-8)
        self.beta1 = fields.number("beta1", 0, BELOW_1, default=0.9)
        self.beta2 = fields.number("beta2", 0, BELOW_1, default=0.999)
        fields.refuse_unknown()

    def chosen(self) -> dict[str, object]:
        """The options that are not ConvNetJS's defaults."""
        defaults = vars(TrainerOptions())
        return {name: value for name, value in vars(self).items() if value != defaults[name]}


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
        Memory(net.layers, net.dtype, arrays_in_training(self.options, net.dtype)).check(1)
        with enough_memory(f"training by {self.options.method}"):
            self.rule = RULES[self.options.method](self.options, net.num_parameters, net.dtype)
        segments = list(net.segments())
        self._stops = np.array([part.stop for _, part in segments], np.int32)
        multipliers = [
            (parameter.l1_decay_mul, parameter.l2_decay_mul) for parameter, _ in segments
        ]
        self._multipliers = np.array(multipliers, np.float64).reshape(-1, 2)
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
        fields = Fields({"learning_rate": value}, "Trainer options")
        self.options.learning_rate = fields.number("learning_rate", 0, MAX_RATE)

    def train(self, x: ArrayLike, y: Targets) -> Stats:
        """One update on one minibatch, whatever `batch_size` says.

        Where the examples' loss or a gradient is not a finite number nothing is updated: the
        network keeps its last good parameters, and the loss that is returned is not finite either.

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
        n, operations = self._n, self.net.operations
        cost_loss = self._cost / n
        l1_decay_loss = l2_decay_loss = 0.0
        with np.errstate(over="ignore", invalid="ignore"):
            if not operations.all_finite(gradients):
                cost_loss = math.nan
            if math.isfinite(cost_loss):
                self.rule.updates += 1
                l1_decay_loss, l2_decay_loss = operations.update(
                    self.rule,
                    self.net.parameters,
                    gradients,
                    self._stops,
                    self._multipliers,
                    n,
                )
        backward_time = self._backward_time + perf_counter() - start
        stats = Stats(
            cost_loss=cost_loss,
            l1_decay_loss=l1_decay_loss,
            l2_decay_loss=l2_decay_loss,
            forward_time=1000 * self._forward_time / n,
            backward_time=1000 * backward_time / n,
        )
        self._begin_minibatch()
        return stats

    def _begin_minibatch(self) -> None:
        self._n = 0
        self._cost = self._forward_time = self._backward_time = 0.0


def arrays_in_training(options: TrainerOptions, dtype: np.dtype, in_parts: bool = False) -> int:
    """How many arrays as long as the parameters a network and its trainer have together.

    Args:
        options: the trainer's options.
        dtype: the network's type.
        in_parts: whether minibatches are taken in parts, whose gradients are added up.
    """
    rule = RULES[options.method]
    scratch = rule.OF_EVERY_RULE + rule.scratch if operations(dtype) is reference else ()
    return OF_THE_NETWORK + len(rule.accumulators) + len(scratch) + in_parts
