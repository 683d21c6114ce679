"""What a network has to be before there can be a run of it: one that fits images and memory.

    check_fit(net.layers, read_digits(folder, "train"))
    stretch = whole_minibatches(net.layers, {"batch_size": 50})

Layers are asked, which need hold nothing yet.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Protocol

import numpy as np

from convnet.errors import ConvNetError
from convnet.layers import Layer
from convnet.memory import Memory
from convnet.minibatch import Minibatch
from convnet.options import TrainerOptions
from convnet.trainer import arrays_in_a_state, arrays_in_training

Admit = Callable[[Sequence[Layer], Mapping[str, object]], int]
"""Says how many examples a network takes at a stretch, by its layers and its trainer's options, or
raises ConvNetError if it may not be."""


class Dataset(Protocol):
    """What a run learns from. It may grow meanwhile.

    Attributes:
        images: uint8 (n, height, width).
        labels: their classes, uint8 (n,).
    """

    images: np.ndarray
    labels: np.ndarray

    def reach(self, examples_seen: int) -> int:
        """From how many images, the first ones, a run draws that has seen so many examples."""


def is_autoencoder(layers: Sequence[Layer]) -> bool:
    """Whether a network is to give its images back, and not to name their classes."""
    return layers[-1].type == "regression"


def check_fit(layers: Sequence[Layer], dataset: Dataset) -> None:
    """Raises ConvNetError unless a network takes images and gives back them or their classes."""
    height, width = dataset.images.shape[1:]
    pixels, first, last = height * width, layers[0], layers[-1]
    if first.num_outputs != pixels:
        raise ConvNetError(
            f"{first.where} must take the {pixels} pixels of an image ({width}×{height}×1), but "
            f"it takes {first.num_outputs} values."
        )
    if is_autoencoder(layers):
        if last.num_outputs != pixels:
            raise ConvNetError(
                f"{last.where} must have {pixels} outputs, one for each pixel, but it has "
                f"{last.num_outputs}; write num_neurons={width}*{height}."
            )
        return
    classes = int(dataset.labels.max()) + 1
    if last.num_outputs < classes:
        raise ConvNetError(
            f"{last.where} must have {classes} outputs, one for each class, but it has "
            f"{last.num_outputs}."
        )


def whole_minibatches(layers: Sequence[Layer], options: Mapping[str, object]) -> int:
    """Admits every network that there is memory for, with a copy of its trainer's state."""
    size = TrainerOptions(**options).batch_size
    check_memory(layers, options, size)
    return size


def check_memory(
    layers: Sequence[Layer], options: Mapping[str, object], at_once: int, copies: int = 1
) -> None:
    """Raises ConvNetError where a run would take more memory than there may be.

    Args:
        layers: the network's.
        options: its trainer's.
        at_once: examples that go through the network together.
        copies: of the trainer's state, that there are beside it.
    """
    dtype, trainer = np.dtype(np.float32), TrainerOptions(**options)
    size = trainer.batch_size
    arrays = arrays_in_training(trainer, in_parts=at_once < size)
    memory = Memory(
        layers,
        dtype,
        arrays=arrays + copies * arrays_in_a_state(trainer),
        beside=Minibatch.memory(size, layers[0].num_outputs),
    )
    memory.check(at_once)
