"""What is trained: the networks, and the trainer's options, as ConvNetJS names them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

TRAINER = {
    "method": "adadelta",
    "batch_size": 50,
    "l2_decay": 0.001,
    "ro": 0.95,
    "eps": 1e-8,  # written out, since the default is another one in ConvNetJS 0.3.0
}
"""ConvNetJS divides the decay's gradient by the minibatch's size, and spares the biases."""

DIGITS = 2000
"""Training digits, the first of MNIST: the same for everybody, and in the same order."""

INPUT = {"type": "input", "out_sx": 28, "out_sy": 28, "out_depth": 1}
OUTPUT = {"type": "regression", "num_neurons": 784}


@dataclass(frozen=True)
class Network:
    """A network of the table.

    Attributes:
        name: the head of its column.
        layers: its layers.
        warm_up: updates before a round is timed. After as many the losses are compared, to show
            that all do the same work.
    """

    name: str
    layers: list[dict[str, Any]]
    warm_up: int


def fc(num_neurons: int, **options: Any) -> dict[str, Any]:
    """A fully connected layer."""
    return {"type": "fc", "num_neurons": num_neurons, **options}


def dense(width: int) -> list[dict[str, Any]]:
    """The page's own network, its hidden layers of a given width."""
    hidden = fc(width, activation="tanh")
    return [INPUT, hidden, hidden, fc(2), hidden, hidden, OUTPUT]


def convolutional() -> list[dict[str, Any]]:
    """An autoencoder with convolutions for an encoder."""
    options = {"type": "conv", "filters": 8, "stride": 2, "activation": "relu"}
    first = options | {"sx": 5, "pad": 2}
    second = options | {"sx": 3, "pad": 1}
    return [INPUT, first, second, fc(2), fc(50, activation="tanh"), OUTPUT]


DEFAULT = Network("default", dense(50), 100)
CONVOLUTIONAL = Network("convolutional", convolutional(), 100)
NETWORKS = [
    DEFAULT,
    CONVOLUTIONAL,
    Network("hidden layers of 200", dense(200), 20),
    Network("hidden layers of 800", dense(800), 10),
]
