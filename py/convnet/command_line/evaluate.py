"""`evaluate`: how well a saved network does on digits that it never saw."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from collections.abc import Iterator
from pathlib import Path

from convnet.command_line.documents import naming, read_text
from convnet.evaluation import (
    AGREEMENT_CODES,
    Codes,
    Losses,
    go_over,
    hidden_layers,
    narrowest_layer,
)
from convnet.mnist import read_digits
from convnet.neighbours import class_agreement
from convnet.net import Net
from convnet.pca import Moments, principal_components
from convnet.requirements import Dataset, check_fit, is_autoencoder
from convnet.steps import finish

WHOLE_CHUNKS_S = 1.0
"""A step of which no part has to be left for the next."""


def add_arguments(parser: ArgumentParser) -> None:
    """The command's arguments."""
    parser.add_argument("net", type=Path, metavar="NET.json")
    parser.add_argument(
        "--data", type=Path, default=Path("assets/mnist"), help="folder of MNIST's shards"
    )


def run(arguments: Namespace) -> int:
    """Prints a line for each measure; returns the exit status."""
    with naming(arguments.net):
        net = Net.from_json(read_text(arguments.net))
    digits = read_digits(arguments.data, "test")
    check_fit(net.layers, digits)
    for line in evaluate(net, digits):
        print(line)
    if is_autoencoder(net.layers) and hidden_layers(net):
        for line in evaluate_pca(net, read_digits(arguments.data, "train"), digits):
            print(line)
    return 0


def evaluate(net: Net, digits: Dataset) -> Iterator[str]:
    """How well a network does on digits, in lines of text."""
    losses, codes = _go_over(net, digits)
    examples = f"{losses.count:,} digits"
    if is_autoencoder(net.layers):
        yield f"half squared error: {losses.mean:.4f} an image, mean of {examples}"
    else:
        yield f"error rate: {losses.mean:.2%} of {examples}"
    if hidden_layers(net):
        agreement = finish(class_agreement(codes.values, codes.labels))
        yield f"class agreement: {agreement:.4f} of {len(codes.values):,} codes"


def evaluate_pca(net: Net, training: Dataset, digits: Dataset) -> Iterator[str]:
    """How well principal components of training digits do with codes as long as a network's."""
    size = net.layers[narrowest_layer(net)].num_outputs
    moments = finish(Moments.in_steps(training.images, net.operations, WHOLE_CHUNKS_S))
    pca = finish(principal_components(moments, size, net.operations))
    losses, codes = _go_over(pca.network(net.operations), digits)
    agreement = finish(class_agreement(codes.values, codes.labels))
    yield f"half squared error of PCA with codes of {pca.size:,}: {losses.mean:.4f}"
    yield f"class agreement of PCA: {agreement:.4f}"


def _go_over(net: Net, digits: Dataset) -> tuple[Losses, Codes]:
    losses, codes = Losses(net), Codes(net, AGREEMENT_CODES)
    finish(go_over(net, digits, [losses, codes]))
    return losses, codes
