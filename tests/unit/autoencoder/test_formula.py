"""A neuron's formula adds up to what the network computes."""

from __future__ import annotations

import re

import numpy as np
import pytest

from autoencoder.formula import DOES, path_to, sum_of
from autoencoder.views.formula_text import write_formula
from convnet import Net
from convnet.layers import LAYERS

INPUT = {"type": "input", "out_sx": 7, "out_sy": 6, "out_depth": 1}
OUTPUT = {"type": "regression", "num_neurons": 42}
DENSE = [
    {"type": "fc", "num_neurons": 9, "activation": "tanh", "drop_prob": 0.25},
    {"type": "fc", "num_neurons": 8, "activation": "maxout", "group_size": 4},
    {"type": "fc", "num_neurons": 6, "activation": "relu"},
    {"type": "fc", "num_neurons": 5, "activation": "sigmoid"},
]
CONVOLUTIONAL = [
    {"type": "conv", "filters": 4, "sx": 3, "stride": 2, "pad": 1, "activation": "relu"},
    {"type": "lrn", "k": 1, "n": 3, "alpha": 0.5, "beta": 0.75},
    {"type": "pool", "sx": 2, "stride": 1, "pad": 1},
    {"type": "conv", "filters": 6, "sx": 2, "sy": 1, "activation": "maxout"},
    {"type": "fc", "num_neurons": 3},
]
BARE = [
    {"type": "dropout"},
    {"type": "pool", "sx": 3, "stride": 2},
    {"type": "conv", "filters": 1, "sx": 1},
]
NETWORKS = {"dense": DENSE, "convolutional": CONVOLUTIONAL, "bare": BARE}


def made(hidden, count=1):
    net = Net([INPUT, *hidden, OUTPUT], seed=4)
    net.parameters[:] = np.random.default_rng(1).standard_normal(net.num_parameters)
    net.forward(np.random.default_rng(2).random((count, 42)))
    return net


@pytest.fixture(params=NETWORKS)
def net(request):
    return made(NETWORKS[request.param])


def test_every_neuron_of_every_layer_is_reckoned_as_the_network_does(net):
    weighed = 0
    for index, layer in enumerate(net.layers):
        for neuron in range(layer.out_shape[2]):
            path = path_to(net.layers, index, neuron)
            reckoned = path[0].value
            first = net.layers[path[0].layer]
            if first.type in ("fc", "conv"):
                formula = sum_of(first, path[0].spot, most=3)
                written = sum(weight * value for weight, value in formula.terms)
                reckoned = written + formula.rest + formula.bias
                assert formula.total == pytest.approx(reckoned, abs=1e-9)
                assert reckoned == pytest.approx(path[0].value, abs=1e-5)
                assert len(formula.terms) + formula.others == first.filters.shape[1]
                weighed += 1
            for stop in path[1:]:
                reckoned = applied(net.layers[stop.layer], stop, reckoned)
                assert reckoned == pytest.approx(stop.value, abs=1e-5)
            here = next(stop for stop in path if stop.layer == index)
            assert here.value == net.layers[index].out_act[0][..., neuron].max()
    assert weighed > 0


def applied(layer, stop, value):
    """What a layer without weights makes of a value, by its definition."""
    if layer.type == "lrn":
        row, column, channel = stop.spot
        around = layer.in_act[0][row, column, max(0, channel - 1) : channel + 2]
        return value / (1 + 0.5 / 3 * np.square(around, dtype=float).sum()) ** 0.75
    functions = {
        "tanh": np.tanh,
        "sigmoid": lambda x: 1 / (1 + np.exp(-x)),
        "relu": lambda x: max(x, 0),
        "dropout": lambda x: (1 - layer.drop_prob) * x,
    }
    return functions.get(layer.type, lambda x: x)(value)


def test_terms_are_the_largest_and_in_order():
    net = made(DENSE)
    layer = net.layers[1]
    formula = sum_of(layer, (0, 0, 5))
    sizes = [abs(weight * value) for weight, value in formula.terms]
    products = np.abs(layer.filters[5] * layer.in_act[0].ravel())
    np.testing.assert_allclose(sizes, np.sort(products)[::-1][:5], rtol=1e-6)


def test_an_activation_function_leads_to_the_weights_below_and_weights_to_the_function_above():
    net = made(DENSE)
    assert [layer.type for layer in net.layers[:4]] == ["input", "fc", "tanh", "dropout"]
    ways = [[stop.layer for stop in path_to(net.layers, index, 7)] for index in (1, 2, 3)]
    assert ways == [[1, 2, 3]] * 3
    assert {stop.spot for stop in path_to(net.layers, 2, 7)} == {(0, 0, 7)}


def test_of_several_neurons_the_path_goes_by_the_one_that_is_passed_on():
    net = made(DENSE)
    assert net.layers[5].type == "maxout"
    *_, before, stop = path_to(net.layers, 5, 1)
    values = net.layers[4].out_act[0, 0, 0, 4:8]
    assert before.spot[2] == 4 + values.argmax()
    assert stop.value == values.max()


def test_a_channel_is_about_the_place_where_it_is_greatest():
    net = made(CONVOLUTIONAL)
    area = net.layers[1].out_act[0][..., 2]
    row, column, channel = path_to(net.layers, 1, 2)[0].spot
    assert channel == 2
    assert area[row, column] == area.max()


def test_only_the_first_example_counts():
    net = made(DENSE, count=3)
    assert path_to(net.layers, 2, 1)[-2].value == net.layers[2].out_act[0, 0, 0, 1]


# As text


def numbers(text):
    return [float(number.replace("−", "-")) for number in re.findall(r"−?\d+\.?\d*", text)]


def test_the_text_says_terms_rest_bias_and_what_follows():
    net = made([{"type": "fc", "num_neurons": 9, "activation": "tanh"}])
    first, second = write_formula(net.layers, path_to(net.layers, 1, 3))
    assert re.fullmatch(
        r"Layer 1: (\S+ × \S+ \+ ){5}… \(37 more terms = \S+\) \+ bias \S+ = \S+", first
    )
    *terms, _, rest, bias, total = numbers(first.removeprefix("Layer 1: "))
    written = sum(a * b for a, b in zip(terms[::2], terms[1::2], strict=True))
    assert written + rest + bias == pytest.approx(total, abs=0.05)
    assert re.fullmatch(r"Layer 2: tanh\(\S+\) = \S+", second)
    _, before, after = numbers(second)
    assert np.tanh(before) == pytest.approx(after, abs=0.005)


def test_every_layer_has_a_line_and_a_sentence(net):
    for index, layer in enumerate(net.layers):
        path = path_to(net.layers, index, 0)
        lines = write_formula(net.layers, path)
        assert len(lines) == len(path)
        for stop, line in zip(path, lines, strict=True):
            assert line.startswith(f"Layer {stop.layer}")
            assert (" at (" in line) == (net.layers[stop.layer].out_shape[:2] != (1, 1))
        assert layer.type in DOES


def test_every_kind_of_layer_is_described_in_one_sentence():
    assert DOES.keys() == LAYERS.keys()
    assert all(re.fullmatch(r"[^.]+\.", text) for text in DOES.values())


def test_numbers_that_are_none_make_no_fault():
    net = made(CONVOLUTIONAL)
    net.parameters[:] = np.nan
    net.forward(np.ones((1, 42)))
    for index in range(len(net.layers)):
        assert write_formula(net.layers, path_to(net.layers, index, 0))
