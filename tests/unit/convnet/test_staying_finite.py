"""Training leaves no number behind that is not finite, and goes on wherever it can."""

import numpy as np
import pytest
from small_networks import DIGITS, LINE

from convnet import Net, Trainer
from convnet.steps import finish
from convnet.updates import RULES


@pytest.mark.parametrize(("pixel", "target"), [(np.inf, 1), (np.nan, 1), (1, np.inf), (1, np.nan)])
@pytest.mark.parametrize("method", RULES)
def test_what_would_leave_numbers_that_are_not_finite_updates_nothing(method, pixel, target):
    net = Net(DIGITS, seed=0)
    trainer = Trainer(net, method=method)
    x = np.full((2, 784), 0.5, np.float32)
    for _ in range(2):
        trainer.train(x, x)
        before = finish(trainer.copy_state_in_steps())
        stats = trainer.train(np.full((2, 784), pixel), np.full((2, 784), target))
        assert np.isnan(stats.loss)
        for now, then in zip(trainer.state.arrays, before.arrays, strict=True):
            np.testing.assert_array_equal(now, then)
        assert trainer.rule.updates == before.updates
    assert np.isfinite(trainer.train(x, x).loss)


def test_a_gradient_that_is_not_finite_updates_nothing_and_shows_in_the_loss():
    net = Net(LINE, seed=0)
    net.parameters[:] = 0.5
    stats = Trainer(net).train([[1e25]], [[0.5e25 + 1e18]])
    assert np.isnan(stats.loss)
    assert (net.parameters == 0.5).all()


@pytest.mark.parametrize("method", RULES)
@pytest.mark.parametrize("target", [1e15, 1e25, 1e30])
def test_a_finite_gradient_is_taken_however_large_the_loss(method, target):
    net = Net(LINE, seed=0)
    trainer = Trainer(net, method=method, learning_rate=1e-3)
    for updates in (1, 2):
        stats = trainer.train([[1]], [[target]])
        assert stats.cost_loss == pytest.approx(target**2 / 2, rel=1e-2)
        assert trainer.rule.updates == updates
    assert all(np.isfinite(array).all() for array in trainer.state.arrays)


@pytest.mark.parametrize("method", ["adagrad", "windowgrad", "adadelta", "adam"])
def test_averages_of_squares_come_back_from_beyond_the_largest_number(method):
    net = Net(LINE, seed=0)
    trainer = Trainer(net, method=method, ro=0, beta1=0, beta2=0, learning_rate=0.1)
    trainer.train([[1]], [[1e25]])
    squares = [getattr(trainer.rule, name) for name in trainer.rule.squares]
    assert max(array.max() for array in squares) == np.finfo(np.float32).max
    for _ in range(10):
        assert np.isfinite(trainer.train([[1]], [[2]]).loss)
    if method != "adagrad":
        assert all(array.max() < 1e30 for array in squares)


def test_a_loss_of_decay_too_large_for_single_precision_is_a_number():
    net = Net(LINE, seed=0)
    net.layers[1].filters[:] = [[1e25]]
    stats = Trainer(net, learning_rate=0, l2_decay=1e-3).train([[0]], [[0]])
    assert stats.l2_decay_loss == pytest.approx(5e46, rel=1e-6)


def test_parts_without_decay_add_nothing_to_its_loss_however_large_they_are():
    net = Net(LINE, seed=0, dtype=np.float64)
    net.layers[1].biases[:] = 1e200
    stats = Trainer(net, learning_rate=0, l2_decay=1).train([[0]], [[0]])
    assert stats.cost_loss == np.inf
    assert stats.l2_decay_loss == pytest.approx(float(net.layers[1].filters[0, 0]) ** 2 / 2)


def test_an_update_is_skipped_only_where_parameters_would_overflow():
    net = Net(LINE, seed=0)
    trainer = Trainer(net, learning_rate=1e6, momentum=0)
    assert np.isfinite(trainer.train([[1]], [[1e30]]).loss)
    before = net.parameters.copy()
    assert before.max() == pytest.approx(1e36, rel=1e-5)
    assert np.isnan(trainer.train([[1]], [[1e30]]).loss)
    np.testing.assert_array_equal(net.parameters, before)


def stand(trainer):
    """An update by which the examples' gradient is 0; returns whether it was done."""
    stats = trainer.train([[1]], trainer.net.forward([[1]]).copy())
    assert np.isfinite(trainer.net.parameters).all()
    return not np.isnan(stats.loss)


def test_what_overflows_without_any_gradient_is_noticed():
    trainer = Trainer(Net(LINE, seed=0), learning_rate=1e6, momentum=1)
    trainer.train([[1]], [[1e7]])
    trainer.train([[1]], [[1e30]])  # a velocity of 1e36, which stays
    assert stand(trainer)
    assert not all(stand(trainer) for _ in range(400))


def test_what_overflows_in_the_first_update_after_going_back_is_noticed():
    trainer = Trainer(Net(LINE, seed=0), momentum=1)
    trainer.train([[1]], [[1]])
    state = finish(trainer.copy_state_in_steps())
    for array in state.arrays:
        array[:] = 1e38, 2e38
    trainer.restore(state)
    assert not stand(trainer)


def test_a_small_decay_of_large_parameters_that_overflows_is_noticed():
    net = Net(LINE, seed=0)
    net.parameters[:] = 1e36
    trainer = Trainer(net, learning_rate=0, l2_decay=100)
    assert stand(trainer)
    trainer.learning_rate = 1e6
    assert not stand(trainer)


def test_a_large_memory_behind_moderate_parameters_is_noticed():
    trainer = Trainer(Net(LINE, seed=0), method="adam", learning_rate=0, beta2=0)
    trainer.train([[1]], [[1e30]])
    assert stand(trainer)
    trainer.learning_rate = 1e6
    assert not stand(trainer)


def test_a_decay_that_overflows_is_noticed():
    layers = [LINE[0], {"type": "fc", "num_neurons": 1, "l2_decay_mul": 1e15}, LINE[1]]
    trainer = Trainer(Net(layers, seed=0), method="adagrad", learning_rate=0)
    assert stand(trainer)
    trainer.options.l2_decay = 1e6
    assert stand(trainer)
    assert trainer.rule.gsum.max() > 1e38
    assert np.isfinite(trainer.rule.gsum).all()


def test_a_divisor_near_0_is_noticed():
    options = {"learning_rate": 1e6, "eps": 1e-30, "beta2": 0}
    trainer = Trainer(Net(LINE, seed=0), method="adam", **options)
    trainer.train([[1]], [[1e7]])
    assert not stand(trainer)


@pytest.mark.parametrize("scale", [3, 255])
def test_a_classifier_goes_on_where_a_probability_is_too_small_for_a_number(scale):
    layers = [{"type": "input", "out_depth": 784}, {"type": "softmax", "num_classes": 10}]
    net = Net(layers, seed=0)
    trainer = Trainer(net, learning_rate=1, momentum=0.9)
    random = np.random.default_rng(0)
    patterns, losses = random.random((10, 784)) < 0.2, []
    for number in range(300):
        losses.append(trainer.train([patterns[number % 10] * scale], [number % 10]).cost_loss)
    assert trainer.rule.updates == 300
    assert max(losses) > 110, "else no probability was too small"
    assert np.isfinite(losses).all()
    assert net.forward(patterns * scale).reshape(10, 10).argmax(1).tolist() == list(range(10))


@pytest.mark.parametrize("beta", [0, 0.25, 0.75])
@pytest.mark.parametrize("exact_gradient", [True, False])
def test_normalization_by_nothing_leaves_0_as_it_is(beta, exact_gradient):
    lrn = {"type": "lrn", "k": 0, "n": 3, "alpha": 1, "beta": beta}
    layers = [
        {"type": "input", "out_depth": 4},
        lrn | {"exact_gradient": exact_gradient},
        {"type": "regression", "num_neurons": 1},
    ]
    net = Net(layers, seed=0)
    net.forward([[0, 0, 0, 0], [0, 0, 0, 3]])
    assert np.isfinite(net.layers[1].out_act).all()
    assert (net.layers[1].out_act[0] == 0).all()
    net.backward([[1], [1]])
    assert np.isfinite(net.input_gradient).all()
    trainer = Trainer(net, method="adadelta")
    assert np.isfinite(trainer.train([[0, 0, 0, 0], [0, 0, 0, 3]], [[1], [1]]).loss)
