"""The copy that a run falls back on when it diverges."""

from __future__ import annotations

import numpy as np
import pytest

from autoencoder.checkpoint import Checkpoint
from convnet import Net, Trainer

LAYERS = [
    {"type": "input", "out_sx": 1, "out_sy": 1, "out_depth": 4},
    {"type": "fc", "num_neurons": 3, "activation": "tanh"},
    {"type": "regression", "num_neurons": 4},
]


@pytest.fixture
def net():
    return Net(LAYERS, seed=1)


@pytest.fixture
def trainer(net):
    return Trainer(net, method="adadelta", learning_rate=1)


def train(trainer, times=5, seed=0):
    x = np.random.default_rng(seed).random((10, 4), np.float32)
    for _ in range(times):
        trainer.train(x, x)


def state(trainer):
    arrays = [
        trainer.net.parameters,
        *(getattr(trainer.rule, n) for n in trainer.rule.accumulators),
    ]
    return [array.copy() for array in arrays]


def same(first, second):
    return all((a == b).all() for a, b in zip(first, second, strict=True))


@pytest.mark.parametrize("method", ["sgd", "adadelta", "adagrad", "adam", "nesterov", "windowgrad"])
def test_restoring_brings_back_the_network_and_all_that_its_trainer_remembers(net, method):
    trainer = Trainer(net, method=method, learning_rate=0.01)
    train(trainer)
    before = state(trainer)
    assert any(array.any() for array in before[1:]) or len(before) == 1
    checkpoint = Checkpoint(net, trainer, 1234)
    train(trainer)
    net.parameters[0] = np.nan
    assert checkpoint.restore() == 1234
    assert same(state(trainer), before)


def test_training_does_not_change_what_is_kept(net, trainer):
    checkpoint = Checkpoint(net, trainer, 0)
    before = state(trainer)
    for _ in range(2):
        train(trainer)
        assert not same(state(trainer), before)
        checkpoint.restore()
        assert same(state(trainer), before)


def test_the_network_goes_on_in_the_same_memory(net, trainer):
    parameters = net.parameters
    checkpoint = Checkpoint(net, trainer, 0)
    train(trainer)
    checkpoint.restore()
    assert net.parameters is parameters
    assert np.shares_memory(net.layers[1].filters, parameters)


def test_it_is_renewed_after_20000_examples_of_sound_training(net, trainer):
    checkpoint = Checkpoint(net, trainer, 500)
    first = state(trainer)
    train(trainer)
    checkpoint.renew_if_sound(20_499, loss=10.0)
    assert checkpoint.restore() == 500
    assert same(state(trainer), first)
    train(trainer)
    later = state(trainer)
    checkpoint.renew_if_sound(20_500, loss=10.0)
    train(trainer)
    assert checkpoint.restore() == 20_500
    assert same(state(trainer), later)


def test_it_is_not_renewed_while_the_loss_is_twice_the_lowest(net, trainer):
    checkpoint = Checkpoint(net, trainer, 0)
    checkpoint.renew_if_sound(10_000, loss=10.0)
    checkpoint.renew_if_sound(30_000, loss=20.0)
    assert checkpoint.restore() == 0
    checkpoint.renew_if_sound(30_000, loss=19.0)
    assert checkpoint.restore() == 30_000


@pytest.mark.parametrize("loss", [np.inf, np.nan])
def test_it_is_not_renewed_when_the_loss_is_not_finite(net, trainer, loss):
    checkpoint = Checkpoint(net, trainer, 0)
    checkpoint.renew_if_sound(30_000, loss=loss)
    assert checkpoint.restore() == 0


@pytest.mark.parametrize("value", [np.inf, np.nan])
def test_it_is_not_renewed_when_a_parameter_is_not_finite(net, trainer, value):
    checkpoint = Checkpoint(net, trainer, 0)
    net.parameters[3] = value
    checkpoint.renew_if_sound(30_000, loss=1.0)
    assert checkpoint.restore() == 0
    assert np.isfinite(net.parameters).all()
