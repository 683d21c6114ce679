"""`train`: trains a new network, or a saved one further."""

from __future__ import annotations

import math
import os
import sys
from argparse import ArgumentParser, Namespace
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from convnet.chance import generator, generator_from_json, generator_to_json
from convnet.command_line.documents import keep_json, read_snapshot, read_text
from convnet.command_line.interrupt import Interrupt
from convnet.command_line.progress import Progress
from convnet.command_line.task import Task
from convnet.definition import parse_definition
from convnet.errors import ConvNetError
from convnet.fields import Fields
from convnet.limits import MAX_COUNT
from convnet.memory import Memory
from convnet.minibatch import DEFAULT_NOISE, MAX_NOISE, Minibatch
from convnet.mnist import read_digits
from convnet.net import MAX_SEED, Net
from convnet.snapshot import save
from convnet.trainer import Trainer, arrays_in_a_state, arrays_in_training

DIGITS = 0
"""The stream of a seed from which digits and noise are drawn; a network's own is the seed's."""


def add_arguments(parser: ArgumentParser) -> None:
    """The command's arguments."""
    source = parser.add_mutually_exclusive_group(required=True)
    source.add_argument(
        "definition",
        nargs="?",
        type=Path,
        metavar="DEFINITION.txt",
        help="the network and its trainer, in Python or as in ConvNetJS",
    )
    source.add_argument(
        "--resume", type=Path, metavar="NET.json", help="go on where this run was saved"
    )
    parser.add_argument("--data", type=Path, required=True, help="folder of MNIST's shards")
    parser.add_argument("--examples", type=int, required=True, help="how many to train on")
    parser.add_argument("--save", type=Path, required=True, metavar="NET.json")
    parser.add_argument("--seed", type=int, help="for a run that can be repeated")
    parser.add_argument(
        "--noise",
        type=float,
        help=f"share of pixels that are blacked out before the network sees them, 0 to {MAX_NOISE} "
        f"(default: {DEFAULT_NOISE} for an autoencoder, 0 for a classifier)",
    )


@dataclass
class Run:
    """A run of training, as snapshots carry it between page and command line.

    Attributes:
        net: the network.
        trainer: its trainer.
        definition: the text that the network was made from.
        examples_seen: examples it was trained on so far.
        noise: share of pixels blacked out.
        random: chooses digits and pixels.
        session: what else the snapshot carried, which is handed on.
    """

    net: Net
    trainer: Trainer
    definition: str
    examples_seen: int
    noise: float
    random: np.random.Generator
    session: dict[str, Any]

    def __post_init__(self) -> None:
        options, dtype = self.trainer.options, self.net.dtype
        size = options.batch_size
        arrays = arrays_in_training(options, dtype) + arrays_in_a_state(options)
        Memory(self.net.layers, dtype, arrays, Minibatch.memory(size)).check(size)
        self._task = Task(self.net)
        self._minibatch = Minibatch(size)

    @classmethod
    def start(cls, definition: Path, seed: int | None, noise: float | None) -> Run:
        """A new run of a network that a file defines."""
        text = read_text(definition)
        layer_defs, options = parse_definition(text)
        net = Net(layer_defs, seed)
        if noise is None:
            noise = DEFAULT_NOISE if Task(net).is_autoencoder else 0.0
        return cls(net, Trainer(net, **options), text, 0, noise, generator(seed, DIGITS), {})

    @classmethod
    def resume(cls, path: Path, seed: int | None, noise: float | None) -> Run:
        """A saved run, to be continued exactly unless a seed or noise is given."""
        snapshot = read_snapshot(path)
        if snapshot.trainer is None:
            raise ConvNetError(f"{path} holds a network but no trainer to resume.")
        session = Fields(snapshot.session, f"{path}: session")
        if seed is None and "random" in session:
            random = generator_from_json(snapshot.session["random"], f"{path}: session: random")
        else:
            random = generator(seed, DIGITS)
        return cls(
            net=snapshot.net,
            trainer=snapshot.trainer,
            definition=session.text("definition", default=""),
            examples_seen=session.whole("examples_seen", 0, MAX_COUNT, default=0),
            noise=session.number("noise", 0, MAX_NOISE, default=0) if noise is None else noise,
            random=random,
            session=snapshot.session,
        )

    def to_json(self) -> dict[str, Any]:
        """A snapshot of the run."""
        return save(
            self.net,
            self.trainer,
            self.session
            | {
                "definition": self.definition,
                "examples_seen": self.examples_seen,
                "noise": self.noise,
                "random": generator_to_json(self.random),
            },
        )

    @property
    def batch_size(self) -> int:
        """Examples that one update takes."""
        return self.trainer.options.batch_size

    def train(self, images: np.ndarray, labels: np.ndarray) -> float:
        """One update on a minibatch drawn at random; returns its loss.

        Args:
            images: uint8 (n, 28, 28), to draw from.
            labels: uint8 (n,).
        """
        minibatch = self._minibatch
        minibatch.draw(images, self.noise, self.random)
        targets = self._task.targets(minibatch.clean, labels[minibatch.chosen])
        self.examples_seen = min(self.examples_seen + self.batch_size, MAX_COUNT)
        return self.trainer.train(minibatch.corrupted, targets).loss


def run(arguments: Namespace) -> int:
    """Trains and saves; returns the exit status."""
    if arguments.examples < 1:
        raise ConvNetError(f"--examples must be at least 1, but it is {arguments.examples}.")
    if arguments.noise is not None and not 0 <= arguments.noise <= MAX_NOISE:
        raise ConvNetError(f"--noise must be from 0 to {MAX_NOISE}, but it is {arguments.noise}.")
    if arguments.seed is not None and not 0 <= arguments.seed <= MAX_SEED:
        raise ConvNetError(
            f"--seed must be a whole number from 0 to {MAX_SEED}, but it is {arguments.seed}."
        )
    if not arguments.save.parent.is_dir():
        raise ConvNetError(f"There is no folder {arguments.save.parent} to save to.")
    if arguments.save.is_dir():
        raise ConvNetError(f"{arguments.save} is a folder; name a file in it to save to.")
    if not os.access(arguments.save.parent, os.W_OK):
        raise ConvNetError(f"The folder {arguments.save.parent} cannot be written to.")
    choices = arguments.seed, arguments.noise
    if arguments.resume:
        training = Run.resume(arguments.resume, *choices)
    else:
        training = Run.start(arguments.definition, *choices)
    images, labels = read_digits(arguments.data, "train")
    with Interrupt() as interrupt:
        finite = _train(training, images, labels, arguments.examples, interrupt)
        saved = keep_json(arguments.save, training.to_json())
    print(f"Saved to {saved} after {training.examples_seen:,} examples.")
    if saved != arguments.save:
        raise ConvNetError(f"{arguments.save} cannot be written, so the run is kept in {saved}.")
    if not finite:
        raise ConvNetError(
            "The loss stopped being a finite number; a smaller learning rate may help."
        )
    return 130 if interrupt.requested else 0


def _train(
    training: Run, images: np.ndarray, labels: np.ndarray, examples: int, interrupt: Interrupt
) -> bool:
    """Trains until there were enough examples or Ctrl-C; returns whether losses were finite."""
    progress = Progress(examples, sys.stderr)
    done, loss = 0, 0.0
    while done < examples and not interrupt.requested:
        loss = training.train(images, labels)
        if not math.isfinite(loss):
            break
        done += training.batch_size
        progress.update(done, loss)
    progress.close()
    return math.isfinite(loss)
