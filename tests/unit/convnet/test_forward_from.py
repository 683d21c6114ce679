"""A pass that begins at a layer within the network, from activations that anyone may have made."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from convnet import ConvNetError, Net
from convnet.memory import Memory

HIDDEN = [
    {"type": "input", "out_sx": 9, "out_sy": 8, "out_depth": 2},
    {"type": "conv", "filters": 6, "sx": 3, "sy": 2, "pad": 1, "activation": "relu"},
    {"type": "lrn", "n": 3, "k": 1, "alpha": 0.1, "beta": 0.75},
    {"type": "pool", "sx": 3, "stride": 2, "pad": 1},
    {"type": "fc", "num_neurons": 12, "activation": "maxout", "group_size": 3},
    {"type": "fc", "num_neurons": 7, "activation": "sigmoid", "drop_prob": 0.2},
    {"type": "fc", "num_neurons": 5, "activation": "tanh"},
]
LOSSES = {
    "regression": {"type": "regression", "num_neurons": 3},
    "softmax": {"type": "softmax", "num_classes": 4},
    "svm": {"type": "svm", "num_classes": 4},
}
TARGETS = {"regression": np.zeros((3, 3)), "softmax": [0, 1, 2], "svm": [0, 1, 2]}


def network(loss="softmax", dtype=np.float32):
    return Net([*HIDDEN, LOSSES[loss]], seed=0, dtype=dtype)


def examples(n):
    return np.random.default_rng(n).normal(size=(n, 8, 9, 2))


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("loss", LOSSES)
def test_from_any_layer_on_the_answer_is_that_of_the_whole_pass(loss, dtype):
    net = network(loss, dtype)
    expected = net.forward(examples(3)).copy()
    activations = [layer.out_act.copy() for layer in net.layers]
    for index, activation in enumerate(activations):
        net.forward(examples(2))
        for given_as in (activation, activation.reshape(3, -1), activation.tolist()):
            np.testing.assert_array_equal(net.forward_from(index, given_as), expected)


@settings(max_examples=40, deadline=None, derandomize=True)
@given(st.lists(st.tuples(st.integers(0, 13), st.integers(1, 9)), min_size=1, max_size=6))
def test_passes_of_all_sizes_and_from_all_layers_may_follow_each_other(passes):
    net = network(dtype=np.float64)
    for index, n in passes:
        x = examples(n)
        expected = net.forward(x).copy()
        activation = net.layers[index].out_act.copy()
        net.forward(examples(n % 4 + 1))
        np.testing.assert_allclose(net.forward_from(index, activation), expected, rtol=1e-12)
        np.testing.assert_allclose(net.forward(x), expected, rtol=1e-12)


def test_layers_below_keep_what_they_hold_and_layers_above_hold_the_new():
    net = network()
    net.forward(examples(3))
    before = [layer.out_act.copy() for layer in net.layers]
    code = np.random.default_rng(0).normal(size=(5, net.layers[10].num_outputs))
    net.forward_from(10, code)
    for index, layer in enumerate(net.layers):
        if index <= 10:
            np.testing.assert_array_equal(layer.out_act, before[index])
        else:
            assert len(layer.out_act) == 5


def test_nothing_is_dropped():
    net = network()
    before_dropout = next(i for i, layer in enumerate(net.layers) if layer.type == "dropout") - 1
    code = np.random.default_rng(0).random((4, 7))
    expected = net.forward_from(before_dropout, code).copy()
    np.testing.assert_array_equal(net.forward_from(before_dropout, code), expected)


@pytest.mark.parametrize("loss", LOSSES)
def test_a_backward_pass_needs_a_whole_pass_before_it(loss):
    net, whole = network(loss), network(loss)
    for each in (net, whole):
        each.forward(examples(3))
        each.backward(TARGETS[loss])
    net.forward_from(5, net.layers[5].out_act)
    with pytest.raises(ConvNetError, match="needs a forward pass"):
        net.backward(TARGETS[loss])
    net.forward(examples(3))
    net.backward(TARGETS[loss])
    np.testing.assert_array_equal(net.gradients, whole.gradients)


@pytest.mark.parametrize("index", [-1, 14, 1.5, "2", None, True, 10**30])
def test_layers_that_are_not_there_are_refused(index):
    with pytest.raises(ConvNetError, match="layer must be a whole number from 0 to 13, but it is"):
        network().forward_from(index, np.zeros((1, 5)))


@pytest.mark.parametrize(
    ("activations", "words"),
    [
        (np.zeros((2, 6)), r"must have the shape \(n, 1, 1, 5\) or \(n, 5\) .*it has \(2, 6\)"),
        (np.zeros(5), r"it has \(5,\)"),
        (np.zeros((0, 5)), r"at least one example, but it has \(0, 5\)"),
        (np.zeros((2, 1, 5, 1)), r"it has \(2, 1, 5, 1\)"),
        (3, r"it has \(1,\)"),
        (None, r"must"),
        ("code", "must hold numbers only"),
        ([[1, 2, 3, 4, 5], [1]], "examples of one length, but its rows differ: from 1 to 5 values"),
        ([[1, 2, 3, 4, "x"]], "must hold numbers only"),
        ([[10**400] * 5], "must hold numbers only"),
    ],
)
def test_activations_that_do_not_fit_are_refused_and_leave_all_as_it_was(activations, words):
    net = network()
    expected = net.forward(examples(3)).copy()
    place = r"^Layer 11 \(tanh\): a minibatch of its activations "
    with pytest.raises(ConvNetError, match=f"{place}.*{words}"):
        net.forward_from(11, activations)
    np.testing.assert_array_equal(net.layers[-1].out_act, expected)
    net.backward([0, 1, 2])


def test_more_activations_than_there_is_memory_for_are_refused(monkeypatch):
    net = network()
    net.forward(examples(3))
    limit = Memory(net.layers, net.dtype).total(10)
    monkeypatch.setattr("convnet.memory.memory_limit", lambda: limit)
    with pytest.raises(ConvNetError, match="the limit here is"):
        net.forward_from(11, np.zeros((5000, 5)))
    net.backward([0, 1, 2])


def test_what_overflows_is_infinite():
    net = network("regression")
    answer = net.forward_from(11, np.full((1, 5), 1e300))
    assert not np.isfinite(answer).all()
