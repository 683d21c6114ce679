"""`describe`: what is in a saved network, as a table."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from pathlib import Path

from convnet.command_line.files import read_snapshot
from convnet.layers.base import format_shape
from convnet.net import Net


def add_arguments(parser: ArgumentParser) -> None:
    """The command's arguments."""
    parser.add_argument("net", type=Path, metavar="NET.json")


def run(arguments: Namespace) -> int:
    """Prints the table; returns the exit status."""
    snapshot = read_snapshot(arguments.net)
    print(describe(snapshot.net))
    if snapshot.trainer is not None:
        options, updates = snapshot.trainer.options, snapshot.trainer.rule.updates
        print(f"Trained by {options.method} in {updates:,} updates.")
    return 0


def describe(net: Net) -> str:
    """A table of layers with the shapes of their outputs and their parameters."""
    rows = [("layer", "type", "output", "parameters")]
    rows += [
        (str(i), layer.type, format_shape(layer.out_shape), f"{layer.num_parameters:,}")
        for i, layer in enumerate(net.layers)
    ]
    rows.append(("", "", "total", f"{net.num_parameters:,}"))
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return "\n".join(
        f"{i:>{widths[0]}}  {kind:<{widths[1]}}  {shape:>{widths[2]}}  {count:>{widths[3]}}"
        for i, kind, shape, count in rows
    )
