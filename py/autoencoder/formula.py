"""What a neuron computes of the example that went through the network last: its formula, written
out.

    net.forward(pixels)
    path = path_to(net.layers, 2, 17)  # the tanh of neuron 17, from the fc layer below on
    formula = sum_of(net.layers[path[0].layer], path[0])
    formula.total, path[-1].value      # 1.37, and tanh(1.37)

An activation function is a layer of its own: a neuron's path begins in the layer that has its
weights and goes through those that make one value of one value.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np

from convnet.layers import Layer

MOST_TERMS = 5
"""Terms that are written out."""

Spot = tuple[int, int, int]
"""A place of a layer's output: row, column and channel, which without an area is the neuron."""

PASSING = ("relu", "sigmoid", "tanh", "dropout", "regression")
"""Layers that make something of each value by itself."""

WEIGHING = ("fc", "conv")
"""Layers that have weights."""

DOES = {
    "input": "holds the digit’s pixels as noise has left them.",
    "fc": "adds up, for each neuron, all its inputs times that neuron’s weights, and a bias.",
    "conv": "lets each channel’s filter slide over its input: everywhere the same weighted sum.",
    "pool": "passes on the greatest value of each window, channel by channel.",
    "relu": "passes on what is positive, and 0 for the rest.",
    "sigmoid": "squeezes each value between 0 and 1.",
    "tanh": "squeezes each value between −1 and 1.",
    "maxout": "passes on the greatest of every group of neighbouring neurons or channels.",
    "dropout": "drops values by chance in training; here it scales all by the share it keeps.",
    "lrn": "divides each channel by how strong its neighbours are.",
    "softmax": "makes probabilities of its inputs, which add up to 1.",
    "svm": "leaves its inputs as they are, and compares them as a classifier’s margins.",
    "regression": "leaves its inputs as they are, and compares them with the clean digit’s pixels.",
}
"""What each kind of layer does, as the end of a sentence."""


class Stop(NamedTuple):
    """Where a path comes through a layer.

    Attributes:
        layer: the layer's index.
        spot: where in its output.
        value: what is put out there.
    """

    layer: int
    spot: Spot
    value: float


class Formula(NamedTuple):
    """A weighted sum.

    Attributes:
        terms: the largest by size, each a weight and what it weighs.
        others: how many more there are.
        rest: their sum.
        bias: what is added.
        total: all together.
    """

    terms: tuple[tuple[float, float], ...]
    others: int
    rest: float
    bias: float
    total: float


def path_to(layers: Sequence[Layer], index: int, neuron: int) -> list[Stop]:
    """How the value of a neuron comes about, and what becomes of it.

    It begins in the nearest layer below that has weights, or in the input where none has; where
    one value is chosen among several, it goes by way of that one. It goes on beyond the neuron
    for as long as layers follow that look at one value alone. Where the layer has an area, it is
    about the place where the neuron, a channel there, is greatest.

    Args:
        layers: the network's, after a forward pass.
        index: the neuron's layer.
        neuron: which of its neurons.
    """
    area = layers[index].out_act[0][..., neuron]
    row, column = np.unravel_index(int(area.argmax()), area.shape)
    spot = (int(row), int(column), neuron)
    path = [_stop(layers, index, spot)]
    below = path[0]
    while below.layer > 0 and layers[below.layer].type not in WEIGHING:
        layer = layers[below.layer]
        spot = _SOURCES.get(layer.type, _same)(layer, below.spot)
        below = _stop(layers, below.layer - 1, spot)
        path.insert(0, below)
    for above in range(index + 1, len(layers)):
        if layers[above].type not in PASSING or layers[above].out_shape != layers[index].out_shape:
            break
        path.append(_stop(layers, above, path[-1].spot))
    return path


def sum_of(layer: Layer, spot: Spot, most: int = MOST_TERMS) -> Formula:
    """The weighted sum that a layer with weights puts out at a spot.

    Args:
        layer: an fc or a conv layer, after a forward pass.
        spot: where.
        most: how many terms are written out.
    """
    weights = layer.filters[spot[2]].astype(np.float64)
    inputs = _seen(layer, spot).astype(np.float64)
    products = weights * inputs
    largest = np.argsort(-np.abs(products), kind="stable")[:most]
    total, bias = float(products.sum()), float(layer.biases[spot[2]])
    return Formula(
        terms=tuple((float(weights[i]), float(inputs[i])) for i in largest),
        others=len(products) - len(largest),
        rest=total - float(products[largest].sum()),
        bias=bias,
        total=total + bias,
    )


def _stop(layers: Sequence[Layer], index: int, spot: Spot) -> Stop:
    return Stop(index, spot, float(layers[index].out_act[0][spot]))


def _seen(layer: Layer, spot: Spot) -> np.ndarray:
    """What a layer with weights looks at for a spot, (weights,); around the input there are 0."""
    if layer.type == "fc":
        return layer.in_act[0].ravel()
    windows, (row, column, _) = layer.windows, spot
    pad = windows.pad
    padded = np.pad(layer.in_act[0], ((pad, pad), (pad, pad), (0, 0)))
    top, left = row * windows.stride, column * windows.stride
    return padded[top : top + windows.sy, left : left + windows.sx].ravel()


# Where a value comes from, in layers without weights


def _same(_layer: Layer, spot: Spot) -> Spot:
    return spot


def _source_in_column(layer: Layer, spot: Spot) -> Spot:
    """A loss layer takes its input as one column."""
    return tuple(map(int, np.unravel_index(spot[2], layer.in_shape)))


def _greatest_of_group(layer: Layer, spot: Spot) -> Spot:
    row, column, channel = spot
    first = channel * layer.group_size
    members = layer.in_act[0][row, column, first : first + layer.group_size]
    return row, column, first + int(members.argmax())


def _greatest_of_window(layer: Layer, spot: Spot) -> Spot:
    windows, (row, column, channel) = layer.windows, spot
    top, left = (at * windows.stride - windows.pad for at in (row, column))
    y, x = max(top, 0), max(left, 0)
    window = layer.in_act[0][y : top + windows.sy, x : left + windows.sx, channel]
    down, across = np.unravel_index(int(window.argmax()), window.shape)
    return y + int(down), x + int(across), channel


_SOURCES: dict[str, Callable[[Layer, Spot], Spot]] = {
    "pool": _greatest_of_window,
    "maxout": _greatest_of_group,
    **dict.fromkeys(("regression", "softmax", "svm"), _source_in_column),
}
