"""One run: a network and its trainer on their way through images, as snapshots carry it on.

    run = finish(Run.in_steps(definition, read_digits(folder, "train"), seed=0))
    stats = run.step()
    json = run.to_json()
    run = finish(Run.from_json_in_steps(json, dataset))  # goes on with the same bits
    pieces = run.to_record()  # the same as bytes
    run = finish(Run.from_record_in_steps(pieces, dataset))

The page and the command line both train one of these. What they keep beside it is their own.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import suppress
from copy import deepcopy
from functools import cached_property
from typing import Any

import numpy as np

from convnet import record
from convnet.chance import (
    DROPOUT,
    generator,
    generator_to_json,
    new_seed,
    new_streams,
    streams_from_json,
)
from convnet.compute import NumPy
from convnet.construction import definitions_of, layers_from_definitions
from convnet.corruption import MASKING, NO_CORRUPTION, Corruption
from convnet.definition import format_definition, parse_definition
from convnet.errors import ConvNetError
from convnet.fields import Fields
from convnet.json_text import parse_snapshot_in_steps
from convnet.limits import MAX_COUNT
from convnet.minibatch import Minibatch
from convnet.net import MAX_SEED, Net
from convnet.options import TrainerOptions
from convnet.requirements import Admit, Dataset, check_fit, is_autoencoder, whole_minibatches
from convnet.run_state import RunState
from convnet.snapshot import Snapshot, load_in_steps, save
from convnet.steps import Steps
from convnet.trainer import Stats, Trainer

OF_A_RUN = ("corruption", "definition", "examples_seen", "noise", "random", "repeatable", "seed")
"""What a snapshot's session says of the run itself."""

MOST_CHARACTERS = 300_000
"""Of a definition that comes with a snapshot: as many as one of a thousand layers may have."""


class Run:
    """A network, its trainer, what they learn from, and how far they have come.

    Args:
        net: the network, which fits the images.
        trainer: its trainer.
        dataset: what it is trained on.
        stretch: see below.
        definition: the text that the network was made from.
        corruption: see below.
        seed: see below.
        streams: of the order and the corruption; None are the seed's.
        repeatable: see below.
        examples_seen: examples that the network was trained on before.
        beside: see below.

    Attributes:
        net: the network.
        trainer: its trainer.
        dataset: what it is trained on.
        definition: the text that the network was made from.
        minibatch: the last minibatch, or the one that is half done.
        stretch: examples that the network takes at once; a larger minibatch is taken in parts.
        corruption: what is done to images before the network sees them.
        seed: of everything that chance decides, each by a stream of its own.
        random_order: chooses images.
        random_corruption: chooses what happens to which pixel.
        repeatable: whether definition, seed and settings make it again: not where its network came
            from elsewhere, images to draw from were missing, or time called for smaller parts.
        examples_seen: examples that the network has been trained on.
        beside: what else its snapshots carry, by name, fit for JSON.
    """

    def __init__(
        self,
        net: Net,
        trainer: Trainer,
        dataset: Dataset,
        *,
        stretch: int,
        definition: str,
        corruption: Corruption,
        seed: int,
        streams: tuple[np.random.Generator, np.random.Generator] | None = None,
        repeatable: bool = True,
        examples_seen: int = 0,
        beside: Mapping[str, Any] | None = None,
    ) -> None:
        self.net = net
        self.trainer = trainer
        self.dataset = dataset
        self.definition = definition
        self.stretch = stretch
        self.corruption = corruption
        self.seed = seed
        self.random_order, self.random_corruption = streams or new_streams(seed)
        self.repeatable = repeatable
        self.examples_seen = examples_seen
        self.beside = dict(beside or {})
        size = trainer.options.batch_size
        self.minibatch = Minibatch(size, net.layers[0].num_outputs, net.operations)
        self._learns_labels = not is_autoencoder(net.layers)
        self._targets = np.zeros(size, np.uint8) if self._learns_labels else self.minibatch.clean
        self._position = 0  # of the next part in the minibatch
        self._before = self._now

    @classmethod
    def in_steps(
        cls,
        definition: str,
        dataset: Dataset,
        *,
        seed: int | None = None,
        corruption: Corruption | None = None,
        admit: Admit = whole_minibatches,
        backend: NumPy | None = None,
    ) -> Steps[Run]:
        """A new run, made in steps.

        Args:
            definition: the network and its trainer.
            dataset: what to train on.
            seed: makes the run repeatable; None is another each time.
            corruption: None is `MASKING` for an autoencoder, and nothing for a classifier.
            admit: is asked before any memory is taken.
            backend: what computes; None is the best there is.

        Raises:
            ConvNetError: there can be no such run.
        """
        seed = new_seed() if seed is None else seed
        layer_defs, options = parse_definition(definition)
        layers = layers_from_definitions(layer_defs)
        check_fit(layers, dataset)
        yield
        stretch = admit(layers, options)
        yield
        net = yield from Net.in_steps(layer_defs, seed, backend=backend)
        yield
        if corruption is None:
            corruption = MASKING if is_autoencoder(layers) else NO_CORRUPTION
        return cls(
            net,
            Trainer(net, **options),
            dataset,
            stretch=stretch,
            definition=definition,
            corruption=corruption,
            seed=seed,
        )

    @classmethod
    def from_json_in_steps(
        cls,
        json: str | Mapping[str, Any],
        dataset: Dataset,
        *,
        seed: int | None = None,
        corruption: Corruption = NO_CORRUPTION,
        options: TrainerOptions | None = None,
        admit: Admit = whole_minibatches,
        backend: NumPy | None = None,
    ) -> Steps[Run]:
        """A saved run, made in steps: it goes on exactly where it was saved.

        Args:
            json: what `to_json` or ConvNetJS wrote, as text or as Python objects.
            dataset: what to train on.
            seed: for the draws of a snapshot that says nothing of them; None is another each time.
            corruption: likewise.
            options: a fresh trainer's, for a snapshot without one.
            admit: is asked once the network is there, before there is more.
            backend: what computes; None is the best there is.

        Raises:
            ConvNetError: there can be no such run, or no trainer.
        """
        if isinstance(json, str):
            json = yield from parse_snapshot_in_steps(json)
        snapshot = yield from load_in_steps(json, backend=backend)
        return (yield from cls._go_on(snapshot, dataset, seed, corruption, options, admit))

    @classmethod
    def from_record_in_steps(
        cls,
        pieces: Iterable[bytes],
        dataset: Dataset,
        *,
        admit: Admit = whole_minibatches,
        backend: NumPy | None = None,
    ) -> Steps[Run]:
        """The same from what `to_record` made.

        Args:
            pieces: all of them, in order.
            dataset: what to train on.
            admit: is asked once the network is there, before there is more.
            backend: what computes; None is the best there is.

        Raises:
            ConvNetError: they are not what `to_record` makes.
        """
        snapshot = yield from record.load_in_steps(pieces, backend)
        return (yield from cls._go_on(snapshot, dataset, None, NO_CORRUPTION, None, admit))

    @classmethod
    def _go_on(
        cls,
        snapshot: Snapshot,
        dataset: Dataset,
        seed: int | None,
        corruption: Corruption,
        options: TrainerOptions | None,
        admit: Admit,
    ) -> Steps[Run]:
        """The run that a snapshot continues."""
        net, trainer = snapshot.net, snapshot.trainer
        check_fit(net.layers, dataset)
        state = Fields(snapshot.session, "The snapshot's session")
        if trainer is None and options is None:
            raise ConvNetError("The snapshot holds a network but no trainer to resume.")
        trainer = trainer or Trainer(net, **vars(options))
        stretch = admit(net.layers, vars(trainer.options))
        yield
        definition = state.text("definition", default="")
        if len(definition) > MOST_CHARACTERS:
            raise ConvNetError(
                f"The snapshot's definition has {len(definition):,} characters; "
                f"{MOST_CHARACTERS:,} are the most."
            )
        definition = definition or format_definition(
            definitions_of(net.layers), trainer.options.chosen()
        )
        seed = state.whole("seed", 0, MAX_SEED, default=new_seed() if seed is None else seed)
        return cls(
            net,
            trainer,
            dataset,
            stretch=stretch,
            definition=definition,
            corruption=Corruption.from_json(state, corruption),
            seed=seed,
            streams=streams_from_json(state) if "random" in state else None,
            repeatable=state.flag("repeatable", default=False),
            examples_seen=state.whole("examples_seen", 0, MAX_COUNT, default=0),
            beside={name: value for name, value in state.as_dict().items() if name not in OF_A_RUN},
        )

    def __repr__(self) -> str:
        return f"Run({self.net}, {self.trainer}, {self.examples_seen:,} examples seen)"

    @property
    def shape(self) -> tuple[int, int]:
        """Height and width of an image."""
        return self.dataset.images.shape[1:]

    @cached_property
    def defined_rate(self) -> float | None:
        """The learning rate that the definition gives the trainer, where that can be read."""
        with suppress(ConvNetError):
            _, options = parse_definition(self.definition)
            return TrainerOptions(**options).learning_rate
        return None

    def step(self) -> Stats | None:
        """Trains on a minibatch, or on the next part of one that is larger than `stretch`.

        Returns:
            What the update did, as `Trainer.train` says it; None where the minibatch goes on.
        """
        size = len(self._targets)
        if self._position == 0:
            if self.stretch < size:
                self._before = deepcopy(self._now)
            self.repeatable &= self.draw()
        if self._position == 0 and self.stretch >= size:
            stats = self.trainer.train(self.minibatch.corrupted, self._targets)
        else:
            part = slice(self._position, self._position + self.stretch)
            self.trainer.accumulate(self.minibatch.corrupted[part], self._targets[part])
            self._position = part.stop if part.stop < size else 0
            if self._position:
                return None
            stats = self.trainer.update()
        self.examples_seen = min(self.examples_seen + size, MAX_COUNT)
        return stats

    @property
    def is_midway(self) -> bool:
        """Whether a minibatch is half done."""
        return self._position > 0

    @property
    def is_within_reach(self) -> bool:
        """Whether all images are here that the next minibatch is to be drawn from."""
        return self.dataset.reach(self.examples_seen) <= len(self.dataset.images)

    def draw(self) -> bool:
        """Draws the next minibatch; returns whether all images were here that it is drawn from."""
        images, reach = self.dataset.images, self.dataset.reach(self.examples_seen)
        self.minibatch.draw(images[:reach], self.corruption, *self._now[:2])
        if self._learns_labels:
            np.take(self.dataset.labels, self.minibatch.chosen, out=self._targets)
        return reach <= len(images)

    def reseed(self, seed: int) -> None:
        """Lets another seed decide what is drawn from here on."""
        self.seed = seed
        self.random_order, self.random_corruption = new_streams(seed)
        self.net.random.bit_generator.state = generator(seed, DROPOUT).bit_generator.state
        self.repeatable = False

    def try_stretch(self) -> Stats:
        """Trains on a part of a minibatch that is drawn for it: whether all works can be seen then.

        Afterwards the run has to be restored to a state.
        """
        self.draw()
        part = slice(self.stretch)
        return self.trainer.train(self.minibatch.corrupted[part], self._targets[part])

    # A minibatch that is half done is no part of what is kept or saved: its draw comes again.

    def copy_state_in_steps(self, into: RunState | None = None) -> Steps[RunState]:
        """A copy that training on leaves alone, one array a step; between steps nothing may be
        trained.

        Args:
            into: an earlier copy, whose arrays may be overwritten.
        """
        trainer = yield from self.trainer.copy_state_in_steps(into and into.trainer)
        order, corruption, trainer.random = (each.bit_generator.state for each in self._generators)
        return RunState(trainer, order, corruption, self.examples_seen)

    def restore(self, state: RunState) -> None:
        """Goes back to a state of this run, copying it."""
        self.trainer.restore(state.trainer)
        self.random_order.bit_generator.state = state.random_order
        self.random_corruption.bit_generator.state = state.random_corruption
        self.examples_seen = state.examples_seen
        self._position = 0

    def to_json(self) -> dict[str, Any]:
        """A snapshot of the run as it stands, copied, for `json_pieces` to write.

        Raises:
            ConvNetError: the network holds a parameter that is not a finite number.
        """
        return save(self.net, self.trainer, self._session, self._generators[-1])

    def to_record(self) -> list[bytes | memoryview]:
        """The run as it stands, as bytes in pieces: a description, and what is large as it lies in
        memory. They have to be copied before the run is trained further.
        """
        return record.save(self.trainer, self.layer_defs, self._session, self._generators[-1])

    @cached_property
    def layer_defs(self) -> list[dict[str, Any]]:
        """Definitions that make a network like this one, as short as someone would write them."""
        return definitions_of(self.net.layers)

    @property
    def _session(self) -> dict[str, Any]:
        order, corruption, _ = self._generators
        of_the_run = {
            "definition": self.definition,
            "examples_seen": self.examples_seen,
            **self.corruption.to_json(),
            "seed": self.seed,
            "repeatable": self.repeatable,
            "random": {
                "order": generator_to_json(order),
                "corruption": generator_to_json(corruption),
            },
        }
        return of_the_run | self.beside

    @property
    def _generators(self) -> tuple[np.random.Generator, ...]:
        """Those of order, corruption and network, as they were when no minibatch was half done."""
        return self._before if self._position else self._now

    @property
    def _now(self) -> tuple[np.random.Generator, ...]:
        return self.random_order, self.random_corruption, self.net.random
