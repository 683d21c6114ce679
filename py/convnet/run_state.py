"""What training changes in a run: what a copy of it holds.

state = finish(run.copy_state_in_steps())
...
run.restore(state)
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from convnet.trainer import TrainerState


@dataclass(slots=True)
class RunState:
    """All that training changes, to go back to.

    Attributes:
        trainer: the state of network and trainer.
        random_order: the state of the generator that chooses images.
        random_corruption: likewise of the one that corrupts them.
        examples_seen: how many examples the network had been trained on.
    """

    trainer: TrainerState
    random_order: Mapping[str, Any]
    random_corruption: Mapping[str, Any]
    examples_seen: int
