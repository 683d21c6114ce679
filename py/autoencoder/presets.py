"""Networks to begin with, each as a link says it, with a line on what to look for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from autoencoder.link import write_address

INPUT = "dict(type='input',out_sx=28,out_sy=28,out_depth=1)"
OUTPUT = "dict(type='regression',num_neurons=784)"
DECAY = "l1_decay=0.001,l2_decay=0.001"


SEED = "1"
"""Everyone sees the same run."""


@dataclass(frozen=True)
class Preset:
    """A link.

    Attributes:
        name: what it leads to.
        texts: what its address says, by name.
        line: what there is to see.
    """

    name: str
    texts: Mapping[str, str]
    line: str

    @property
    def address(self) -> str:
        """Where it leads: the fragment of the page's address."""
        return f"#{write_address(self.texts)}"


def network(*hidden: str, trainer: str) -> str:
    """The definition of an autoencoder with some hidden layers."""
    return f"Trainer(Net([{','.join([INPUT, *hidden, OUTPUT])}]),{trainer},batch_size=50)"


def fc(neurons: int, more: str = "") -> str:
    """A fully connected layer, without an activation function unless `more` says which."""
    return f"dict(type='fc',num_neurons={neurons}{more})"


def tanh(neurons: int, more: str = "") -> str:
    """The same with a tanh."""
    return fc(neurons, f",activation='tanh'{more}")


def conv(filters: int) -> str:
    """A convolutional layer, which puts out half as wide a picture as it gets."""
    return f"dict(type='conv',sx=5,filters={filters},stride=2,pad=2,activation='relu')"


def preset(name: str, definition: str, line: str, **others: str) -> Preset:
    """A preset with a network of its own, and other settings by name."""
    return Preset(name, {"definition": definition, "seed": SEED, **others}, line)


AROUND = (tanh(50), tanh(50))
NARROWING = (30, 20, 15, 10, 7)


PRESETS = (
    Preset(
        "Two neurons",
        {"seed": SEED},
        "what the page starts with. Zeros and ones part within seconds, and in a minute or two "
        "most classes have a region of their own on the map.",
    ),
    preset(
        "Ten neurons",
        network(*AROUND, fc(10), *AROUND, trainer=f"method='adadelta',{DECAY}"),
        "a wider code. The loss falls a third below that of two neurons, and the reconstructions "
        "tell one hand from another, while no pair of neurons shows all classes apart.",
    ),
    preset(
        "Sparse",
        network(
            *(tanh(50, ",l1_decay_mul=1,l2_decay_mul=0"), tanh(50), fc(10), *AROUND),
            trainer="method='adadelta',l1_decay=0.005",
        ),
        "L1 decay on the first layer’s weights. Half of these, inside the network, fade to "
        "nothing: first the margins, where no digit is. The regression loss does not suffer.",
    ),
    preset(
        "Convolutional",
        network(conv(8), conv(8), fc(2), *AROUND, trainer="method='adam',learning_rate=0.001"),
        "small filters that slide over the picture. See what they make of the digit. The encoder "
        "has 2,602 parameters instead of 41,902, and the loss falls as fast all the same.",
    ),
    preset(
        "Deep and narrow",
        network(
            *map(tanh, NARROWING),
            fc(2),
            *map(tanh, reversed(NARROWING)),
            trainer="method='adam',learning_rate=0.003",
        ),
        "twelve layers with weights, none but the last wider than 30. The loss rests near 22 for "
        "50,000 examples, until the layers have found together; after a million it is lower than "
        "that of two neurons, with three fifths of the parameters.",
    ),
    preset(
        "Strong noise",
        network(*AROUND, fc(10), *AROUND, trainer=f"method='adadelta',{DECAY}"),
        "seven pixels in ten are blacked out. Compare what the network sees of a digit with what "
        "it makes of it: it has learnt what digits look like.",
        noise="70",
    ),
    preset(
        "Diverging",
        network(*AROUND, fc(2), *AROUND, trainer="method='sgd',learning_rate=0.1,momentum=0.9"),
        "a learning rate that is a hundred times too large. Within a second the loss is no number "
        "any more, and training pauses where it was sound. Change the rate to 0.001, and resume.",
    ),
    preset(
        "Linear",
        network(fc(2), trainer="method='adam',learning_rate=0.001"),
        "two neurons and nothing else, without noise. It can do no better than principal component "
        "analysis, and gets there in a minute: a loss of 21.9, and 21.8 on unseen digits.",
        noise="0",
    ),
)
