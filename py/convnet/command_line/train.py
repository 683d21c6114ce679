"""`train`: trains a new network, or a saved one further."""

from __future__ import annotations

import math
import os
import sys
from argparse import ArgumentParser, Namespace
from pathlib import Path

from convnet.chance import generator
from convnet.command_line.documents import keep_json, naming, read_text
from convnet.command_line.interrupt import Interrupt
from convnet.command_line.progress import Progress
from convnet.errors import ConvNetError
from convnet.minibatch import DEFAULT_NOISE, MAX_NOISE
from convnet.mnist import read_digits
from convnet.net import MAX_SEED
from convnet.run import DRAWING, Run
from convnet.steps import finish


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


def start(definition: Path, data: Path, seed: int | None, noise: float | None) -> Run:
    """A new run of a network that a file defines, on the digits in a folder."""
    text = read_text(definition)
    return finish(Run.in_steps(text, read_digits(data, "train"), seed=seed, noise=noise))


def resume(path: Path, data: Path, seed: int | None, noise: float | None) -> Run:
    """A saved run, to be continued exactly unless a seed or noise is given."""
    digits = read_digits(data, "train")
    with naming(path):
        run = finish(Run.from_json_in_steps(read_text(path), digits))
    if seed is not None:
        run.random = generator(seed, DRAWING)
    if noise is not None:
        run.noise = noise
    return run


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
    choices = arguments.data, arguments.seed, arguments.noise
    if arguments.resume:
        training = resume(arguments.resume, *choices)
    else:
        training = start(arguments.definition, *choices)
    with Interrupt() as interrupt:
        finite = _train(training, arguments.examples, interrupt)
        saved = keep_json(arguments.save, training.to_json())
    print(f"Saved to {saved} after {training.examples_seen:,} examples.")
    if saved != arguments.save:
        raise ConvNetError(f"{arguments.save} cannot be written, so the run is kept in {saved}.")
    if not finite:
        raise ConvNetError(
            "The loss stopped being a finite number; a smaller learning rate may help."
        )
    return 130 if interrupt.requested else 0


def _train(training: Run, examples: int, interrupt: Interrupt) -> bool:
    """Trains until there were enough examples or Ctrl-C; returns whether losses were finite."""
    progress = Progress(examples, sys.stderr)
    done, loss = 0, 0.0
    while done < examples and not interrupt.requested:
        loss = training.step().loss
        if not math.isfinite(loss):
            break
        done += training.trainer.options.batch_size
        progress.update(done, loss)
    progress.close()
    return math.isfinite(loss)
