"""The memory that networks are said to need is what they take, and that is no more than it must."""

import sys
import tracemalloc

import numpy as np
import pytest

from convnet import Net, Trainer
from convnet.layers.windows import Windows
from convnet.limits import WITH_32_BITS, memory_limit
from convnet.memory import Memory
from convnet.trainer import arrays_in_training
from convnet.updates import RULES

INPUT = {"type": "input", "out_sx": 28, "out_sy": 28, "out_depth": 1}
LOSS = {"type": "regression", "num_neurons": 10}
NETWORKS = {
    "dense": [{"type": "fc", "num_neurons": 900, "activation": "tanh", "drop_prob": 0.1}] * 2,
    "conv": [{"type": "conv", "sx": 5, "filters": 16, "pad": 2, "activation": "relu"}] * 2,
    "pool": [{"type": "pool", "sx": 3, "stride": 1, "pad": 1}] * 3,
    "lrn": [{"type": "lrn", "k": 1, "n": 3, "alpha": 1, "beta": 0.75}] * 3,
    "maxout": [{"type": "conv", "sx": 1, "filters": 8, "activation": "maxout"}] * 3,
}
FLOAT = np.dtype(np.float32)


def taken_by(action):
    """Bytes that are still taken after an action, and what it returned."""
    tracemalloc.start()
    try:
        result = action()
        return tracemalloc.get_traced_memory()[0], result
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("method", ["adadelta", "sgd"])
@pytest.mark.parametrize("hidden", NETWORKS.values(), ids=NETWORKS)
def test_what_is_counted_is_what_is_taken(hidden, method):
    x, y = np.ones((60, 784), np.float32), np.zeros((60, 10), np.float32)

    def train():
        net = Net([INPUT, *hidden, LOSS], seed=0)
        trainer = Trainer(net, method=method)
        trainer.train(x, y)
        return trainer

    train()  # what is made once for all networks
    taken, trainer = taken_by(train)
    arrays = arrays_in_training(trainer.options)
    counted = Memory(trainer.net.layers, FLOAT, arrays).total(60)
    # Counted are the gradients of all inputs; those below the parameters are taken if asked for.
    lowest = next(i for i, layer in enumerate(trainer.net.layers) if layer.parameters)
    unasked = sum(
        buffer.memory(60, FLOAT)
        for layer in trainer.net.layers[: lowest + 1]
        for buffer in layer.gradient_buffers().values()
    )
    assert taken == pytest.approx(counted - unasked, rel=0.05, abs=200_000)
    assert counted > 1_000_000


def test_a_minibatch_in_parts_takes_one_array_more():
    x, y = np.ones((4, 784), np.float32), np.zeros((4, 10), np.float32)
    net = Net([INPUT, *NETWORKS["dense"], LOSS], seed=0)
    trainer = Trainer(net)
    trainer.train(x, y)
    size = net.parameters.nbytes
    assert taken_by(lambda: trainer.train(x, y))[0] < 0.1 * size
    taken, _ = taken_by(lambda: trainer.accumulate(x, y))
    assert taken == pytest.approx(size, rel=0.1)
    options = trainer.options
    assert arrays_in_training(options, in_parts=True) == 1 + arrays_in_training(options)


@pytest.mark.parametrize("hidden", NETWORKS.values(), ids=NETWORKS)
def test_a_forward_pass_takes_nothing_for_a_backward_pass(hidden):
    net = Net([INPUT, *hidden, LOSS], seed=0)
    x = np.ones((60, 784), np.float32)
    taken, _ = taken_by(lambda: net.forward(x))
    memory = Memory(net.layers, FLOAT, arrays=0)
    assert taken == pytest.approx(memory.total(60, training=False), rel=0.05, abs=200_000)
    assert memory.total(60, training=False) < 0.8 * memory.total(60)


def test_training_does_not_hold_the_inputs_gradient():
    net = Net([INPUT, *NETWORKS["dense"], LOSS], seed=0)
    Trainer(net).train(np.ones((3, 784)), np.zeros((3, 10)))
    assert not hasattr(net.layers[1], "in_gradient")
    net.backward(np.zeros((3, 10)))
    assert net.input_gradient.shape == (3, 28, 28, 1)


@pytest.mark.parametrize("method", RULES)
def test_training_takes_no_more_arrays_than_a_rule_remembers(method):
    x, y = np.ones((3, 784), np.float32), np.zeros((3, 10), np.float32)
    layer_defs = [INPUT, {"type": "fc", "num_neurons": 900}, LOSS]
    small = Trainer(Net([INPUT, LOSS], seed=0), method=method)
    small.train(x, y)

    def train():
        trainer = Trainer(Net(layer_defs, seed=0), method=method)
        trainer.train(x, y)
        return trainer

    train()
    taken, trainer = taken_by(train)
    arrays = arrays_in_training(trainer.options)
    assert arrays == 2 + len(trainer.rule.accumulators)
    assert taken == pytest.approx(arrays * trainer.net.parameters.nbytes, rel=0.05)


@pytest.mark.parametrize("n", [1, 5, 7])
def test_a_convolution_that_goes_in_parts_gives_the_same(n, monkeypatch):
    layer_defs = [INPUT, *NETWORKS["conv"], {"type": "softmax", "num_classes": 4}]
    random = np.random.default_rng(0)
    x, y = random.random((n, 784)), random.integers(0, 4, n)
    results = []
    for patched in (2**30, 2 * 28 * 28 * 25 * 16):
        monkeypatch.setattr("convnet.layers.conv.PATCHED", patched)
        net = Net(layer_defs, seed=0, dtype=np.float64)
        for _ in range(2):
            net.forward(x)
            net.backward(y)
        net.backward(y)
        results.append((net.forward(x).copy(), net.gradients.copy(), net.input_gradient.copy()))
        most = len(net.layers[3]._patches)
    assert most == min(n, 2)
    for whole, parts in zip(*results, strict=True):
        np.testing.assert_allclose(parts, whole, rtol=1e-10, atol=1e-14)


def test_patches_of_any_minibatch_are_bounded():
    net = Net([INPUT, *NETWORKS["conv"], LOSS])
    conv = net.layers[3]
    assert conv.buffers()["_patches"].memory(1000, FLOAT) < 5_000_000
    assert conv.memory(1000, FLOAT, training=False) < 1.2 * 1000 * conv.num_outputs * 4


def test_two_large_convolutions_are_no_large_network():
    conv = {"type": "conv", "sx": 5, "filters": 32, "pad": 2, "activation": "relu"}
    net = Net([INPUT, conv, conv, {"type": "softmax", "num_classes": 10}], seed=0)
    assert sum(layer.num_outputs for layer in net.layers[1:]) == 4 * 28 * 28 * 32 + 20
    assert Memory(net.layers, FLOAT, 12).total(50) < 70_000_000
    trainer = Trainer(net, method="adadelta")
    assert np.isfinite(trainer.train(np.ones((2, 784)), np.array([3, 4])).loss)


def test_views_are_no_larger_than_what_they_show():
    """A 32-bit NumPy refuses others, even if their memory is small."""
    padded = np.zeros((200, 28, 28, 64), np.float32)
    windows = Windows(sy=14, sx=14, stride=14, pad=0)
    assert windows.over(padded).shape == (200, 2, 2, 14, 14, 64)
    assert {pixel.shape for pixel in windows.pixels(padded)} == {(200, 2, 2, 64)}
    view = windows.over(padded)
    while view is not None:
        assert view.nbytes <= padded.nbytes
        view = view.base if isinstance(view.base, np.ndarray) else None


def test_windows_show_every_place_of_a_window():
    padded = np.arange(2 * 7 * 9 * 3, dtype=np.float32).reshape(2, 7, 9, 3)
    windows = Windows(sy=3, sx=2, stride=2, pad=0)
    over, pixels = windows.over(padded), windows.pixels(padded)
    assert over.shape == (2, 3, 4, 3, 2, 3)
    for y in range(3):
        for x in range(4):
            expected = padded[:, 2 * y : 2 * y + 3, 2 * x : 2 * x + 2]
            np.testing.assert_array_equal(over[:, y, x], expected)
            for i, pixel in enumerate(pixels):  # column by column
                np.testing.assert_array_equal(pixel[:, y, x], expected[:, i % 3, i // 3])


@pytest.mark.parametrize(
    ("hidden", "n"),
    [
        (
            [{"type": "conv", "sx": 1, "filters": 64}, {"type": "pool", "sx": 14, "stride": 14}],
            200,
        ),
        ([{"type": "pool", "sx": 31, "pad": 30, "stride": 1}], 1000),
        ([{"type": "conv", "sx": 27, "pad": 26, "filters": 4}], 1000),
        ([{"type": "conv", "sx": 1, "filters": 400}, {"type": "pool", "sx": 20, "stride": 1}], 100),
    ],
)
def test_large_windows_hold_large_minibatches(hidden, n):
    net = Net([INPUT, *hidden, {"type": "regression", "num_neurons": 2}])
    for layer in net.layers:
        layer.resize(n)
        layer.resize_gradients(n)
    assert net.layers[-2].out_act.shape == (n, 1, 1, 2)


def test_the_limit_is_what_this_machine_can_bear(tmp_path, monkeypatch):
    in_browser = sys.maxsize < 2**32
    assert memory_limit() == WITH_32_BITS if in_browser else memory_limit() > 100_000_000
    (tmp_path / "memory.max").write_text("2000000\n")
    monkeypatch.setattr("convnet.limits.CGROUP_LIMIT", tmp_path / "memory.max")
    assert memory_limit() == (WITH_32_BITS if in_browser else 1_500_000)
    (tmp_path / "memory.max").write_text("max\n")
    assert memory_limit() > 100_000_000


def test_as_many_examples_are_taken_as_there_is_memory_for(monkeypatch):
    net = Net([INPUT, *NETWORKS["lrn"], LOSS])
    memory = Memory(net.layers, FLOAT)
    monkeypatch.setattr("convnet.memory.memory_limit", lambda: 10_000_000)
    most = memory.most_examples(training=False)
    assert memory.total(most, training=False) <= 10_000_000 < memory.total(most + 1, training=False)
    monkeypatch.setattr("convnet.memory.memory_limit", lambda: 10)
    assert memory.most_examples() == 1
