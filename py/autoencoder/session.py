"""One run: a network, its trainer, the digits it learns from, and what the visitor has set.

    session = Session(digits)
    session.step()
    session.averages.loss, session.examples_seen

It knows no screen. Controls call its methods, views read its attributes. What cannot be done
raises ConvNetError, and the run is as it was before. What may take longer than a frame is done in
steps, between which the run can go on.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from autoencoder.admission import (
    check_autoencoder,
    check_batch_size,
    learning_rate_in,
    try_update,
)
from autoencoder.checkpoint import Checkpoint, LossWatch, Moment
from autoencoder.digits import Digits
from autoencoder.history import Averages, LossCurve, Speed
from autoencoder.stretch import check_memory, examples_at_a_stretch
from convnet import ConvNetError, Net, Trainer, parse_definition
from convnet.chance import generator, generator_from_json, generator_to_json
from convnet.construction import definitions_from_json, layers_from_definitions
from convnet.definition import format_definition
from convnet.fields import Fields, typed_number
from convnet.layers import Layer
from convnet.limits import MAX_COUNT
from convnet.minibatch import DEFAULT_NOISE, MAX_NOISE, Minibatch
from convnet.mnist import to_pixels
from convnet.snapshot import load_in_steps, save
from convnet.steps import Steps, finish
from convnet.trainer import TrainerOptions, TrainerState

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
MAP_SIZE = 200
MOST_CHARACTERS = 300_000
"""Of a definition that comes with a snapshot: as many as one of a thousand layers may have."""


class Session:
    """A run on the digits that have arrived so far; at least `MAP_SIZE` of them must have.

    Attributes:
        digits: the training digits.
        noise: share of the pixels that are blacked out before the network sees them, 0 to 0.9.
        paused: whether the visitor, or a fault, has stopped training.
        definition: the text that the network was last made from.
        defined_rate: the learning rate in that text; None where it holds none.
        net: the network.
        trainer: its trainer.
        examples_seen: how many examples this network has been trained on.
        averages: losses and times, averaged over a window of updates.
        speed: examples a second.
        curve: the loss graph.
        map_images: the digits on the map, float32 (200, 784).
        map_labels: their classes, uint8 (200,).
        map_layer: index of the layer whose firings place the digits.
        map_neurons: the two neurons that are drawn: across and upward.
        stretch: how many examples the network takes at once, so that frames come on time.
        generation: changes whenever the network is another one.
        changes: grows with whatever training or another network changes.
        interruption_s: how long frames last failed to come while it trained; None if they came.
        rehearse: draws everything that is on the page once, in steps, between which nothing else
            trains or draws. It is called for a new network before the old one is given up.
    """

    def __init__(self, digits: Digits, seed: int | None = None) -> None:
        self.digits = digits
        self.random = generator(seed)
        self.noise = DEFAULT_NOISE
        self.paused = False
        self._stopped = False
        self.speed = Speed()
        self.interruption_s: float | None = None
        self.map_images = to_pixels(digits.images[:MAP_SIZE])
        self.map_labels = digits.labels[:MAP_SIZE].copy()
        self.generation = 0
        self.changes = 0
        self.rehearse: Callable[[], Steps[None]] = lambda: iter(())
        finish(self.reload_in_steps(DEFAULT_DEFINITION))

    # The run

    def step(self) -> None:
        """Trains on one minibatch, or on the next part of one that takes longer than a frame has.

        Raises:
            ConvNetError: the loss is no longer a finite number. The run is back at its last
                sound state then, and training is paused.
        """
        self.changes += 1
        minibatch = self._minibatch
        if self._position == 0:
            minibatch.draw(self.digits.images, self.noise, self.random)
        if self.stretch >= len(minibatch.clean):
            stats = self.trainer.train(minibatch.corrupted, minibatch.clean)
        else:
            part = slice(self._position, self._position + self.stretch)
            self.trainer.accumulate(minibatch.corrupted[part], minibatch.clean[part])
            self._position = part.stop if part.stop < len(minibatch.clean) else 0
            if self._position:
                return
            stats = self.trainer.update()
        if not math.isfinite(stats.loss):
            self._recover()
        self.examples_seen = min(self.examples_seen + len(minibatch.clean), MAX_COUNT)
        self.averages.add(stats)
        self.speed.mark(self.examples_seen)
        self.curve.add(self.examples_seen, self.averages.loss)
        self._watch.add(stats.cost_loss)
        if self._checkpoint.due(self.examples_seen):
            self._keep_if_sound()

    def take_less(self) -> None:
        """Halves how many examples the network takes at once, since frames come late.

        The gradients of a minibatch are then added up in another order: only rounding differs.
        """
        self.stretch = max(1, min(self.stretch, len(self._minibatch.clean)) // 2)

    def reconstruct_current(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """The first image of the last minibatch, each (784,): clean, corrupted, reconstructed.

        Afterwards every layer's `out_act` is that one example's.
        """
        minibatch = self._minibatch
        output = self.net.forward(minibatch.corrupted[:1])
        return minibatch.clean[0], minibatch.corrupted[0], output.ravel()

    def map_codes(self, part: slice) -> np.ndarray:
        """The firings of the two chosen neurons for n of the digits on the map, (n, 2).

        Where a layer has an area, a neuron's firing is the mean over it.
        """
        self.net.forward(self.map_images[part])
        firings = self.net.layers[self.map_layer].out_act[..., self.map_neurons]
        return firings.mean(axis=(1, 2))

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
        self.noise = noise

    def set_learning_rate(self, text: str) -> None:
        """Sets the learning rate to a number as the visitor typed it."""
        value = typed_number(text, "The learning rate")
        TrainerOptions(learning_rate=value)  # refuses what the trainer would
        self._keep_if_sound()
        self.trainer.learning_rate = value

    def reload_in_steps(self, definition: str) -> Steps[None]:
        """Starts over with a new network, made from a definition."""
        layer_defs, options = parse_definition(definition)
        check_batch_size(options)
        yield
        check_memory(layers_from_definitions(layer_defs), TrainerOptions(**options), MAP_SIZE)
        yield
        net = yield from Net.in_steps(layer_defs, seed=int(self.random.integers(2**32)))
        yield
        trainer = Trainer(net, **options)
        rate = trainer.learning_rate
        yield from self._start_in_steps(
            net,
            trainer,
            definition=definition,
            defined_rate=rate,
            examples_seen=0,
            curve=LossCurve(),
        )

    def load_in_steps(self, json: object) -> Steps[None]:
        """Goes on from a snapshot: exactly where it carries our state, else with a fresh trainer.

        Args:
            json: what `save_in_steps` or ConvNetJS wrote, as Python objects.
        """
        snapshot = yield from load_in_steps(json)
        state = Fields(snapshot.session, "The snapshot's session")
        examples_seen = state.whole("examples_seen", 0, MAX_COUNT, default=0)
        noise = state.number("noise", 0, MAX_NOISE, default=self.noise)
        random = self.random
        if "random" in state:
            random = generator_from_json(state.values["random"], f"{state.where}: random")
        curve = LossCurve.from_json(state.mapping("curve", default={}))
        trainer = snapshot.trainer or Trainer(snapshot.net, **vars(self.trainer.options))
        check_batch_size(vars(trainer.options))
        definition = state.text("definition", default="")
        if len(definition) > MOST_CHARACTERS:
            raise ConvNetError(
                f"The snapshot's definition has {len(definition):,} characters; "
                f"{MOST_CHARACTERS:,} are the most."
            )
        definition = definition or format_definition(
            definitions_from_json(json["layers"]), trainer.options.chosen()
        )
        yield from self._start_in_steps(
            snapshot.net,
            trainer,
            definition=definition,
            defined_rate=learning_rate_in(definition),
            examples_seen=examples_seen,
            curve=curve,
            noise=noise,
            random=random,
        )

    def save_in_steps(self) -> Steps[dict[str, Any]]:
        """A copy of the run as it stands, for `json_pieces` to write: ConvNetJS's JSON of the
        network, and what continues the run.
        """
        while self._position:  # a minibatch half done could not be gone on with
            self.step()
            if self._position:
                yield
        return save(
            self.net,
            self.trainer,
            {
                "definition": self.definition,
                "examples_seen": self.examples_seen,
                "noise": self.noise,
                "random": generator_to_json(self.random),
                "curve": self.curve.to_json(),
            },
        )

    def clear_curve(self) -> None:
        """Empties the loss graph, also where the run may go back to."""
        for curve in (self.curve, *(moment.curve for moment in self._checkpoint.moments)):
            curve.clear()

    def choose_map_layer(self, index: int) -> None:
        """Draws the map from another layer, and from its first two neurons."""
        if not 0 < index < len(self.net.layers) - 1:
            raise ConvNetError(f"There is no layer {index} to draw the map from.")
        self.map_layer = index
        self.map_neurons = first_neurons(self.net.layers[index])

    def cycle_map_neurons(self) -> None:
        """Draws the map from the next pair of neurons."""
        self.map_neurons = [(neuron + 1) % self.map_depth for neuron in self.map_neurons]

    @property
    def map_depth(self) -> int:
        """How many neurons the map's layer has to choose from."""
        return self.net.layers[self.map_layer].out_shape[2]

    # Inside

    def _start_in_steps(self, net: Net, trainer: Trainer, **run: object) -> Steps[None]:
        """Makes a network this run's network, once it is known to work.

        Args:
            net: the network.
            trainer: its trainer.
            run: attributes of the session that come with it.
        """
        check_autoencoder(net)
        check_memory(net.layers, trainer.options, MAP_SIZE)
        minibatch = Minibatch(trainer.options.batch_size)
        minibatch.draw(self.digits.images, self.noise, generator())
        yield
        stretch = examples_at_a_stretch(net.layers)
        state = yield from trainer.copy_state_in_steps()
        loss = try_update(trainer, minibatch.corrupted[:stretch], minibatch.clean[:stretch])
        yield
        trainer.restore(state)
        yield
        layer = narrowest_layer(net)
        run |= {
            "net": net,
            "trainer": trainer,
            "averages": Averages(),
            "stretch": stretch,
            "map_layer": layer,
            "map_neurons": first_neurons(net.layers[layer]),
            "_minibatch": minibatch,
            "_position": 0,
            "_watch": LossWatch(loss),
        }
        yield from self._replace_in_steps(run, state)

    def _replace_in_steps(self, run: dict[str, object], state: TrainerState) -> Steps[None]:
        """Takes on another run's attributes if all of it can be drawn; else all is as it was."""
        names = *run, "_checkpoint"
        before = {name: getattr(self, name, None) for name in names}
        self._become(run)
        self._checkpoint = Checkpoint(self._moment(state))
        try:
            yield from self.rehearse()
        except BaseException:
            self._become(before)
            raise
        if self._stopped:
            self.set_paused(False)

    def _become(self, run: dict[str, object]) -> None:
        vars(self).update(run)
        self.generation += 1
        self.changes += 1
        self.interruption_s = None
        self.speed.reset()

    def _moment(self, state: TrainerState) -> Moment:
        """The run as it stands, with a copy of its trainer's state."""
        return Moment(
            state=state,
            random=self.random.bit_generator.state,
            examples_seen=self.examples_seen,
            averages=self.averages.copy(),
            curve=self.curve.copy(),
        )

    def _keep_if_sound(self) -> None:
        """Keeps the run as it stands, unless it has begun to diverge.

        That goes through the same arrays as an update, and takes no longer than one.
        """
        arrays = self.trainer.state.arrays
        if self._watch.sound and all(np.isfinite(array).all() for array in arrays):
            self._checkpoint.keep(lambda spare: self._moment(self.trainer.copy_state(spare)))

    def _recover(self) -> None:
        moment = self._checkpoint.go_back()
        self.trainer.restore(moment.state)
        self.random.bit_generator.state = moment.random
        self.examples_seen = moment.examples_seen
        self.averages, self.curve = moment.averages.copy(), moment.curve.copy()
        self._watch.forget_recent()
        self.stop()
        place = f"where it was after {self.examples_seen:,} examples"
        raise ConvNetError(
            "The loss stopped being a finite number, so training is paused and the network is back "
            f"{place if self.examples_seen else 'as it began'}. {self._advice()}"
        )

    def _advice(self) -> str:
        if self.trainer.rule.uses_learning_rate:
            return "Choose a smaller learning rate, then resume."
        return (
            f"Reload with other layers or another method: {self.trainer.options.method} takes no "
            "learning rate that could be smaller."
        )


def narrowest_layer(net: Net) -> int:
    """Index of the hidden layer with the fewest neurons: the bottleneck."""
    hidden = range(1, len(net.layers) - 1)
    return min(hidden, key=lambda index: net.layers[index].num_outputs)


def first_neurons(layer: Layer) -> list[int]:
    """The first two neurons of a layer, or its only one twice."""
    return [0, 1 % layer.out_shape[2]]
