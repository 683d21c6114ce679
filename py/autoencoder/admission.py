"""What a run has to be before it becomes the page's: one of an autoencoder that can be trained.

    run = finish(Run.in_steps(definition, digits, admit=partial(admit, backend=backend)))
    loss = finish(try_update(run))

What does not fit raises ConvNetError, while the old run is still there.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import numpy as np

from autoencoder.checkpoint import copies_kept
from autoencoder.digit_map import MAP_SIZE
from autoencoder.stretch import examples_at_a_stretch
from convnet import ConvNetError
from convnet.compute import NumPy
from convnet.fields import Fields
from convnet.layers import Layer
from convnet.options import TrainerOptions
from convnet.requirements import check_memory, is_autoencoder
from convnet.run import Run
from convnet.run_state import RunState
from convnet.steps import Steps
from convnet.trainer import arrays_in_a_state

MOST_IN_MINIBATCH = 1000


def admit(layers: Sequence[Layer], options: Mapping[str, object], backend: NumPy) -> int:
    """Says how many examples a network takes at a stretch.

    Args:
        layers: the network's.
        options: its trainer's.
        backend: what computes.

    Raises:
        ConvNetError: it is no autoencoder, or no frame or memory could hold what it takes.
    """
    size = Fields(options, "Trainer options").whole("batch_size", 1, MOST_IN_MINIBATCH, default=1)
    check_autoencoder(layers)
    stretch = examples_at_a_stretch(layers, backend)
    arrays = arrays_in_a_state(TrainerOptions(**options))
    of_a_state = arrays * sum(layer.num_parameters for layer in layers)
    # One more is made beside those of the checkpoint, to try an update.
    copies = 1 + copies_kept(of_a_state * np.dtype(np.float32).itemsize)
    check_memory(layers, options, min(stretch, max(size, MAP_SIZE)), copies)
    return stretch


def check_autoencoder(layers: Sequence[Layer]) -> None:
    """Raises ConvNetError unless a network gives its input back, and through a layer of its own."""
    if not is_autoencoder(layers):
        raise ConvNetError(
            f"{layers[-1].where} must be of type regression, since the network has to give its "
            "input back."
        )
    if len(layers) < 3:
        raise ConvNetError(
            "There is no layer between input and loss to draw a map from; add one, such as an fc "
            f"layer of {layers[0].num_outputs} neurons."
        )


def try_update(run: Run) -> Steps[tuple[RunState, float]]:
    """Trains once, and takes it back: the run is known to work then.

    A network that has been trained before is taken even if it cannot be any further: its loss is
    infinite then, and what was saved of a run that was about to diverge is not lost.

    Returns:
        A copy of the run's state, and its mean loss of an example.

    Raises:
        ConvNetError: the loss or a parameter is no finite number.
    """
    state = yield from run.copy_state_in_steps()
    stats = run.try_stretch()
    finite = math.isfinite(stats.loss) and np.isfinite(run.net.parameters).all()
    yield
    run.restore(state)
    yield
    if finite:
        return state, stats.cost_loss
    rule = run.trainer.rule
    if rule.updates:
        return state, math.inf
    other = "learning rate" if rule.uses_learning_rate else "method"
    raise ConvNetError(
        "This network cannot be trained: its very first update leaves the range of numbers. Choose "
        f"other layers or another {other}."
    )
