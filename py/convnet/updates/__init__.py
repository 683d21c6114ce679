"""The update rules. To add one, write its module and name its class here."""

from __future__ import annotations

from convnet.updates.adadelta import Adadelta
from convnet.updates.base import UpdateRule
from convnet.updates.sgd import SGD

RULES: dict[str, type[UpdateRule]] = {"sgd": SGD, "adadelta": Adadelta}
"""Every update rule by ConvNetJS's name for it."""

__all__ = ["RULES", "UpdateRule"]
