"""`train`: trains a new network, or a saved one further."""

from __future__ import annotations

import math
import os
import sys
from argparse import ArgumentParser, Namespace
from pathlib import Path

from convnet.command_line.documents import keep_json, naming, read_text
from convnet.command_line.interrupt import Interrupt
from convnet.command_line.progress import Progress
from convnet.compute import NumPy, Reproducible, best_backend
from convnet.corruption import KINDS, MASKING, Corruption
from convnet.errors import ConvNetError
from convnet.mnist import read_digits
from convnet.net import MAX_SEED
from convnet.run import Run
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
    parser.add_argument(
        "--seed",
        type=int,
        help="of all that chance decides: the same one gives the same run again (default: another "
        "each time, told in the end)",
    )
    parser.add_argument(
        "--noise",
        type=float,
        help="how much is corrupted before the network sees it: a share of the pixels, the "
        "standard deviation of gaussian noise, or a square's side in pixels (default: "
        f"{MASKING.strength} for an autoencoder, nothing for a classifier)",
    )
    parser.add_argument(
        "--corruption", choices=KINDS, help="what noise does (default: masking, which blacks out)"
    )
    parser.add_argument(
        "--fast",
        action="store_true",
        help="add up in single precision: in about half the time, but with other last digits on "
        "each machine",
    )


def start(arguments: Namespace, backend: NumPy) -> Run:
    """A new run of a network that a file defines, on the digits in a folder."""
    text, digits = read_text(arguments.definition), read_digits(arguments.data, "train")
    choices = {"seed": arguments.seed, "corruption": chosen_corruption(arguments)}
    return finish(Run.in_steps(text, digits, **choices, backend=backend))


def resume(arguments: Namespace, backend: NumPy) -> Run:
    """A saved run, to be continued exactly unless a seed, noise or corruption is given."""
    path, digits = arguments.resume, read_digits(arguments.data, "train")
    with naming(path):
        run = finish(Run.from_json_in_steps(read_text(path), digits, backend=backend))
    if arguments.seed is not None:
        run.reseed(arguments.seed)
    run.corruption = chosen_corruption(arguments, run.corruption) or run.corruption
    return run


def chosen_corruption(arguments: Namespace, before: Corruption = MASKING) -> Corruption | None:
    """What the arguments say of the noise; None if they say nothing.

    Args:
        arguments: the command's.
        before: names the kind, if there is one, where they name none.
    """
    kind, strength = arguments.corruption, arguments.noise
    if kind is None and strength is None:
        return None
    kind = kind or (MASKING.kind if before.kind == "none" else before.kind)
    if strength is None:
        strength = KINDS[kind].default
    KINDS[kind].check(strength, "--noise")
    return Corruption(kind, strength)


def run(arguments: Namespace) -> int:
    """Trains and saves; returns the exit status."""
    if arguments.examples < 1:
        raise ConvNetError(f"--examples must be at least 1, but it is {arguments.examples}.")
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
    backend = best_backend() if arguments.fast else Reproducible()
    training = (resume if arguments.resume else start)(arguments, backend)
    with Interrupt() as interrupt:
        finite = _train(training, arguments.examples, interrupt)
        saved = keep_json(arguments.save, training.to_json())
    seed = f"; seed {training.seed}" if training.repeatable else ""
    print(f"Saved to {saved} after {training.examples_seen:,} examples{seed}.")
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
