"""`describe`: what is in a saved network, as a table."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from convnet.command_line.documents import naming, read_text
from convnet.construction import layers_from_json
from convnet.fields import Fields
from convnet.json_text import parse_json_in_steps
from convnet.layers import Layer
from convnet.layers.layer import format_shape
from convnet.limits import MAX_COUNT, memory_limit
from convnet.memory import OF_THE_NETWORK, Memory, megabytes
from convnet.minibatch import Minibatch
from convnet.options import TrainerOptions
from convnet.snapshot import KEY
from convnet.steps import finish
from convnet.trainer import arrays_in_training

DTYPE = np.dtype(np.float32)


def add_arguments(parser: ArgumentParser) -> None:
    """The command's arguments."""
    parser.add_argument("net", type=Path, metavar="NET.json")


def run(arguments: Namespace) -> int:
    """Prints the table; returns the exit status. The network itself is not made."""
    with naming(arguments.net):
        snapshot = Fields(finish(parse_json_in_steps(read_text(arguments.net))), "The snapshot")
        layers_json = snapshot.items("layers")
        layers = layers_from_json(layers_json)
        for layer, layer_json in zip(layers, layers_json, strict=True):
            layer.check_json(Fields(layer_json, layer.where))
        state = Fields(snapshot.mapping(KEY, default={}), KEY)
        print(describe(layers))
        if state.anything("trainer", "a trainer", default=None) is None:
            print(describe_memory(Memory(layers, DTYPE, OF_THE_NETWORK), 1))
        else:
            print(describe_training(layers, Fields(state.mapping("trainer"), f"{KEY}: trainer")))
    return 0


def describe(layers: Sequence[Layer]) -> str:
    """A table of layers: shapes of their outputs, parameters, what they keep of an example."""
    rows = [("layer", "type", "output", "parameters", "bytes an example")]
    memory = [layer.memory(1, DTYPE, training=True) for layer in layers]
    rows += [
        (
            str(i),
            layer.type,
            format_shape(layer.out_shape),
            f"{layer.num_parameters:,}",
            f"{memory[i]:,}",
        )
        for i, layer in enumerate(layers)
    ]
    parameters = sum(layer.num_parameters for layer in layers)
    rows.append(("", "", "total", f"{parameters:,}", f"{sum(memory):,}"))
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return "\n".join(
        f"{i:>{widths[0]}}  {kind:<{widths[1]}}  {shape:>{widths[2]}}  {count:>{widths[3]}}"
        f"  {size:>{widths[4]}}"
        for i, kind, shape, count, size in rows
    )


def describe_training(layers: Sequence[Layer], trainer: Fields) -> str:
    """What training takes, and how the network was trained."""
    options = TrainerOptions(**trainer.mapping("options"))
    size, arrays = options.batch_size, arrays_in_training(options)
    memory = Memory(layers, DTYPE, arrays, Minibatch.memory(size, layers[0].num_outputs))
    updates = trainer.whole("updates", 0, MAX_COUNT)
    return f"{describe_memory(memory, size)}\nTrained by {options.method} in {updates:,} updates."


def describe_memory(memory: Memory, size: int) -> str:
    """What minibatches of a size take, and what there is."""
    return (
        f"Going forward and back with {size:,} example{'s' if size > 1 else ''} at a time takes "
        f"{megabytes(memory.total(size))} of memory; the limit here is "
        f"{megabytes(memory_limit())}."
    )
