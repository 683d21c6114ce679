"""What the page does: one run, with what it remembers of its course and what the visitor has set.

    session = Session(digits)
    session.step()
    session.averages.loss, session.run.examples_seen

It knows no screen. Controls call its methods, views read its attributes. What cannot be done
raises ConvNetError, and all is as it was before. What may take longer than a frame is done in
steps, between which the run can go on.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np

from autoencoder.admission import admit, try_update
from autoencoder.checkpoint import Checkpoint, LossWatch, Moment
from autoencoder.digit_map import MAP_SIZE, DigitMap
from autoencoder.digits import Digits
from autoencoder.example import Example
from autoencoder.history import Averages, LossCurve, Speed
from convnet import ConvNetError
from convnet.chance import generator
from convnet.compute import NumPy, best_backend
from convnet.fields import Fields
from convnet.minibatch import DEFAULT_NOISE, MAX_NOISE, to_pixels
from convnet.options import TrainerOptions
from convnet.run import Run, RunState
from convnet.steps import Steps, finish

DEFAULT_DEFINITION = """\
layer_defs = [
    dict(type="input", out_sx=28, out_sy=28, out_depth=1),
    dict(type="fc", num_neurons=50, activation="tanh"),
    dict(type="fc", num_neurons=50, activation="tanh"),
    dict(type="fc", num_neurons=2),
    dict(type="fc", num_neurons=50, activation="tanh"),
    dict(type="fc", num_neurons=50, activation="tanh"),
    dict(type="regression", num_neurons=28*28),
]
net = Net(layer_defs)
trainer = Trainer(net, method="adadelta", learning_rate=1,
                  batch_size=50, l1_decay=0.001, l2_decay=0.001)
"""

OF_A_RUN = ("run", "averages", "curve", "digit_map", "_watch", "_checkpoint")
"""What comes with a network, and goes with it."""


class Session:
    """A run on the digits that have arrived so far; at least `MAP_SIZE` of them must have.

    Attributes:
        digits: the training digits.
        run: the network with its trainer and settings; another network is another run.
        paused: whether the visitor, or a fault, has stopped training.
        averages: losses and times, averaged over a window of updates.
        speed: examples a second.
        curve: the loss graph.
        digit_map: the map.
        example: the digit that is on its way through the network.
        changes: grows with whatever training or another network changes.
        interruption_s: how long frames last failed to come while it trained; None if they came.
        rehearse: draws everything that is on the page once, in steps, between which nothing else
            trains or draws. It is called for a new network before the old one is given up.
    """

    def __init__(
        self, digits: Digits, seed: int | None = None, backend: NumPy | None = None
    ) -> None:
        self.digits = digits
        backend = backend or best_backend()
        self._making = {"backend": backend, "admit": partial(admit, backend=backend)}
        self._seeds = generator(seed)
        self.paused = False
        self._stopped = False
        self.speed = Speed()
        self.interruption_s: float | None = None
        self.changes = 0
        self.example = Example()
        self.rehearse: Callable[[], Steps[None]] = lambda: iter(())
        run = finish(self._new_run(DEFAULT_DEFINITION, DEFAULT_NOISE))
        labels = digits.labels[:MAP_SIZE].copy()
        digit_map = DigitMap(to_pixels(digits.images[:MAP_SIZE]), labels, run.net)
        self._become(_beginning(run, LossCurve(), digit_map, *finish(try_update(run))))

    # The run

    def step(self) -> None:
        """Trains on one minibatch, or on the next part of one that takes longer than a frame has.

        Raises:
            ConvNetError: the loss is no longer a finite number. The run is back at its last
                sound state then, and training is paused.
        """
        self.changes += 1
        run = self.run
        stats = run.step()
        if stats is None:
            return
        if not math.isfinite(stats.loss):
            self._recover()
        self.averages.add(stats)
        self.speed.mark(run.examples_seen)
        self.curve.add(run.examples_seen, self.averages.loss)
        self._watch.add(stats.cost_loss)
        if self._checkpoint.due(run.examples_seen):
            self._keep_if_sound()

    def take_less(self) -> None:
        """Halves how many examples the network takes at once, since frames come late.

        The gradients of a minibatch are then added up in another order: only rounding differs.
        """
        run = self.run
        run.stretch = max(1, min(run.stretch, len(run.minibatch.clean)) // 2)

    # What the visitor does

    def set_paused(self, paused: bool) -> None:
        """Stops or resumes training."""
        self.paused = paused
        self.changes += 1
        self._stopped = False
        self.interruption_s = None
        self.speed.reset()

    def stop(self) -> None:
        """Pauses training because of a fault: another network ends such a pause."""
        if not self.paused:
            self.set_paused(True)
            self._stopped = True

    def note_interruption(self, seconds: float) -> None:
        """Takes in that no frames came for a while, as where the page was hidden."""
        self.interruption_s = seconds
        self.speed.reset()

    def set_noise(self, noise: float) -> None:
        """Sets the share of the pixels that are blacked out, 0 to `MAX_NOISE`."""
        if not 0 <= noise <= MAX_NOISE:
            raise ConvNetError(f"The noise must be from 0 to {MAX_NOISE}, but it is {noise}.")
        if self._watch.sound:
            self._watch.begin_anew()  # with more noise a higher loss is sound
        self.run.noise = noise

    def set_learning_rate(self, value: float) -> None:
        """Sets the learning rate."""
        TrainerOptions(learning_rate=value)  # refuses what the trainer would
        self._keep_if_sound()
        self.run.trainer.learning_rate = value

    def clear_curve(self) -> None:
        """Empties the loss graph, also where the run may go back to."""
        for curve in (self.curve, *(moment.curve for moment in self._checkpoint.moments)):
            curve.clear()

    # What takes longer than a frame: generators, whose steps the caller takes

    def reload(self, definition: str) -> Steps[None]:
        """Starts over with a new network, made from a definition, in steps."""
        run = yield from self._new_run(definition, self.run.noise)
        yield from self._replace_run(run, LossCurve())

    def load(self, json: object) -> Steps[None]:
        """Goes on from a snapshot, in steps: exactly where it carries our state, else with a fresh
        trainer.

        Args:
            json: what `save` or ConvNetJS wrote, as Python objects.
        """
        run = yield from Run.from_json_in_steps(
            json,
            self.digits,
            seed=self._seed(),
            noise=self.run.noise,
            options=self.run.trainer.options,
            **self._making,
        )
        beside = Fields(run.beside, "The snapshot's session")
        curve = LossCurve.from_json(beside.mapping("curve", default={}))
        yield from self._replace_run(run, curve)

    def save(self) -> Steps[dict[str, Any]]:
        """A copy of the run, in steps, for `json_pieces` to write: ConvNetJS's JSON of the network,
        and what continues the run. It is made in the last step, and so of one moment.
        """
        yield
        self.run.beside["curve"] = self.curve.to_json()
        return self.run.to_json()

    # Inside

    def _seed(self) -> int:
        return int(self._seeds.integers(2**32))

    def _new_run(self, definition: str, noise: float) -> Steps[Run]:
        return Run.in_steps(definition, self.digits, seed=self._seed(), noise=noise, **self._making)

    def _replace_run(self, run: Run, curve: LossCurve) -> Steps[None]:
        """Takes on another run once it is known to work, and all of it can be drawn; else all is
        as it was.
        """
        state, loss = yield from try_update(run)
        before = {name: getattr(self, name) for name in OF_A_RUN}
        self._become(_beginning(run, curve, self.digit_map.renewed(run.net), state, loss))
        try:
            yield from self.rehearse()
        except BaseException:
            self._become(before)
            raise
        if self._stopped:
            self.set_paused(False)

    def _become(self, of_a_run: dict[str, object]) -> None:
        vars(self).update(of_a_run)
        self.example.renew()
        self.changes += 1
        self.interruption_s = None
        self.speed.reset()

    def _keep_if_sound(self) -> None:
        """Keeps the run as it stands, unless it has begun to diverge.

        That goes through the same arrays as an update, and takes no longer than one.
        """
        arrays = self.run.trainer.state.arrays
        if self._watch.sound and all(np.isfinite(array).all() for array in arrays):
            self._checkpoint.keep(self._moment)

    def _moment(self, spare: RunState | None) -> Moment:
        """The run as it stands, copied into a state that is no longer kept, if any."""
        state = finish(self.run.copy_state_in_steps(spare))
        return Moment(state, self.averages.copy(), self.curve.copy())

    def _recover(self) -> None:
        moment = self._checkpoint.go_back()
        self.run.restore(moment.state)
        self.averages, self.curve = moment.averages.copy(), moment.curve.copy()
        self._watch.forget_recent()
        self.stop()
        seen = self.run.examples_seen
        place = f"where it was after {seen:,} examples" if seen else "as it began"
        raise ConvNetError(
            "The loss stopped being a finite number, so training is paused and the network is back "
            f"{place}. {self._advice()}"
        )

    def _advice(self) -> str:
        trainer = self.run.trainer
        if trainer.rule.uses_learning_rate:
            return "Choose a smaller learning rate, then resume."
        return (
            f"Reload with other layers or another method: {trainer.options.method} takes no "
            "learning rate that could be smaller."
        )


def _beginning(
    run: Run, curve: LossCurve, digit_map: DigitMap, state: RunState, loss: float
) -> dict[str, object]:
    """What comes with a network, see `OF_A_RUN`, when it begins.

    Args:
        run: the network's run.
        curve: its loss graph so far.
        digit_map: its map.
        state: a copy of its state.
        loss: its mean loss of an example.
    """
    averages = Averages()
    first = Moment(state, averages.copy(), curve.copy())
    return {
        "run": run,
        "averages": averages,
        "curve": curve,
        "digit_map": digit_map,
        "_watch": LossWatch(loss),
        "_checkpoint": Checkpoint(first),
    }
