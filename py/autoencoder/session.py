"""What the page does: one run, with what it remembers of its course and what the visitor has set.

    session = Session(digits, test_digits)
    session.step()
    session.averages.loss, session.run.examples_seen

It knows no screen. Controls call its methods, views read its attributes. What cannot be done
raises ConvNetError, and all is as it was before. What may take longer than a frame is done in
steps, between which the run can go on.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np

from autoencoder.admission import admit, try_update
from autoencoder.baseline import Baseline
from autoencoder.beginning import OF_A_RUN, beginning
from autoencoder.checkpoint import Moment, describe_divergence
from autoencoder.digit_map import DigitMap
from autoencoder.digits import Digits
from autoencoder.example import Example
from autoencoder.history import Averages, LossCurve, Speed
from autoencoder.map_look import MapLook
from autoencoder.measures import Measures
from autoencoder.own_digit import OwnDigit
from autoencoder.pausing import Pausing
from autoencoder.stops import Stops
from convnet import ConvNetError
from convnet.chance import new_seed
from convnet.compute import NumPy, best_backend
from convnet.corruption import MASKING, Corruption
from convnet.fields import Fields
from convnet.options import TrainerOptions
from convnet.run import Run
from convnet.run_state import RunState
from convnet.steps import Steps, finish

if TYPE_CHECKING:
    from autoencoder.comparison import Compared

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

T = TypeVar("T")

EMPTY: Mapping[str, str] = MappingProxyType({})

MOST_SECONDS = 1e10


class Session(Pausing):
    """A run on the digits that have arrived so far.

    Attributes:
        digits: the training digits.
        test_digits: others, which the network is never trained on; they may come later.
        run: the network with its trainer and settings; another network is another run.
        averages: losses and times, averaged over a window of updates.
        speed: examples a second.
        curve: the loss graph.
        updates_per_second: how many there are to be; infinite for as many as there is time for.
        stops: where training is to pause.
        compared: other runs, whose curves stand on the loss graph too.
        in_background: whether it trains while the page is hidden.
        takes_keys: whether keys of the keyboard press controls.
        digit_map: the map.
        map_look: how that is to look.
        log_scales: whether the loss graph has them.
        measures: what the network comes to on test digits.
        baseline: what principal components come to.
        inspected: the neuron that is looked at closely, if any.
        example: the digit that is on its way through the network.
        own_digit: the digit that the visitor has drawn, if any.
        changes: grows with whatever training, measuring or another network changes.
        rehearse: draws everything that is on the page once, in steps, between which nothing else
            trains or draws. It is called for a new network before the old one is given up.
        retire: copies the run, in steps, while nothing trains. It is called once another run is
            known to work, before that takes its place.
    """

    def __init__(
        self,
        digits: Digits,
        test_digits: Digits,
        seed: int | None = None,
        backend: NumPy | None = None,
    ) -> None:
        super().__init__()
        self.digits = digits
        self.test_digits = test_digits
        backend = backend or best_backend()
        self._making = {"backend": backend, "admit": partial(admit, backend=backend)}
        self.speed = Speed()
        self.updates_per_second = math.inf
        self.stops = Stops()
        self.compared: Sequence[Compared] = ()
        self.in_background = False
        self.takes_keys = True
        self.changes = 0
        self.example = Example()
        self.map_look = MapLook()
        self.log_scales = False
        self.measures = Measures()
        self.baseline = Baseline()
        self.own_digit = OwnDigit()
        self.rehearse: Callable[[], Steps[None]] = lambda: iter(())
        self.retire: Callable[[], Steps[None]] = lambda: iter(())
        seed = new_seed() if seed is None else seed
        run = finish(self._new_run(DEFAULT_DEFINITION, seed, MASKING))
        digit_map = DigitMap(test_digits, run.net)
        first = beginning(run, Averages(), LossCurve(), digit_map, *finish(try_update(run)))
        self._become(first)

    # The run

    @property
    def waits(self) -> bool:
        """Whether training waits for digits that are about to come, so that it is repeatable."""
        digits = self.digits
        may_come = digits.count < digits.capacity and not (digits.late or digits.incomplete)
        return may_come and not self.run.is_within_reach

    @property
    def reached_stops(self) -> Stops:
        """Where training was to pause and has come to."""
        return self.stops.reached(self.run.examples_seen, self.averages)

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
        self.note_step()
        self._heed_stops()

    def take_less(self) -> None:
        """Halves how many examples the network takes at once, since frames come late.

        The gradients of a minibatch are then added up in another order, and dropout draws in
        another: the run does not come out the same where frames were not late.
        """
        run = self.run
        run.stretch = max(1, min(run.stretch, len(run.minibatch.clean)) // 2)
        run.repeatable = False

    # What the visitor does

    def set_paused(self, paused: bool) -> None:
        """Stops or resumes training; a stop that is reached holds it up no more then."""
        if not paused:
            self.stops = self.stops.without(self.reached_stops)
        super().set_paused(paused)
        self.changes += 1
        self.speed.reset()

    def step_once(self) -> None:
        """See `Pausing`; a stop that is reached does not hold the step up."""
        super().step_once()
        self.stops = self.stops.without(self.reached_stops)

    def set_speed(self, updates_per_second: float) -> None:
        """Sets how many updates there are to be a second; infinite is as many as there can be."""
        self.updates_per_second = updates_per_second
        self.speed.reset()

    def note_interruption(self, seconds: float) -> None:
        """See `Pausing`; its length does not count for the speed."""
        super().note_interruption(seconds)
        self.speed.reset()

    def set_stops(self, **stops: float | None) -> None:
        """Sets some of `Stops`: training pauses at the first update after which one is reached."""
        self.stops = replace(self.stops, **stops)
        self._heed_stops()

    def set_corruption(self, corruption: Corruption) -> None:
        """Sets what is done to digits before the network sees them."""
        if self._watch.sound:
            self._watch.begin_anew()  # with more noise a higher loss is sound
        self.run.corruption = corruption

    def set_learning_rate(self, value: float) -> None:
        """Sets the learning rate."""
        TrainerOptions(learning_rate=value)  # refuses what the trainer would
        self._keep_if_sound()
        self.run.trainer.learning_rate = value

    def compare(self, runs: Sequence[Compared]) -> None:
        """Lets the curves of other runs stand beside this one's on the loss graph."""
        self.compared = tuple(runs)
        self.changes += 1

    def pick(self, index: int | None) -> None:
        """Picks a test digit: it is looked at on the map and kept on its way, until let go."""
        self.digit_map.pick(index)
        self.example.keep(index is not None)
        self.changes += 1

    def keep_example(self, kept: bool) -> None:
        """Keeps the digit on its way, or lets others follow again, and a picked one go."""
        if not kept and self.digit_map.picked is not None:
            self.pick(None)
        self.example.keep(kept)

    def clear_curve(self) -> None:
        """Empties the loss graph, also where the run may go back to."""
        for curve in (self.curve, *(moment.curve for moment in self._checkpoint.moments)):
            curve.clear()

    # What takes longer than a frame: generators, whose steps the caller takes

    def reload(self, definition: str, seed: int | None = None) -> Steps[None]:
        """Starts over with a new network, made from a definition, in steps.

        Args:
            definition: the network and its trainer.
            seed: of all its random numbers; None is the run's own again.
        """
        seed = self.run.seed if seed is None else seed
        run = yield from self._new_run(definition, seed, self.run.corruption)
        yield from self._replace_run(run, Averages(), LossCurve())

    def load(self, json: object) -> Steps[None]:
        """Goes on from a snapshot, in steps: exactly where it carries our state, else with a fresh
        trainer.

        Args:
            json: what `save` or ConvNetJS wrote, as Python objects.
        """
        run = yield from Run.from_json_in_steps(
            json,
            self.digits,
            corruption=self.run.corruption,
            options=self.run.trainer.options,
            **self._making,
        )
        yield from self._go_on(run)

    def open(self, pieces: Iterable[bytes]) -> Steps[None]:
        """Goes on from a record, in steps, with the same bits.

        Args:
            pieces: what `record` made.
        """
        run = yield from Run.from_record_in_steps(pieces, self.digits, **self._making)
        yield from self._go_on(run)

    def save(self, settings: Mapping[str, str] = EMPTY) -> Steps[dict[str, Any]]:
        """A copy of the run, in steps, for `json_pieces` to write: ConvNetJS's JSON of the network,
        and what continues the run. It is made in the last step, and so of one moment.

        Args:
            settings: what the visitor has set, by name, to be saved with it.
        """
        yield
        self._put_beside(settings)
        return self.run.to_json()

    def convert(self, pieces: Iterable[bytes]) -> Steps[dict[str, Any]]:
        """What `save` would make of a run whose record this is, in steps, while this run goes on.

        Args:
            pieces: what `record` made.
        """
        run = yield from Run.from_record_in_steps(pieces, self.digits, **self._making)
        yield
        return run.to_json()

    def record(
        self, take: Callable[[bytes | memoryview], T], settings: Mapping[str, str] = EMPTY
    ) -> Steps[list[T]]:
        """The same as bytes, see `Run.to_record`: in steps, meanwhile nothing trains.

        Args:
            take: copies a piece.
            settings: what the visitor has set, by name, to be kept with it.

        Returns:
            What `take` made of each piece, in order.
        """
        self._put_beside(settings)
        taken = []
        with self.standstill():
            for piece in self.run.to_record():
                taken.append(take(piece))
                yield
        return taken

    # Inside

    def _heed_stops(self) -> None:
        if self.stops and self.reached_stops:
            self.stop()

    def _new_run(self, definition: str, seed: int, corruption: Corruption) -> Steps[Run]:
        choices = {"seed": seed, "corruption": corruption}
        return Run.in_steps(definition, self.digits, **choices, **self._making)

    def _go_on(self, run: Run) -> Steps[None]:
        """Takes on a run that was saved, with its course so far; it is to stop nowhere."""
        beside = Fields(run.beside, "The snapshot's session")
        averages = Averages.from_json(beside.mapping("averages", default={}))
        curve = LossCurve.from_json(beside.mapping("curve", default={}))
        seconds = beside.number("seconds", 0, MOST_SECONDS, default=0.0)
        yield from self._replace_run(run, averages, curve, seconds=seconds, stops=Stops())

    def _put_beside(self, settings: Mapping[str, str]) -> None:
        """Lets what is saved of the run carry what the page adds to it."""
        self.run.beside |= {
            "averages": self.averages.to_json(),
            "curve": self.curve.to_json(),
            "measured": self.measures.to_json(self.run),
            "seconds": round(self.seconds, 3),
            "settings": dict(settings),
        }

    def _replace_run(
        self, run: Run, averages: Averages, curve: LossCurve, **others: object
    ) -> Steps[None]:
        """Takes on another run, with others of `OF_A_RUN`, once it is known to work, and all of it
        can be drawn; else all is as it was.
        """
        state, loss = yield from try_update(run)
        yield from self.retire()
        before = {name: getattr(self, name) for name in OF_A_RUN}
        digit_map = self.digit_map.renewed(run.net)
        others["inspected"] = self.inspected.renewed(run.net)
        self._become(beginning(run, averages, curve, digit_map, state, loss) | others)
        try:
            yield from self.rehearse()
        except BaseException:
            self._become(before)
            raise
        if self.stopped:
            self.set_paused(False)
        self._heed_stops()

    def _become(self, of_a_run: dict[str, object]) -> None:
        vars(self).update(of_a_run)
        self.example.renew()
        self.changes += 1
        self.begin_anew()
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
        raise ConvNetError(describe_divergence(self.run))
