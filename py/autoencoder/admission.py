"""What a network has to be before it becomes the page's: one that takes digits and can be trained.

    check_autoencoder(net)
    loss = try_update(trainer, minibatch.corrupted, minibatch.clean)

What does not fit raises ConvNetError, while the old run is still there.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from contextlib import suppress

import numpy as np

from convnet import ConvNetError, Net, Trainer, parse_definition
from convnet.fields import Fields
from convnet.mnist import PIXELS
from convnet.trainer import TrainerOptions

MOST_IN_MINIBATCH = 1000


def check_autoencoder(net: Net) -> None:
    """Raises ConvNetError unless a network takes a digit and gives one back."""
    first, *hidden, last = net.layers
    if first.num_outputs != PIXELS:
        raise ConvNetError(
            f"Layer 0 (input) must take the {PIXELS} values of a 28×28×1 digit, "
            f"but it takes {first.num_outputs}."
        )
    place = f"Layer {len(net.layers) - 1} ({last.type})"
    if last.type != "regression":
        raise ConvNetError(
            f"{place} must be of type regression, since the network has to give its input back."
        )
    if last.num_outputs != PIXELS:
        raise ConvNetError(
            f"{place} must give back the {PIXELS} pixels of a digit, but it gives "
            f"{last.num_outputs}; write num_neurons=28*28."
        )
    if not hidden:
        raise ConvNetError(
            "There is no layer between input and loss to draw a map from; add one, such as an fc "
            "layer of 784 neurons."
        )


def check_batch_size(options: Mapping[str, object]) -> None:
    """Raises ConvNetError for minibatches that no frame could hold."""
    Fields(options, "Trainer options").whole("batch_size", 1, MOST_IN_MINIBATCH, default=1)


def try_update(trainer: Trainer, x: np.ndarray, y: np.ndarray) -> float:
    """The mean loss of examples before an update on them, which is known to work then.

    A network that has been trained before is taken even if it cannot be any further: its loss is
    infinite then, and what was saved of a run that was about to diverge is not lost.

    Args:
        trainer: the trainer of a network.
        x: examples as the network sees them, (n, 784).
        y: what it is to make of them, (n, 784).

    Raises:
        ConvNetError: the loss or a parameter is no finite number.
    """
    stats = trainer.train(x, y)
    if math.isfinite(stats.loss) and np.isfinite(trainer.net.parameters).all():
        return stats.cost_loss
    if trainer.rule.updates:
        return math.inf
    other = "learning rate" if trainer.rule.uses_learning_rate else "method"
    raise ConvNetError(
        "This network cannot be trained: its very first update leaves the range of numbers. Choose "
        f"other layers or another {other}."
    )


def learning_rate_in(definition: str) -> float | None:
    """The learning rate that a definition's text gives its trainer, where it can be read."""
    with suppress(ConvNetError):
        _, options = parse_definition(definition)
        return TrainerOptions(**options).learning_rate
    return None
