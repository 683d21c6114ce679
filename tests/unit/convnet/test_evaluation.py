"""A pass over images: losses, codes, and whoever else takes note."""

from __future__ import annotations

import math

import numpy as np
import pytest
from small_networks import DIGITS

from convnet import Net
from convnet.evaluation import AGREEMENT_CODES, Codes, Losses, go_over, narrowest_layer
from convnet.minibatch import to_pixels
from convnet.mnist import Digits
from convnet.steps import finish

INPUT = {"type": "input", "out_sx": 28, "out_sy": 28, "out_depth": 1}
CLASSIFIER = [
    INPUT,
    {"type": "fc", "num_neurons": 12, "activation": "relu"},
    {"type": "softmax", "num_classes": 10},
]


@pytest.fixture(scope="module")
def digits():
    random = np.random.default_rng(0)
    images = random.integers(0, 256, (130, 28, 28)).astype(np.uint8)
    return Digits(images, random.integers(0, 10, 130).astype(np.uint8))


@pytest.mark.parametrize("chunk", [1, 50, 130, 1000])
def test_the_loss_of_an_autoencoder_is_half_its_squared_error(digits, chunk):
    net = Net(DIGITS, seed=0)
    losses = Losses(net)
    shares = list(go_over(net, digits, [losses], chunk))
    pixels = to_pixels(digits.images)
    answers = net.forward(pixels).reshape(pixels.shape)
    expected = 0.5 * np.square(answers - pixels, dtype=np.float64).sum(axis=1).mean()
    assert losses.mean == pytest.approx(expected, rel=1e-6)
    assert losses.count == 130
    assert len(shares) == math.ceil(130 / chunk)
    assert shares[-1] == 1


def test_the_loss_of_a_classifier_is_its_error_rate(digits):
    net = Net(CLASSIFIER, seed=0)
    losses = Losses(net)
    finish(go_over(net, digits, [losses], 40))
    answers = net.forward(to_pixels(digits.images)).reshape(130, 10).argmax(axis=1)
    assert losses.mean == (answers != digits.labels).mean()
    assert 0.5 < losses.mean < 1


def test_with_noise_the_network_sees_it_and_the_loss_does_not(digits):
    net = Net(DIGITS, seed=0)
    losses = Losses(net)
    finish(go_over(net, digits, [losses], 40, corrupt=lambda pixels: 0.5 * pixels))
    pixels = to_pixels(digits.images)
    answers = net.forward(0.5 * pixels).reshape(pixels.shape)
    assert losses.mean == pytest.approx(
        0.5 * np.square(answers - pixels, dtype=np.float64).sum(axis=1).mean(), rel=1e-6
    )


@pytest.mark.parametrize("count", [1, 60, 130, AGREEMENT_CODES])
def test_codes_are_those_of_the_first_images(digits, count):
    net = Net(CLASSIFIER, seed=0)
    codes = Codes(net, count, layer=1)
    finish(go_over(net, digits, [codes], 50))
    net.forward(to_pixels(digits.images))
    expected = net.layers[1].out_act.reshape(130, 12)[:count]
    np.testing.assert_allclose(codes.values, expected, rtol=1e-4, atol=1e-5)
    np.testing.assert_array_equal(codes.labels, digits.labels[:count])


def test_where_a_layer_has_an_area_a_neuron_says_the_mean_over_it(digits):
    net = Net(DIGITS, seed=0)
    codes = Codes(net, 130, layer=1)
    finish(go_over(net, digits, [codes], 50))
    net.forward(to_pixels(digits.images))
    expected = net.layers[1].out_act.reshape(130, -1, 4).mean(axis=1)
    np.testing.assert_allclose(codes.values, expected, rtol=1e-4, atol=1e-5)


def test_all_that_take_note_do_so_of_one_pass(digits):
    class Places:
        def __init__(self):
            self.heard = []

        def add(self, first, pixels, labels):
            np.testing.assert_array_equal(labels, digits.labels[first : first + len(pixels)])
            self.heard.append((first, len(pixels)))

    first, second = Places(), Places()
    finish(go_over(Net(DIGITS, seed=0), digits, [first, second], 50))
    assert first.heard == second.heard == [(0, 50), (50, 50), (100, 30)]


def test_a_network_that_diverged_has_no_finite_loss(digits):
    net = Net(DIGITS, seed=0)
    for value in (3e38, np.nan):
        net.parameters[...] = value
        losses, codes = Losses(net), Codes(net, 130)
        finish(go_over(net, digits, [losses, codes], 50))
        assert not math.isfinite(losses.mean)
        assert codes.values.shape == (130, 20)


def test_the_bottleneck_is_the_narrowest_hidden_layer():
    assert narrowest_layer(Net(DIGITS)) == 4
    wide = [INPUT, {"type": "fc", "num_neurons": 800}, {"type": "regression", "num_neurons": 784}]
    assert narrowest_layer(Net(wide)) == 1
    assert narrowest_layer(Net([INPUT, {"type": "regression", "num_neurons": 784}])) == 1
    assert narrowest_layer(Net(CLASSIFIER)) == 1
