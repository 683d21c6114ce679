"""`evaluate`: how well a saved network does on digits that it never saw."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from pathlib import Path

import numpy as np

from convnet.command_line.documents import naming, read_text
from convnet.memory import Memory
from convnet.minibatch import to_pixels
from convnet.mnist import read_digits
from convnet.net import Net
from convnet.requirements import Dataset, check_fit, is_autoencoder

CHUNK = 500


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
    digits = read_digits(arguments.data, "test")
    check_fit(net.layers, digits)
    print(evaluate(net, digits))
    return 0


def evaluate(net: Net, digits: Dataset) -> str:
    """How well a network does on digits, as a line of text."""
    total, count = 0.0, len(digits.images)
    size = min(CHUNK, Memory(net.layers, net.dtype).most_examples(training=False))
    for start in range(0, count, size):
        part = slice(start, start + size)
        total += _cost(net, to_pixels(digits.images[part]), digits.labels[part])
    mean, examples = total / count, f"{count:,} digits"
    if is_autoencoder(net.layers):
        return f"half squared error: {mean:.4f} an image, mean of {examples}"
    return f"error rate: {mean:.2%} of {examples}"


def _cost(net: Net, pixels: np.ndarray, labels: np.ndarray) -> float:
    """Half the squared error, or the number of wrong answers, summed over examples."""
    answers = net.forward(pixels).reshape(len(pixels), -1)
    if is_autoencoder(net.layers):
        return 0.5 * float(np.square(answers - pixels).sum(dtype=np.float64))
    return float((answers.argmax(axis=1) != labels).sum())
