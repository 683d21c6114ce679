"""The update rules. To add one, write its operation and its module, and name its class here and
its method in `options`."""

from __future__ import annotations

from convnet.updates.adadelta import Adadelta
from convnet.updates.adagrad import Adagrad
from convnet.updates.adam import Adam
from convnet.updates.nesterov import Nesterov
from convnet.updates.rule import UpdateRule
from convnet.updates.sgd import SGD
from convnet.updates.windowgrad import Windowgrad

RULES: dict[str, type[UpdateRule]] = {
    rule.method: rule for rule in (SGD, Adagrad, Adadelta, Windowgrad, Nesterov, Adam)
}
"""Every update rule by ConvNetJS's name for it."""

__all__ = ["RULES", "UpdateRule"]
