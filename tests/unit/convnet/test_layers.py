"""What layers compute, where neither golden networks nor gradients show it."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from convnet import Net

EVERY_LAYER = [
    {"type": "input", "out_sx": 9, "out_sy": 8, "out_depth": 2},
    {"type": "conv", "filters": 6, "sx": 3, "sy": 2, "pad": 1, "activation": "relu"},
    {"type": "lrn", "n": 3, "k": 1, "alpha": 0.1, "beta": 0.75},
    {"type": "pool", "sx": 3, "stride": 2, "pad": 1},
    {"type": "fc", "num_neurons": 12, "activation": "maxout", "group_size": 3},
    {"type": "fc", "num_neurons": 7, "activation": "sigmoid", "drop_prob": 0.2},
    {"type": "fc", "num_neurons": 5, "activation": "tanh"},
    {"type": "softmax", "num_classes": 4},
]


def convolution_as_written(x, filters, biases, stride, pad):
    """Straight from the definition, pixel by pixel: x (sy, sx, depth)."""
    x = np.pad(x, ((pad, pad), (pad, pad), (0, 0)))
    num_filters, sy, sx, _ = filters.shape
    out = np.zeros(((x.shape[0] - sy) // stride + 1, (x.shape[1] - sx) // stride + 1, num_filters))
    for oy, ox, f in np.ndindex(out.shape):
        window = x[oy * stride : oy * stride + sy, ox * stride : ox * stride + sx]
        out[oy, ox, f] = (window * filters[f]).sum() + biases[f]
    return out


def test_convolution_with_rectangular_filters_stride_and_pad():
    conv = {"type": "conv", "filters": 3, "sx": 2, "sy": 4, "stride": 2, "pad": 2}
    net = Net(
        [
            {"type": "input", "out_sx": 7, "out_sy": 5, "out_depth": 2},
            conv,
            {"type": "regression", "num_neurons": 1},
        ],
        seed=1,
        dtype=np.float64,
    )
    layer = net.layers[1]
    layer.biases[:] = 1, 2, 3
    x = np.random.default_rng(0).normal(size=(2, 5, 7, 2))
    net.forward(x)
    filters = layer.filters.reshape(3, 4, 2, 2)
    for example, out in zip(x, layer.out_act, strict=True):
        expected = convolution_as_written(example, filters, layer.biases, stride=2, pad=2)
        np.testing.assert_allclose(out, expected, rtol=1e-12)


@settings(max_examples=30, deadline=None, derandomize=True)
@given(st.lists(st.integers(1, 7), min_size=2, max_size=5))
def test_activations_do_not_depend_on_how_examples_are_grouped(sizes):
    net = Net(EVERY_LAYER, seed=0, dtype=np.float64)
    x = np.random.default_rng(0).normal(size=(sum(sizes), 8, 9, 2))
    together = net.forward(x).copy()
    parts = np.split(x, np.cumsum(sizes)[:-1])
    apart = np.concatenate([net.forward(part).copy() for part in parts])
    np.testing.assert_allclose(apart, together, rtol=1e-12, atol=1e-15)


def test_gradients_are_the_sum_over_the_minibatch():
    net = Net(EVERY_LAYER, seed=0, dtype=np.float64)
    x, y = np.random.default_rng(0).normal(size=(4, 8, 9, 2)), np.array([0, 3, 1, 1])
    losses, total = [], 0
    for i in range(4):
        net.forward(x[i : i + 1])
        losses.append(net.backward(y[i : i + 1]))
        total = total + net.gradients
    net.forward(x)
    assert net.backward(y) == pytest.approx(np.mean(losses))
    np.testing.assert_allclose(net.gradients, total, rtol=1e-10, atol=1e-13)


def test_input_gradient_can_be_left_out_without_changing_the_others():
    net = Net(EVERY_LAYER, seed=0)
    x, y = np.random.default_rng(0).random((4, 8, 9, 2), np.float32), [0, 3, 1, 1]
    net.forward(x)
    net.backward(y)
    gradients = net.gradients.copy()
    net.backward(y, input_gradient=False)
    assert net.input_gradient is None
    np.testing.assert_array_equal(net.gradients, gradients)


def test_a_flat_minibatch_is_read_row_by_row_channel_last():
    net = Net(EVERY_LAYER, seed=0)
    x = np.random.default_rng(0).random((3, 8, 9, 2), np.float32)
    assert (net.forward(x).copy() == net.forward(x.reshape(3, -1))).all()
    assert (net.layers[0].out_act == x).all()


def dropout_net(drop_prob):
    return Net(
        [
            {"type": "input", "out_depth": 1000},
            {"type": "dropout", "drop_prob": drop_prob},
            {"type": "regression", "num_neurons": 1},
        ],
        seed=0,
    )


@pytest.mark.parametrize("drop_prob", [0.0, 0.2, 0.5, 0.9])
def test_dropout_drops_its_share_while_training(drop_prob):
    net = dropout_net(drop_prob)
    net.forward(np.ones((100, 1000)), training=True)
    out = net.layers[1].out_act
    assert set(np.unique(out)) <= {0.0, 1.0}
    assert (out == 0).mean() == pytest.approx(drop_prob, abs=0.01)


def test_dropout_drops_others_each_time():
    net = dropout_net(0.5)
    net.forward(np.ones((1, 1000)), training=True)
    first = net.layers[1].out_act.copy()
    net.forward(np.ones((1, 1000)), training=True)
    assert (net.layers[1].out_act != first).any()


def test_dropout_scales_by_what_is_kept_while_predicting():
    net = dropout_net(0.2)
    net.forward(np.ones((3, 1000)))
    np.testing.assert_allclose(net.layers[1].out_act, 0.8, rtol=1e-6)


def test_pooling_passes_over_padding_and_takes_the_first_of_equals_column_by_column():
    net = Net(
        [
            {"type": "input", "out_sx": 2, "out_sy": 2, "out_depth": 1},
            {"type": "pool", "sx": 2, "stride": 2, "pad": 1},
            {"type": "pool", "sx": 2},
            {"type": "regression", "num_neurons": 1},
        ],
        seed=0,
    )
    net.forward([[-5, -5, -5, -5]])
    assert net.layers[2].out_act.ravel() == [-5]
    net.backward([[0]])
    assert np.flatnonzero(net.input_gradient).tolist() == [0]
    net.forward([[-6, -5, -5, -6]])
    net.backward([[0]])
    assert np.flatnonzero(net.input_gradient).tolist() == [2]  # below the first, not beside it


def test_gradient_of_lrn_in_convnetjs_snapshots_is_the_one_it_has_there():
    definitions = [
        {"type": "input", "out_depth": 6},
        {"type": "lrn", "n": 3, "k": 1, "alpha": 0.5, "beta": 0.75},
        {"type": "regression", "num_neurons": 2},
    ]
    ours = Net(definitions, seed=0, dtype=np.float64)
    snapshot = ours.to_json()
    del snapshot["layers"][1]["exact_gradient"]
    theirs = Net.from_json(snapshot, dtype=np.float64)
    again = Net.from_json(theirs.to_json(), dtype=np.float64)
    x, gradients = np.arange(6.0).reshape(1, 6), []
    for net in (ours, theirs, again):
        net.forward(x)
        net.backward([[1, 2]])
        gradients.append(net.input_gradient.ravel())
    assert not np.allclose(gradients[0], gradients[1])
    np.testing.assert_array_equal(gradients[1], gradients[2])


def test_one_value_targets_of_regression():
    net = Net([{"type": "input", "out_depth": 2}, {"type": "regression", "num_neurons": 3}], seed=0)
    out = net.forward([[1, 2], [3, 4]]).reshape(2, 3).copy()
    expected = 0.5 * ((out[0, 1] - 4) ** 2 + (out[1, 1] - 4) ** 2) / 2
    assert net.backward({"dim": 1, "val": 4}) == pytest.approx(expected, rel=1e-6)
    expected = 0.5 * ((out[0, 1] - 4) ** 2 + (out[1, 2] - 5) ** 2) / 2
    one_each = [{"dim": 1, "val": 4}, {"dim": 2, "val": 5}]
    assert net.backward(one_each) == pytest.approx(expected, rel=1e-6)


def test_a_single_regressed_number_needs_no_second_axis():
    net = Net([{"type": "input", "out_depth": 2}, {"type": "regression", "num_neurons": 1}], seed=0)
    net.forward([[1, 2], [3, 4]])
    assert net.backward([5, 6]) == net.backward([[5], [6]])
