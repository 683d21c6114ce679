"""What comes with a network, and goes with it.

of_a_run = beginning(run, Averages(), LossCurve(), digit_map, *finish(try_update(run)))
of_a_run["run"], of_a_run["curve"]
"""

from __future__ import annotations

from autoencoder.checkpoint import Checkpoint, LossWatch, Moment
from autoencoder.digit_map import DigitMap
from autoencoder.history import Averages, LossCurve
from autoencoder.inspection import Inspection
from convnet.run import Run
from convnet.run_state import RunState

OF_A_RUN = [
    *("run", "averages", "curve", "seconds", "stops", "digit_map", "inspected"),
    *("_watch", "_checkpoint"),
]
"""What of a session that is, by the names of its attributes."""


def beginning(
    run: Run,
    averages: Averages,
    curve: LossCurve,
    digit_map: DigitMap,
    state: RunState,
    loss: float,
) -> dict[str, object]:
    """What comes with a network, see `OF_A_RUN`, when it begins.

    Args:
        run: the network's run.
        averages: its latest losses.
        curve: its loss graph so far.
        digit_map: its map.
        state: a copy of its state.
        loss: its mean loss of an example.
    """
    first = Moment(state, averages.copy(), curve.copy())
    return {
        "run": run,
        "averages": averages,
        "curve": curve,
        "seconds": 0.0,
        "digit_map": digit_map,
        "inspected": Inspection(run.net),
        "_watch": LossWatch(loss),
        "_checkpoint": Checkpoint(first),
    }
