"""How many examples a network takes at a stretch, so that frames come on time, and their memory.

Layers tell what they do, and the rates are a browser's. Counted, not timed, so that a run is the
same wherever it is repeated: only where steps turn out much longer does the session take less.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from autoencoder.checkpoint import copies_kept
from convnet import compute
from convnet.layers import Layer
from convnet.memory import Memory
from convnet.minibatch import Minibatch
from convnet.trainer import TrainerOptions, arrays_in_a_state, arrays_in_training

STRETCH_S = 0.03
PASS_S = 1.5e-9
CALL_S = 1.5e-6
"""How long it takes to go through one value, and to call an operation, roughly."""


def examples_at_a_stretch(layers: Sequence[Layer]) -> int:
    """How many examples can go forward and backward within `STRETCH_S`, roughly; at least one."""
    work = [layer.work for layer in layers]
    overhead = CALL_S * sum(each.calls for each in work)
    of_one = sum(each.products / compute.backend().rate + PASS_S * each.passes for each in work)
    return max(1, int((STRETCH_S - overhead) / of_one))


def check_memory(layers: Sequence[Layer], options: TrainerOptions, most_forward: int) -> None:
    """Raises ConvNetError where a run would take more memory than there may be.

    Args:
        layers: the network's.
        options: its trainer's.
        most_forward: how many examples are wanted forward, beside training.
    """
    dtype, size, stretch = np.dtype(np.float32), options.batch_size, examples_at_a_stretch(layers)
    of_a_state = arrays_in_a_state(options)
    parameters = sum(layer.num_parameters for layer in layers)
    # One more is made beside those of the checkpoint, to try an update.
    copies = 1 + copies_kept(of_a_state * parameters * dtype.itemsize)
    memory = Memory(
        layers,
        dtype,
        arrays=arrays_in_training(options, dtype, in_parts=stretch < size) + copies * of_a_state,
        beside=Minibatch.memory(size),
    )
    memory.check(min(stretch, max(size, most_forward)))
