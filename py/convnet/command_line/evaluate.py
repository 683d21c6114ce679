"""`evaluate`: how well a saved network does on digits that it never saw."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from pathlib import Path

from convnet.command_line.documents import naming, read_text
from convnet.command_line.task import Task
from convnet.mnist import read_digits
from convnet.net import Net


def add_arguments(parser: ArgumentParser) -> None:
    """The command's arguments."""
    parser.add_argument("net", type=Path, metavar="NET.json")
    parser.add_argument(
        "--data", type=Path, default=Path("assets/mnist"), help="folder of MNIST's shards"
    )


def run(arguments: Namespace) -> int:
    """Prints one line; returns the exit status."""
    with naming(arguments.net):
        net = Net.from_json(read_text(arguments.net))
    task = Task(net)
    print(task.evaluate(*read_digits(arguments.data, "test")))
    return 0
