"""How many examples go at a stretch follows from what layers do."""

import numpy as np
import pytest

from autoencoder.admission import admit
from autoencoder.session import DEFAULT_DEFINITION
from autoencoder.stretch import examples_at_a_stretch
from convnet import ConvNetError, parse_definition
from convnet.compute import Kernels
from convnet.construction import layers_from_definitions
from convnet.limits import WITH_32_BITS
from convnet.memory import Memory

INPUT = {"type": "input", "out_sx": 28, "out_sy": 28, "out_depth": 1}
OUTPUT = {"type": "regression", "num_neurons": 784}
BOTTLENECK = {"type": "fc", "num_neurons": 2}
KERNELS = Kernels(None)


@pytest.fixture(autouse=True)
def in_a_browser(monkeypatch):
    """The memory that a browser has."""
    monkeypatch.setattr("convnet.memory.memory_limit", lambda: WITH_32_BITS)


def layers(*hidden):
    return layers_from_definitions([INPUT, *hidden, BOTTLENECK, OUTPUT])


def conv(filters, sx=1, **fields):
    return {"type": "conv", "filters": filters, "sx": sx, **fields}


def lrn(n):
    return {"type": "lrn", "k": 1, "n": n, "alpha": 1, "beta": 0.75}


def work(*hidden):
    """Passes of the last hidden layer."""
    return layers(*hidden)[len(hidden)].work.passes


# What one example takes in Chromium, forward and back, is in the comments.
@pytest.mark.parametrize(
    ("hidden", "least", "most"),
    [
        ([conv(100), lrn(199)], 1, 1),  # 21 ms
        ([{"type": "tanh"}] * 600, 3, 20),  # 1.4 ms
        ([conv(16, 5, pad=2), lrn(5), {"type": "pool", "sx": 2}], 20, 60),  # 0.8 ms
        ([{"type": "pool", "sx": 31, "pad": 30, "stride": 1}], 1, 1),  # 12 ms
        ([conv(32, 5, pad=2), conv(32, 5, pad=2)], 1, 4),
    ],
)
def test_a_stretch_is_as_long_as_what_layers_do_allows(hidden, least, most):
    assert least <= examples_at_a_stretch(layers(*hidden), KERNELS) <= most


def test_the_page_s_own_network_takes_whole_minibatches():
    layer_defs, _ = parse_definition(DEFAULT_DEFINITION)
    assert examples_at_a_stretch(layers_from_definitions(layer_defs), KERNELS) >= 200


def test_what_layers_do_grows_as_their_definition_says():
    assert work(conv(100), lrn(199)) > 5 * work(conv(100), lrn(5))
    # More neighbours than there are channels are no more work.
    assert work(conv(100), lrn(199)) == work(conv(100), lrn(999))
    pool = {"type": "pool", "stride": 1}
    assert work({**pool, "sx": 10, "pad": 5}) > 20 * work({**pool, "sx": 2, "pad": 1})
    maxout = {"type": "maxout", "group_size": 4}
    assert work(conv(64), maxout) == 8 * work(conv(8), maxout)


def test_what_a_run_takes_is_counted_with_its_rule_and_its_checkpoint():
    wide = layers({"type": "fc", "num_neurons": 50_000})
    admit(wide, {"method": "sgd"}, KERNELS)
    with pytest.raises(ConvNetError, match=r"limit here is 1,500 MB.*1\d arrays as long.*Layer 1"):
        admit(wide, {"method": "adadelta"}, KERNELS)


def test_a_minibatch_counts_by_the_part_of_it_that_is_taken_at_a_stretch():
    large = layers(conv(64, 5, pad=2), *[conv(64, 5, pad=2)] * 3)
    assert Memory(large, np.dtype(np.float32)).total(1000) > WITH_32_BITS
    assert admit(large, {"method": "adadelta", "batch_size": 1000}, KERNELS) < 10
