"""Every layer's gradients are the derivatives of its loss, by central differences in float64."""

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from convnet import ConvNetError, Net

CHECKED = settings(max_examples=100, deadline=None, derandomize=True)
EPSILON = 1e-6
small = st.integers(1, 4)
seeds = st.integers(0, 2**32 - 1)


def check_gradients(layer_defs, targets, seed, training=False):
    """Compares gradients with differences along random directions."""
    try:
        net = Net(layer_defs, seed=seed, dtype=np.float64)
    except ConvNetError:
        assume(False)  # the windows do not fit into the input, say
    random = np.random.default_rng(seed)
    n = 3
    x = random.normal(size=(n, *net.layers[0].in_shape))
    net.parameters += random.normal(scale=0.1, size=net.num_parameters)
    y = targets(random, n, net.layers[-1].num_outputs)
    chance = net.random.bit_generator.state

    def loss(x):
        net.random.bit_generator.state = chance  # the same values are dropped each time
        net.forward(x, training)
        return n * net.backward(y)

    loss(x)
    gradients, input_gradient = net.gradients.copy(), net.input_gradient.copy()

    direction = random.normal(size=x.shape)
    slope = (loss(x + EPSILON * direction) - loss(x - EPSILON * direction)) / (2 * EPSILON)
    assert (input_gradient * direction).sum() == pytest.approx(slope, rel=1e-5, abs=1e-6)

    direction = random.normal(size=net.num_parameters)
    parameters = net.parameters.copy()
    net.parameters[...] = parameters + EPSILON * direction
    above = loss(x)
    net.parameters[...] = parameters - EPSILON * direction
    slope = (above - loss(x)) / (2 * EPSILON)
    assert gradients @ direction == pytest.approx(slope, rel=1e-5, abs=1e-6)


def full_targets(random, n, k):
    return random.normal(size=(n, k))


def targets_of_one_output(random, n, k):
    return [{"dim": int(random.integers(k)), "val": float(random.normal())} for _ in range(n)]


def classes(random, n, k):
    return random.integers(k, size=n)


def volume(sy, sx, depth):
    return {"type": "input", "out_sy": sy, "out_sx": sx, "out_depth": depth}


REGRESSION = {"type": "regression", "num_neurons": 2}


@CHECKED
@given(seeds, small, small, small, st.integers(1, 5))
def test_fully_connected(seed, sy, sx, depth, num_neurons):
    fc = {"type": "fc", "num_neurons": num_neurons}
    check_gradients([volume(sy, sx, depth), fc, REGRESSION], full_targets, seed)


@CHECKED
@given(
    seed=seeds,
    in_sy=st.integers(1, 7),
    in_sx=st.integers(1, 7),
    depth=small,
    sy=small,
    sx=small,
    stride=st.integers(1, 3),
    pad=st.integers(0, 3),
)
def test_convolution(seed, in_sy, in_sx, depth, sy, sx, stride, pad):
    conv = {"type": "conv", "filters": 2, "sy": sy, "sx": sx, "stride": stride, "pad": pad}
    check_gradients([volume(in_sy, in_sx, depth), conv, REGRESSION], full_targets, seed)


@CHECKED
@given(
    seed=seeds,
    in_sy=st.integers(1, 7),
    in_sx=st.integers(1, 7),
    depth=small,
    sy=small,
    sx=small,
    stride=st.integers(1, 3),
    pad=st.integers(0, 3),
)
def test_pooling(seed, in_sy, in_sx, depth, sy, sx, stride, pad):
    pool = {"type": "pool", "sy": sy, "sx": sx, "stride": stride, "pad": pad}
    check_gradients([volume(in_sy, in_sx, depth), pool, REGRESSION], full_targets, seed)


@pytest.mark.parametrize("activation", ["relu", "sigmoid", "tanh"])
@CHECKED
@given(seed=seeds, sy=small, sx=small, depth=small)
def test_activation(activation, seed, sy, sx, depth):
    check_gradients([volume(sy, sx, depth), {"type": activation}, REGRESSION], full_targets, seed)


@CHECKED
@given(seed=seeds, sy=small, sx=small, depth=st.integers(1, 9), group_size=st.integers(1, 4))
def test_maxout(seed, sy, sx, depth, group_size):
    maxout = {"type": "maxout", "group_size": group_size}
    check_gradients([volume(sy, sx, depth), maxout, REGRESSION], full_targets, seed)


@CHECKED
@given(
    seed=seeds, sy=small, sx=small, depth=small, drop_prob=st.floats(0, 1), training=st.booleans()
)
def test_dropout(seed, sy, sx, depth, drop_prob, training):
    dropout = {"type": "dropout", "drop_prob": drop_prob}
    check_gradients([volume(sy, sx, depth), dropout, REGRESSION], full_targets, seed, training)


@CHECKED
@given(
    seed=seeds,
    sy=small,
    sx=small,
    depth=st.integers(1, 9),
    n=st.sampled_from([1, 3, 5, 7]),
    k=st.floats(0.5, 3),
    alpha=st.floats(0, 2),
    beta=st.floats(0, 2),
)
def test_local_response_normalization(seed, sy, sx, depth, n, k, alpha, beta):
    lrn = {"type": "lrn", "n": n, "k": k, "alpha": alpha, "beta": beta}
    check_gradients([volume(sy, sx, depth), lrn, REGRESSION], full_targets, seed)


@pytest.mark.parametrize(
    ("loss", "targets"),
    [
        ({"type": "regression", "num_neurons": 4}, full_targets),
        ({"type": "regression", "num_neurons": 4}, targets_of_one_output),
        ({"type": "softmax", "num_classes": 4}, classes),
        ({"type": "svm", "num_classes": 4}, classes),
    ],
)
@CHECKED
@given(seed=seeds, sy=small, sx=small, depth=small)
def test_loss(loss, targets, seed, sy, sx, depth):
    check_gradients([volume(sy, sx, depth), loss], targets, seed)


@CHECKED
@given(seed=seeds)
def test_layers_on_top_of_each_other(seed):
    layers = [
        volume(8, 8, 1),
        {"type": "conv", "filters": 4, "sx": 3, "pad": 1, "activation": "tanh"},
        {"type": "lrn", "n": 3, "k": 1, "alpha": 0.5, "beta": 0.75},
        {"type": "pool", "sx": 2},
        {"type": "conv", "filters": 4, "sx": 3, "stride": 2, "activation": "maxout"},
        {"type": "fc", "num_neurons": 5, "activation": "sigmoid", "drop_prob": 0.3},
        {"type": "softmax", "num_classes": 3},
    ]
    check_gradients(layers, classes, seed, training=True)
