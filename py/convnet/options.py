"""ConvNetJS's trainer options, checked.

options = TrainerOptions(method="adadelta", batch_size=50, l2_decay=0.001)
options.eps  # 1e-8
"""

from __future__ import annotations

from convnet.fields import Fields

METHODS = ("sgd", "adagrad", "adadelta", "windowgrad", "nesterov", "adam")
"""The update rules by ConvNetJS's names; `updates` has them."""

MAX_RATE = 1e6
"""The largest learning rate and decay: beyond, float32 parameters soon overflow."""

BELOW_1 = 0.999999
"""The largest beta1 and beta2: adam divides by 1 - beta."""


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
        self.method = fields.choice("method", METHODS, default="sgd")
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
