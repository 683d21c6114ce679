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
from typing import Any

import numpy as np

from autoencoder.checkpoint import Checkpoint
from autoencoder.digits import Digits
from autoencoder.history import Averages, LossCurve, Speed
from autoencoder.stretch import check_memory, examples_at_a_stretch
from convnet import ConvNetError, Net, Trainer, parse_definition
from convnet.chance import generator, generator_from_json, generator_to_json
from convnet.construction import definitions_from_json, layers_from_definitions
from convnet.definition import format_definition
from convnet.fields import Fields
from convnet.minibatch import DEFAULT_NOISE, MAX_NOISE, Minibatch
from convnet.mnist import PIXELS, to_pixels
from convnet.snapshot import load_in_steps, save
from convnet.steps import Steps, finish
from convnet.trainer import TrainerOptions

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
MOST_EXAMPLES = 1000


class Session:
    """A run on the digits that have arrived so far; at least `MAP_SIZE` of them must have.

    Attributes:
        digits: the training digits.
        noise: share of the pixels that are blacked out before the network sees them, 0 to 0.9.
        paused: whether the visitor, or a fault, has stopped training.
        definition: the text that the network was last made from.
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
    """

    def __init__(self, digits: Digits, seed: int | None = None) -> None:
        self.digits = digits
        self.random = generator(seed)
        self.noise = DEFAULT_NOISE
        self.paused = False
        self.speed = Speed()
        self.map_images = to_pixels(digits.images[:MAP_SIZE])
        self.map_labels = digits.labels[:MAP_SIZE].copy()
        self.generation = 0
        finish(self.reload_in_steps(DEFAULT_DEFINITION))

    # The run

    def step(self) -> None:
        """Trains on one minibatch, or on the next part of one that takes longer than a frame has.

        Raises:
            ConvNetError: the loss is no longer a finite number. The network is back at its
                last good state then, and training is paused.
        """
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
        self.examples_seen += len(minibatch.clean)
        self.averages.add(stats)
        self.speed.mark(self.examples_seen)
        self.curve.add(self.examples_seen, self.averages.loss)
        self._checkpoint.renew_if_sound(self.examples_seen, stats.loss)

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
        self.speed.reset()

    def set_noise(self, noise: float) -> None:
        """Sets the share of the pixels that are blacked out, 0 to `MAX_NOISE`."""
        if not 0 <= noise <= MAX_NOISE:
            raise ConvNetError(f"The noise must be from 0 to {MAX_NOISE}, but it is {noise}.")
        self.noise = noise

    def set_learning_rate(self, text: str) -> None:
        """Sets the learning rate to a number as the visitor typed it."""
        try:
            value = float(text)
        except ValueError:
            raise ConvNetError(
                f"The learning rate must be a number such as 0.01, but it is “{text[:40]}”."
            ) from None
        self._checkpoint.renew(self.examples_seen)
        self.trainer.learning_rate = value

    def reload_in_steps(self, definition: str) -> Steps[None]:
        """Starts over with a new network, made from a definition."""
        layer_defs, options = parse_definition(definition)
        yield
        check_memory(layers_from_definitions(layer_defs), TrainerOptions(**options), MAP_SIZE)
        yield
        net = yield from Net.in_steps(layer_defs, seed=int(self.random.integers(2**32)))
        yield
        trainer = Trainer(net, **options)
        yield from self._start_in_steps(net, trainer, definition, LossCurve())

    def load_in_steps(self, json: object) -> Steps[None]:
        """Goes on from a snapshot: exactly where it carries our state, else with a fresh trainer.

        Args:
            json: what `save_in_steps` or ConvNetJS wrote, as Python objects.
        """
        snapshot = yield from load_in_steps(json)
        state = Fields(snapshot.session, "The snapshot's session")
        examples_seen = state.whole("examples_seen", 0, 2**53, default=0)
        noise = state.number("noise", 0, MAX_NOISE, default=self.noise)
        random = self.random
        if "random" in state:
            random = generator_from_json(state.values["random"], f"{state.where}: random")
        curve = LossCurve.from_json(state.mapping("curve", default={}))
        trainer = snapshot.trainer or Trainer(snapshot.net, **vars(self.trainer.options))
        definition = state.text("definition", default="") or format_definition(
            definitions_from_json(json["layers"]), trainer.options.chosen()
        )
        yield from self._start_in_steps(snapshot.net, trainer, definition, curve, examples_seen)
        self.noise, self.random = noise, random

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
        """Empties the loss graph."""
        self.curve.clear()

    def choose_map_layer(self, index: int) -> None:
        """Draws the map from another layer, and from its first two neurons."""
        if not 0 < index < len(self.net.layers) - 1:
            raise ConvNetError(f"There is no layer {index} to draw the map from.")
        self.map_layer = index
        self.map_neurons = [0, 1 % self.map_depth]

    def cycle_map_neurons(self) -> None:
        """Draws the map from the next pair of neurons."""
        self.map_neurons = [(neuron + 1) % self.map_depth for neuron in self.map_neurons]

    @property
    def map_depth(self) -> int:
        """How many neurons the map's layer has to choose from."""
        return self.net.layers[self.map_layer].out_shape[2]

    # Inside

    def _start_in_steps(
        self,
        net: Net,
        trainer: Trainer,
        definition: str,
        curve: LossCurve,
        examples_seen: int = 0,
    ) -> Steps[None]:
        """Makes a network this run's network, once it is known to fit the digits."""
        check_autoencoder(net)
        check_batch_size(trainer)
        check_memory(net.layers, trainer.options, MAP_SIZE)
        minibatch = Minibatch(trainer.options.batch_size)
        minibatch.draw(self.digits.images, self.noise, generator())
        yield
        stretch = examples_at_a_stretch(net.layers)
        net.forward(minibatch.corrupted[:stretch])
        yield
        checkpoint = Checkpoint(net, trainer, examples_seen)
        yield
        self.net, self.trainer, self._minibatch = net, trainer, minibatch
        self.stretch, self._position = stretch, 0
        self.definition = definition
        self.curve = curve
        self.examples_seen = examples_seen
        self.averages = Averages()
        self.speed.reset()
        self._checkpoint = checkpoint
        self.generation += 1
        self.choose_map_layer(narrowest_layer(net))

    def _recover(self) -> None:
        self.examples_seen = self._checkpoint.restore()
        self.set_paused(True)
        raise ConvNetError(
            "The loss stopped being a finite number, so training is paused and the network is "
            f"back where it was after {self.examples_seen:,} examples. Choose a smaller learning "
            "rate, then resume."
        )


def check_autoencoder(net: Net) -> None:
    """Raises ConvNetError unless a network takes a digit and gives one back."""
    first, last = net.layers[0], net.layers[-1]
    if first.num_outputs != PIXELS:
        raise ConvNetError(
            f"Layer 0 (input) must take the {PIXELS} values of a 28×28×1 digit, "
            f"but it takes {first.num_outputs}."
        )
    place = f"Layer {len(net.layers) - 1} ({last.type})"
    if last.type != "regression":
        raise ConvNetError(
            f"{place} must be of type regression, since the network has to give its input back."
        )
    if last.num_outputs != PIXELS:
        raise ConvNetError(
            f"{place} must give back the {PIXELS} pixels of a digit, but it gives "
            f"{last.num_outputs}; write num_neurons=28*28."
        )


def check_batch_size(trainer: Trainer) -> None:
    """Raises ConvNetError for minibatches that no frame could hold."""
    size = trainer.options.batch_size
    if size > MOST_EXAMPLES:
        raise ConvNetError(
            f"The trainer's batch_size must be at most {MOST_EXAMPLES} here, but it is {size}."
        )


def narrowest_layer(net: Net) -> int:
    """Index of the hidden layer with the fewest neurons: the bottleneck."""
    hidden = range(1, len(net.layers) - 1)
    return min(hidden, key=lambda index: net.layers[index].num_outputs)
