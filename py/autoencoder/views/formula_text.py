"""A neuron's formula as people read it, line by line.

    lines = write_formula(net.layers, path_to(net.layers, 2, 17))
    # ["Layer 1: 0.120 × −0.530 + … + bias 0.0200 = 1.37", "Layer 2: tanh(1.37) = 0.879"]

No screen, so that it can be tried without one.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import TYPE_CHECKING

from autoencoder.formula import WEIGHING, Formula, Stop, sum_of
from autoencoder.views.numbers import telling

if TYPE_CHECKING:
    from convnet.layers import Layer


def name_of(layer: Layer, neuron: int) -> str:
    """A neuron, which is a channel where the layer has an area."""
    return f"{'channel' if has_area(layer) else 'neuron'} {neuron}"


def has_area(layer: Layer) -> bool:
    """Whether a layer's output is more than one column."""
    return layer.out_shape[:2] != (1, 1)


def write_formula(layers: Sequence[Layer], path: Sequence[Stop]) -> list[str]:
    """What happens on a path, a line for each layer.

    Args:
        layers: the network's, after a forward pass.
        path: see `path_to`.
    """
    first = layers[path[0].layer]
    if first.type in WEIGHING:
        begun = write_sum(sum_of(first, path[0].spot))
    else:
        begun = f"what comes in = {telling(path[0].value)}"
    lines = [f"{_where(layers, path[0])}: {begun}"]
    for before, stop in pairwise(path):
        text = _write_step(layers[stop.layer], before, stop)
        lines.append(f"{_where(layers, stop)}: {text} = {telling(stop.value)}")
    return lines


def write_sum(formula: Formula) -> str:
    """Weights times inputs, the largest first, and what they make together."""
    terms = [f"{telling(weight)} × {telling(value)}" for weight, value in formula.terms]
    if formula.others:
        terms.append(f"… ({formula.others:,} more terms = {telling(formula.rest)})")
    return f"{' + '.join(terms)} + bias {telling(formula.bias)} = {telling(formula.total)}"


def _where(layers: Sequence[Layer], stop: Stop) -> str:
    row, column, _ = stop.spot
    at = f" at ({column}, {row})" if has_area(layers[stop.layer]) else ""
    return f"Layer {stop.layer}{at}"


def _write_step(layer: Layer, before: Stop, stop: Stop) -> str:
    """What a layer without weights makes of a value."""
    value, channel = telling(before.value), stop.spot[2]
    if layer.type in ("relu", "sigmoid", "tanh"):
        return f"{layer.type}({value})"
    if layer.type == "dropout":
        return f"{telling(1 - layer.drop_prob)} × {value}"
    if layer.type == "pool":
        return f"the greatest of {layer.windows.sx}×{layer.windows.sy}"
    if layer.type == "maxout":
        first = channel * layer.group_size
        return f"the greatest of {first} to {first + layer.group_size - 1}"
    if layer.type == "lrn":
        return f"{value} divided by how strong its neighbours are"
    return f"{layer.type} of {value}"
