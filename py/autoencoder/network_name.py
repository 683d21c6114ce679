"""A network in a few words: `describe_network(net, "adadelta")` is, for example,
"784–50–50–2–50–50–784, adadelta".
"""

from __future__ import annotations

from math import prod

from convnet.net import Net

MOST_PARTS = 11
"""Layers that are named; of more, those in the middle are left out."""

WITHOUT_A_NAME = ("tanh", "sigmoid", "relu", "dropout", "regression", "softmax", "svm")
"""Layers that change no shape."""


def describe_network(net: Net, method: str) -> str:
    """A network's layers by their sizes, and its trainer's method.

    Convolutions and pools are named with their depth; what changes no shape is left out.
    """
    parts = [_part(layer.type, layer.out_shape) for layer in net.layers[1:-1]]
    parts = [_part("input", net.layers[0].out_shape), *filter(None, parts)]
    if len(parts) > MOST_PARTS:
        half = MOST_PARTS // 2
        parts = [*parts[:half], "…", *parts[-half:]]
    return f"{'–'.join(parts)}, {method}"


def _part(type_: str, shape: tuple[int, int, int]) -> str:
    if type_ in WITHOUT_A_NAME:
        return ""
    if type_ in ("input", "fc"):
        return str(prod(shape))
    return f"{type_} {shape[2]}"
