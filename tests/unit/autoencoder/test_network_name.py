"""A network in a few words."""

from __future__ import annotations

import pytest

from autoencoder.network_name import describe_network
from autoencoder.session import DEFAULT_DEFINITION
from convnet import Net, parse_definition

CONVOLUTIONAL = """\
layer_defs = [
    dict(type="input", out_sx=28, out_sy=28, out_depth=1),
    dict(type="conv", sx=5, filters=16, stride=2, pad=2, activation="relu"),
    dict(type="pool", sx=2, stride=2),
    dict(type="fc", num_neurons=2, drop_prob=0.5),
    dict(type="regression", num_neurons=28*28),
]
trainer = Trainer(Net(layer_defs), method="adam")
"""
DEEP = CONVOLUTIONAL.replace(
    '    dict(type="pool", sx=2, stride=2),\n',
    '    dict(type="fc", num_neurons=3, activation="tanh"),\n' * 100,
)


@pytest.mark.parametrize(
    ("definition", "words"),
    [
        (DEFAULT_DEFINITION, "784–50–50–2–50–50–784, adadelta"),
        (CONVOLUTIONAL, "784–conv 16–pool 16–2–784, adam"),
        (DEEP, "784–conv 16–3–3–3–…–3–3–3–2–784, adam"),
    ],
    ids=["default", "convolutional", "deep"],
)
def test_a_network_is_named_by_its_layers_and_its_method(definition, words):
    layer_defs, options = parse_definition(definition)
    assert describe_network(Net(layer_defs), options["method"]) == words
