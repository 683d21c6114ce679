"""The engine computes what ConvNetJS computed on six small networks."""

import json
from pathlib import Path

import numpy as np
import pytest

from convnet import Net, Trainer

GOLDEN = Path(__file__).parents[2] / "golden"
TOLERANCES = {"float64": 1e-9, "float32": 1e-4}
CASES = sorted(path.stem for path in GOLDEN.glob("*.json"))


@pytest.fixture(params=CASES)
def case(request):
    return json.loads((GOLDEN / f"{request.param}.json").read_text())


@pytest.fixture(params=TOLERANCES)
def dtype(request):
    return request.param


@pytest.fixture
def close(dtype):
    """Compares with the case's numbers; what is near 0 is measured against 1."""
    tolerance = TOLERANCES[dtype]

    def compare(actual, expected):
        np.testing.assert_allclose(actual, expected, rtol=tolerance, atol=tolerance * 1e-2)

    return compare


def test_updates_cost_what_they_cost_in_convnetjs(case, dtype, close):
    trainer = Trainer(Net.from_json(case["before"], dtype=dtype), **case["trainer"])
    for batch in case["batches"]:
        stats = trainer.train(batch["x"], batch["y"])
        close(stats.cost_loss, batch["cost_loss"])
        close(stats.l1_decay_loss, batch["l1_decay_loss"])
        close(stats.l2_decay_loss, batch["l2_decay_loss"])


def test_parameters_after_updates_are_those_of_convnetjs(case, dtype, close):
    net = Net.from_json(case["before"], dtype=dtype)
    trainer = Trainer(net, **case["trainer"])
    for batch in case["batches"]:
        trainer.train(batch["x"], batch["y"])
    close(net.parameters, Net.from_json(case["after"], dtype="float64").parameters)


def test_activations_are_those_of_convnetjs(case, dtype, close):
    net, probe = Net.from_json(case["after"], dtype=dtype), case["probe"]
    net.forward([probe["x"]])
    for layer, activation in zip(net.layers, probe["activations"], strict=True):
        close(layer.out_act.ravel(), activation)


def test_input_gradient_is_that_of_convnetjs(case, dtype, close):
    net, probe = Net.from_json(case["after"], dtype=dtype), case["probe"]
    net.forward([probe["x"]])
    close(net.backward([probe["y"]]), probe["cost_loss"])
    close(net.input_gradient.ravel(), probe["input_gradient"])


def test_snapshot_has_the_fields_of_convnetjs(case):
    for ours, theirs in zip(
        Net.from_json(case["after"]).to_json()["layers"], case["after"]["layers"], strict=True
    ):
        assert set(ours) >= set(theirs)
        for name in set(theirs) - {"filters", "biases"}:
            assert ours[name] == theirs[name]


def test_definitions_expand_as_in_convnetjs(case):
    ours = Net(case["layer_defs"]).to_json()["layers"]
    for layer, theirs in zip(ours, case["before"]["layers"], strict=True):
        for name in set(theirs) - {"filters", "biases"}:
            assert layer[name] == theirs[name]
        assert len(layer.get("filters", [])) == len(theirs.get("filters", []))
        if "biases" in theirs:
            assert layer["biases"]["w"] == list(theirs["biases"]["w"].values())
