"""Training: update rules against their papers, decays, options, parts, states and memory."""

import tracemalloc

import numpy as np
import pytest
from small_networks import DIGITS, LINE

from convnet import ConvNetError, Net, Trainer
from convnet.compute import Gradient
from convnet.limits import MAX_COUNT
from convnet.steps import finish
from convnet.updates import RULES


def trajectory(gradient_at, method, steps, **options):
    """Where a weight goes whose gradient is a function of it, starting from 1."""
    net = Net(LINE, dtype=np.float64)
    trainer = Trainer(net, method=method, **options)
    p, places = np.array([1.0]), []
    rule = RULES[method](trainer.options, net.operations, 1, np.float64)
    for _ in range(steps):
        sums, parts = np.array([gradient_at(p[0])]), (np.array([1]), np.zeros((1, 2)))
        rule.update(p, Gradient(sums, 1, *parts, l1_decay=0, l2_decay=0))
        places.append(float(p[0]))
    return places


def test_adam_after_kingma_and_ba():
    # Gradients 2 and then 3, worked out by algorithm 1 of arXiv:1412.6980:
    # t = 1: m = 0.2, v = 0.004; corrected 2 and 4: a step of 0.1 · 2 / (2 + 0.5)
    # t = 2: m = 0.48, v = 0.012996; corrected 0.48 / 0.19 and 0.012996 / 0.001999
    gradients = iter([2.0, 3.0])
    first, second = trajectory(lambda p: next(gradients), "adam", 2, learning_rate=0.1, eps=0.5)
    assert first == pytest.approx(1 - 0.1 * 2 / 2.5, rel=1e-12)
    step = 0.1 * (0.48 / 0.19) / ((0.012996 / 0.001999) ** 0.5 + 0.5)
    assert second == pytest.approx(first - step, rel=1e-12)


def test_adagrad():
    first, second = trajectory(lambda p: 2.0, "adagrad", 2, learning_rate=0.1, eps=1e-6)
    assert first == pytest.approx(1 - 0.1 * 2 / (4 + 1e-6) ** 0.5, rel=1e-12)
    assert second == pytest.approx(first - 0.1 * 2 / (8 + 1e-6) ** 0.5, rel=1e-12)


def test_windowgrad():
    first, second = trajectory(lambda p: 2.0, "windowgrad", 2, learning_rate=0.1, ro=0.9, eps=1e-6)
    assert first == pytest.approx(1 - 0.1 * 2 / (0.4 + 1e-6) ** 0.5, rel=1e-12)
    assert second == pytest.approx(first - 0.1 * 2 / (0.76 + 1e-6) ** 0.5, rel=1e-12)


def test_adadelta():
    first, second = trajectory(lambda p: 2.0, "adadelta", 2, ro=0.9, eps=0.01)
    step = 2 * (0.01 / 0.41) ** 0.5
    assert first == pytest.approx(1 - step, rel=1e-12)
    step = 2 * ((0.1 * step**2 + 0.01) / 0.77) ** 0.5
    assert second == pytest.approx(first - step, rel=1e-12)


def test_momentum():
    first, second = trajectory(lambda p: 2.0, "sgd", 2, learning_rate=0.1, momentum=0.5)
    assert [first, second] == pytest.approx([1 - 0.2, 1 - 0.2 - 0.3], rel=1e-12)


def test_nesterov_is_momentum_that_looks_ahead():
    # The rule keeps parameters where gradients are taken, momentum ahead of where they are:
    # behind it stands the textbook's v = momentum v - rate g(p + momentum v), p = p + v.
    rate, momentum, p, v = 0.1, 0.9, 1.0, 0.0
    looked_ahead = []
    for _ in range(5):
        v = momentum * v - rate * np.sin(p + momentum * v)
        p += v
        looked_ahead.append(p + momentum * v)
    places = trajectory(np.sin, "nesterov", 5, learning_rate=rate, momentum=momentum)
    assert places == pytest.approx(looked_ahead, rel=1e-12)


@pytest.mark.parametrize("method", RULES)
def test_every_rule_finds_the_minimum(method):
    places = trajectory(lambda p: p - 0.5, method, 3000, learning_rate=0.02, eps=1e-6)
    assert places[-1] == pytest.approx(0.5, abs=0.02)


def test_learning_rate_can_change_while_training():
    net = Net(LINE, seed=0, dtype=np.float64)
    trainer = Trainer(net, learning_rate=0.1, momentum=0)
    before = net.parameters.copy()
    trainer.learning_rate = 0
    trainer.train([[1]], [[3]])
    assert (net.parameters == before).all()
    trainer.learning_rate = 0.5
    trainer.train([[1]], [[3]])
    assert (net.parameters != before).all()


def test_decays_leave_biases_alone_and_count_with_their_multipliers():
    definitions = [
        {"type": "input", "out_depth": 3},
        {"type": "fc", "num_neurons": 2, "l1_decay_mul": 2, "l2_decay_mul": 3, "bias_pref": 5},
        {"type": "regression", "num_neurons": 1},
    ]
    net = Net(definitions, seed=0, dtype=np.float64)
    fc, last = net.layers[1], net.layers[2]
    stats = Trainer(net, learning_rate=0, l1_decay=0.1, l2_decay=0.01).train([[1, 2, 3]], [[4]])
    assert stats.l1_decay_loss == pytest.approx(0.1 * 2 * np.abs(fc.filters).sum())
    squares = 3 * (fc.filters**2).sum() + (last.filters**2).sum()
    assert stats.l2_decay_loss == pytest.approx(0.01 * squares / 2)
    assert stats.loss == stats.cost_loss + stats.l1_decay_loss + stats.l2_decay_loss


def test_gradients_of_the_last_backward_pass_stay_readable():
    net = Net(LINE, seed=0, dtype=np.float64)
    net.forward([[1], [2]])
    net.backward([[3], [4]])
    expected = net.gradients.copy()
    Trainer(net, l2_decay=0.1).train([[1], [2]], [[3], [4]])
    np.testing.assert_array_equal(net.gradients, expected)


def test_the_count_of_updates_has_an_end():
    trainer = Trainer(Net(LINE, seed=0), method="adam")
    trainer.rule.updates = MAX_COUNT
    assert np.isfinite(trainer.train([[1]], [[2]]).loss)
    assert trainer.rule.updates == MAX_COUNT


def test_the_same_seed_trains_to_the_same_bits():
    def train(seed):
        net = Net(DIGITS, seed=seed)
        trainer = Trainer(net, method="adam")
        random = np.random.default_rng(1)
        for _ in range(5):
            x = random.random((4, 784), dtype=np.float32)
            trainer.train(x, x)
        return net.parameters

    assert (train(3) == train(3)).all()
    assert (train(3) != train(4)).any()


def test_nets_of_both_types_start_from_the_same_weights():
    double, single = Net(DIGITS, seed=5, dtype=np.float64), Net(DIGITS, seed=5)
    assert (double.parameters.astype(np.float32) == single.parameters).all()


def test_initial_weights_have_the_variance_of_one_over_the_number_of_inputs():
    net = Net(
        [{"type": "input", "out_depth": 400}, {"type": "regression", "num_neurons": 300}], seed=0
    )
    filters = net.layers[1].filters
    assert filters.mean() == pytest.approx(0, abs=1e-3)
    assert filters.std() == pytest.approx(400**-0.5, rel=0.01)
    assert (net.layers[1].biases == 0).all()


@pytest.mark.parametrize("method", RULES)
def test_a_training_step_allocates_nothing_of_a_minibatchs_size(method):
    net = Net(DIGITS, seed=0)
    trainer = Trainer(net, method=method, l1_decay=0.001, l2_decay=0.001)
    x = np.random.default_rng(0).random((100, 784), dtype=np.float32)
    sizes = (100, 20, 100)
    for n in sizes:
        trainer.train(x[:n], x[:n])
    tracemalloc.start()
    try:
        for n in sizes:
            trainer.train(x[:n], x[:n])
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < x.nbytes / 3  # NumPy's own buffers, whose size is fixed


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"method": "adamw"}, 'method must be one of sgd, adagrad, adadelta, .*"adamw"'),
        ({"learning_rate": "fast"}, 'learning_rate must be a number .*"fast"'),
        ({"learning_rate": float("nan")}, "learning_rate must be a number .*NaN"),
        ({"learning_rate": -1}, "learning_rate must be a number from 0 .*-1"),
        ({"momentum": 1.5}, "momentum must be a number from 0 to 1.*1.5"),
        ({"batch_size": 0}, "batch_size must be a whole number from 1 .*0"),
        ({"batch_size": 2.5}, "batch_size must be a whole number .*2.5"),
        ({"eps": 0}, "eps must be a number .*0"),
        ({"beta1": 1}, "beta1 must be a number .*1"),
        ({"l2_decay": True}, "l2_decay must be a number .*is true"),
        ({"lerning_rate": 1}, '"lerning_rate" is unknown; did you mean "learning_rate"'),
    ],
)
def test_bad_options_are_refused_by_name(options, words):
    with pytest.raises(ConvNetError, match=f"^Trainer options: .*{words}"):
        Trainer(Net(LINE), **options)


@pytest.mark.parametrize("value", ["1", None, float("inf"), -0.1, True, 10**400])
def test_bad_learning_rates_are_refused_and_the_old_one_stays(value):
    trainer = Trainer(Net(LINE), learning_rate=0.25)
    with pytest.raises(ConvNetError, match="learning_rate must be a number"):
        trainer.learning_rate = value
    assert trainer.learning_rate == 0.25


@pytest.mark.parametrize("method", RULES)
def test_a_minibatch_in_parts_trains_as_a_whole_one_does(method):
    layer_defs = [layer for layer in DIGITS if "drop_prob" not in layer]
    x = np.random.default_rng(0).random((7, 784))
    nets = [Net(layer_defs, seed=0, dtype=np.float64) for _ in range(2)]
    options = {"method": method, "l1_decay": 0.01, "l2_decay": 0.01, "learning_rate": 0.01}
    whole, parts = (Trainer(net, **options) for net in nets)
    for _ in range(3):
        expected = whole.train(x, x)
        for part in (x[:3], x[3:5], x[5:]):
            parts.accumulate(part, part)
        stats = parts.update()
        assert stats.cost_loss == pytest.approx(expected.cost_loss, rel=1e-12)
        assert stats.l2_decay_loss == pytest.approx(expected.l2_decay_loss, rel=1e-12)
    np.testing.assert_allclose(nets[1].parameters, nets[0].parameters, rtol=1e-9, atol=1e-12)


DROPPING = [
    {"type": "input", "out_depth": 6},
    {"type": "fc", "num_neurons": 5, "activation": "tanh", "drop_prob": 0.5},
    {"type": "regression", "num_neurons": 6},
]


@pytest.mark.parametrize("method", RULES)
def test_going_back_to_a_copied_state_repeats_what_came_after_it(method):
    net = Net(DROPPING, seed=0)
    trainer = Trainer(net, method=method, learning_rate=0.01)
    x = np.random.default_rng(0).random((8, 6), np.float32)

    def train(times):
        return [trainer.train(x, x).loss for _ in range(times)]

    train(3)
    state = finish(trainer.copy_state_in_steps())
    expected, after = train(4), finish(trainer.copy_state_in_steps())
    trainer.accumulate(x, x)
    trainer.restore(state)
    assert train(4) == expected
    again = finish(trainer.copy_state_in_steps(into=state))
    for one, other in zip(again.arrays, after.arrays, strict=True):
        np.testing.assert_array_equal(one, other)
    assert again.updates == after.updates == 7
    assert again.nbytes == net.parameters.nbytes * (1 + len(trainer.rule.accumulators))


def test_a_copy_may_take_over_the_arrays_of_an_older_one():
    trainer = Trainer(Net(DROPPING, seed=0), method="adam")
    old = finish(trainer.copy_state_in_steps())
    new = finish(trainer.copy_state_in_steps(into=old))
    assert all(one is other for one, other in zip(new.arrays, old.arrays, strict=True))
    assert not any(
        np.shares_memory(one, other)
        for one, other in zip(new.arrays, trainer.state.arrays, strict=True)
    )
