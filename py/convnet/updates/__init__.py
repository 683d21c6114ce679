"""The update rules. To add one, write its module and name its class here."""

from __future__ import annotations

from convnet.updates.adadelta import Adadelta
from convnet.updates.adagrad import Adagrad
from convnet.updates.adam import Adam
from convnet.updates.nesterov import Nesterov
from convnet.updates.rule import UpdateRule
from convnet.updates.sgd import SGD
from convnet.updates.windowgrad import Windowgrad

RULES: dict[str, type[UpdateRule]] = {
    "sgd": SGD,
    "adagrad": Adagrad,
    "adadelta": Adadelta,
    "windowgrad": Windowgrad,
    "nesterov": Nesterov,
    "adam": Adam,
}
"""Every update rule by ConvNetJS's name for it."""

__all__ = ["RULES", "UpdateRule"]
