"""Snapshots: ConvNetJS's JSON both ways, runs that resume exactly, and JSON that is no snapshot."""

import copy
import json
from pathlib import Path

import numpy as np
import pytest
from hostile_json import paths
from hypothesis import given, settings
from hypothesis import strategies as st
from small_networks import EVERY_LAYER

from convnet import ConvNetError, Net, Trainer
from convnet.chance import generator, generator_from_json, generator_to_json
from convnet.json_text import json_pieces
from convnet.snapshot import KEY, load_in_steps, save
from convnet.steps import finish
from convnet.updates import RULES

GOLDEN = Path(__file__).parents[2] / "golden"


def load(snapshot, dtype=np.float32):
    return finish(load_in_steps(snapshot, dtype))


def train(trainer, random, updates):
    for _ in range(updates):
        x = random.normal(size=(4, 36)).astype(np.float32)
        trainer.train(x, x[:, :3])


def saved(*run):
    return "".join(json_pieces(save(*run)))


def as_a_browser_writes_it(snapshot):
    """ConvNetJS's Float64Arrays become objects with index keys."""
    snapshot = copy.deepcopy(snapshot)
    for layer in snapshot["layers"]:
        for volume in [
            *layer.get("filters", []),
            *([layer["biases"]] if "biases" in layer else []),
        ]:
            volume["w"] = {str(i): value for i, value in enumerate(volume["w"])}
    return snapshot


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_a_snapshot_read_back_is_equal(dtype):
    net = Net(EVERY_LAYER, seed=0, dtype=dtype)
    text = json.dumps(net.to_json())
    again = Net.from_json(text, dtype=dtype)
    assert (again.parameters == net.parameters).all()
    assert json.dumps(again.to_json()) == text
    x = np.random.default_rng(0).random((2, 36))
    assert (again.forward(x) == net.forward(x)).all()


def test_float32_is_written_short_and_reads_back_to_the_same_bits():
    net = Net([{"type": "input", "out_depth": 4}, {"type": "regression", "num_neurons": 1000}])
    random = np.random.default_rng(0)
    net.parameters[...] = random.normal(size=5000) * 10.0 ** random.integers(-44, 38, size=5000)
    net.parameters[:4] = [0.1, 0, -1e-45, 3.4e38]
    text = json.dumps(net.to_json())
    assert "[0.1, 0.0, -1" in text
    assert (Net.from_json(text).parameters == net.parameters).all()
    usual = Net(EVERY_LAYER, seed=0).to_json()
    numbers = [
        w for layer in usual["layers"] for volume in layer.get("filters", []) for w in volume["w"]
    ]
    assert np.mean([len(repr(w)) for w in numbers]) < 13


def test_objects_with_index_keys_are_read_like_lists():
    net = Net(EVERY_LAYER, seed=0)
    again = Net.from_json(as_a_browser_writes_it(net.to_json()))
    assert (again.parameters == net.parameters).all()


def test_fields_that_old_snapshots_lack_have_the_defaults_of_convnetjs():
    snapshot = Net(EVERY_LAYER, seed=0).to_json()
    for layer in snapshot["layers"]:
        for name in ("l1_decay_mul", "l2_decay_mul", "num_inputs", "in_depth"):
            layer.pop(name, None)
    del snapshot["layers"][4]["pad"]
    net = Net.from_json(snapshot)
    fc = net.layers[5]
    assert (fc.l1_decay_mul, fc.l2_decay_mul) == (1, 1)
    assert net.layers[4].windows.pad == 0


@pytest.mark.parametrize("method", RULES)
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_a_resumed_run_goes_on_bit_for_bit(method, dtype):
    random = generator(7)
    net = Net(EVERY_LAYER, seed=0, dtype=dtype)
    trainer = Trainer(net, method=method, learning_rate=0.01, l2_decay=0.001, batch_size=4)
    train(trainer, random, 5)
    text = saved(net, trainer, {"random": generator_to_json(random)})
    train(trainer, random, 5)

    resumed = load(text, dtype=dtype)
    train(resumed.trainer, generator_from_json(resumed.session["random"], "random"), 5)
    assert (resumed.net.parameters == net.parameters).all()
    assert vars(resumed.trainer.options) == vars(trainer.options)
    assert saved(resumed.net, resumed.trainer) == saved(net, trainer)


def test_the_learning_rate_that_was_set_is_the_one_that_is_resumed():
    net = Net(EVERY_LAYER, seed=0)
    trainer = Trainer(net, learning_rate=0.5)
    trainer.learning_rate = 0.125
    assert load(saved(net, trainer)).trainer.learning_rate == 0.125


def test_what_the_application_saves_comes_back():
    session = {"definition": "…", "examples_seen": 7, "losses": [1.5, None]}
    text = saved(Net(EVERY_LAYER), None, session)
    assert load(text).session == session


def test_a_snapshot_of_convnetjs_has_neither_trainer_nor_session():
    snapshot = json.loads((GOLDEN / "conv_pool.json").read_text())["after"]
    loaded = load(snapshot)
    assert loaded.trainer is None
    assert loaded.session == {}
    assert loaded.net.layers[1].type == "conv"


def test_parameters_that_are_not_finite_are_not_written():
    net = Net(EVERY_LAYER, seed=0)
    net.layers[7].filters[0, 0] = np.nan
    with pytest.raises(ConvNetError, match=r"^Layer 7 \(fc\): .*no longer finite"):
        net.to_json()


def edited(path, value):
    """A good snapshot with one thing changed; ... as value takes it away."""
    net = Net(EVERY_LAYER, seed=0)
    snapshot = json.loads(saved(net, Trainer(net, method="adadelta"), {}))
    *parents, last = path
    inner = snapshot
    for key in parents:
        inner = inner[key]
    if value is ...:
        del inner[last]
    else:
        inner[last] = value
    return snapshot


@pytest.mark.parametrize(
    ("snapshot", "words"),
    [
        ("", "no JSON text yet"),
        ("{", "not JSON: line 1, column 2"),
        ("[" * 100_000, "must be a set of named fields.*a list"),
        ('{"layers":' * 51, "nested more than 50 brackets"),
        (r'{"\\":' + "[" * 60, "nested more than 50 brackets"),
        (r'["\"' + "[" * 60 + '"]', "must be a set of named fields.*a list"),
        ("9" * 5000, "a number with thousands of digits"),
        ("[]", "The snapshot must be .*list"),
        ("{}", "The snapshot: layers is missing"),
        ('{"layers": [NaN]}', "holds .*NaN"),
        ('{"layers": 1e999}', "layers must be a list, but it is inf"),
        (None, "The snapshot must be"),
        ({"layers": []}, "input layer first"),
        (edited(["layers", 3], 5), "Layer 3 must be .*5"),
        (edited(["layers", 3, "layer_type"], "foo"), 'Layer 3: layer_type must be .*"foo"'),
        (edited(["layers", 3, "layer_type"], ...), "Layer 3: layer_type is missing"),
        (
            edited(["layers", 0, "out_sx"], 7),
            r"Layer 1 \(conv\): out_sx must be 7 after .*7×6×1.*6",
        ),
        (
            edited(["layers", 1, "filters", 2], ...),
            r"Layer 1 \(conv\): filters must be a list of 4",
        ),
        (edited(["layers", 1, "filters"], ...), r"Layer 1 \(conv\): filters is missing"),
        (edited(["layers", 1, "biases"], ...), r"Layer 1 \(conv\): biases is missing"),
        (edited(["layers", 1, "biases", "w"], [1]), r"Layer 1 \(conv\): biases: w must hold 4.*1"),
        (edited(["layers", 1, "filters", 2, "w", 1], "1"), r"filters\[2\]: w must hold numbers"),
        (edited(["layers", 1, "filters", 2, "w", 1], True), r"filters\[2\]: w must hold numbers"),
        (edited(["layers", 1, "filters", 2, "w", 1], 1e39), r"w must hold finite .*float32"),
        (edited(["layers", 1, "filters", 2, "w", 1], 10**400), r"w must hold finite"),
        (edited(["layers", 1, "filters", 2, "w"], {"0": 1, "2": 1}), "no value with index 1"),
        (edited(["layers", 1, "filters", 2, "sx"], 2), r"filters\[2\]: sx must be 3, .*2"),
        (edited(["layers", 5, "out_depth"], 10**9), r"Layer 5 \(fc\): out_depth must be .*100,000"),
        (edited(["layers", 2, "out_sx"], 7), r"Layer 2 \(relu\): out_sx must be 6"),
        (edited(["layers", 13], ...), "loss layer"),
        (edited([KEY], 5), f"{KEY} must be a set"),
        (edited([KEY, "version"], 2), f"{KEY}: version must be .*2"),
        (edited([KEY, "random", "state"], "xyz"), f"{KEY}: random: state .*xyz"),
        (edited([KEY, "random"], ...), f"{KEY}: random is missing"),
        (edited([KEY, "session"], []), f"{KEY}: session must be"),
        (edited([KEY, "trainer", "options", "method"], "foo"), "Trainer options: method .*foo"),
        (edited([KEY, "trainer", "options", "net"], 1), 'Trainer options: .*"net" is unknown'),
        (edited([KEY, "trainer", "options", "self"], 1), 'Trainer options: .*"self" is unknown'),
        (edited([KEY, "trainer", "updates"], -1), f"{KEY}: trainer: updates .*-1"),
        (edited([KEY, "trainer", "accumulators", "gsum"], "AAAA"), "gsum must be the base64 of"),
        (edited([KEY, "trainer", "accumulators", "gsum"], "ä"), "gsum must be the base64 of"),
        (
            edited([KEY, "trainer", "accumulators", "xsum"], ...),
            "incomplete.*xsum is missing",
        ),
    ],
)
def test_bad_snapshots_are_refused(snapshot, words):
    with pytest.raises(ConvNetError, match=words) as error:
        load(snapshot)
    assert len(str(error.value)) < 300


def test_sums_of_squares_below_zero_are_refused():
    net = Net(EVERY_LAYER, seed=0)
    trainer = Trainer(net, method="adadelta")
    trainer.rule.xsum[3] = -1
    with pytest.raises(ConvNetError, match="xsum must be sums of squares"):
        load(saved(net, trainer))


def test_an_infinite_sum_of_squares_becomes_the_largest_number():
    net = Net(EVERY_LAYER, seed=0)
    trainer = Trainer(net, method="adagrad")
    trainer.rule.gsum[3] = np.inf
    assert load(saved(net, trainer)).trainer.rule.gsum[3] == np.finfo(np.float32).max
    trainer.rule.gsum[3] = np.nan
    with pytest.raises(ConvNetError, match="gsum must be finite numbers"):
        load(saved(net, trainer))


def ends(low, high):
    """Numbers of every magnitude in a range, and its ends."""
    powers = st.floats(np.log10(low or 1e-12), np.log10(high)).map(lambda power: 10**power)
    return st.sampled_from([low, high]) | powers.map(lambda value: min(max(value, low), high))


wild_options = st.fixed_dictionaries(
    {"method": st.sampled_from(list(RULES))},
    optional={
        "learning_rate": ends(0, 1e6),
        "momentum": ends(0, 1),
        "l1_decay": ends(0, 1e6),
        "l2_decay": ends(0, 1e6),
        "ro": ends(0, 1),
        "eps": ends(1e-30, 1),
        "beta1": ends(0, 0.999999),
        "beta2": ends(0, 0.999999),
    },
)
hidden = st.fixed_dictionaries(
    {"type": st.just("fc"), "num_neurons": st.integers(1, 4)},
    optional={
        "activation": st.sampled_from(["relu", "tanh", "sigmoid"]),
        "drop_prob": st.just(0.5),
        "l2_decay_mul": st.sampled_from([0, 1e-30, 1e15]),
    },
)
losses = st.sampled_from(
    [
        {"type": "regression", "num_neurons": 3},
        {"type": "softmax", "num_classes": 3},
        {"type": "svm", "num_classes": 3},
    ]
)


def in_bits(trainer):
    return [array.tobytes() for array in trainer.state.arrays], trainer.rule.updates


@settings(max_examples=100, deadline=None, derandomize=True)
@given(
    st.lists(hidden, max_size=2),
    losses,
    wild_options,
    st.sampled_from(["float32", "float64"]),
    st.lists(st.floats(-45, 30), min_size=1, max_size=6),
)
def test_whatever_a_run_has_come_to_it_opens_again_and_goes_on(
    between, last, options, dtype, magnitudes
):
    net = Net([{"type": "input", "out_depth": 3}, *between, last], seed=0, dtype=dtype)
    trainer = Trainer(net, **options)
    x = np.random.default_rng(0).normal(size=(2, 3))

    def go_on(trainer):
        for magnitude in magnitudes:
            y = x * 10**magnitude if last["type"] == "regression" else [0, 2]
            before = in_bits(trainer)
            stats = trainer.train(x * 10 ** (magnitude / 2), y)
            assert np.isnan(stats.loss) == (in_bits(trainer)[1] == before[1])
        return in_bits(trainer)

    here = go_on(trainer)
    again = load(saved(net, trainer), dtype=dtype).trainer
    assert in_bits(again) == here
    assert go_on(again) == go_on(trainer)


SNAPSHOT = edited([KEY, "version"], 1)
PLACES = [path for path in paths(SNAPSHOT) if path]
junk = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=5)
    | st.sampled_from([..., -1, 0, 1, 10**400, 1e300, "fc", "conv", "1", [], {}, {"0": 1}]),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3)
    ),
    max_leaves=5,
)


@settings(max_examples=1000, deadline=None, derandomize=True)
@given(st.lists(st.tuples(st.sampled_from(PLACES), junk), min_size=1, max_size=3))
def test_whatever_is_changed_in_a_snapshot_it_loads_or_is_refused(changes):
    snapshot = copy.deepcopy(SNAPSHOT)
    for (*parents, last), value in changes:
        inner = snapshot
        try:
            for key in parents:
                inner = inner[key]
            if value is ...:
                del inner[last]
            else:
                inner[last] = value
        except (KeyError, IndexError, TypeError):
            pass  # an earlier change took the place away
    try:
        loaded = load(snapshot)
    except ConvNetError:
        return
    sizes = loaded.net.layers[0].num_outputs, loaded.net.layers[-1].num_outputs
    trainer = loaded.trainer or Trainer(loaded.net)
    trainer.train(np.zeros((1, sizes[0])), np.zeros((1, sizes[1])))


@settings(max_examples=300, deadline=None, derandomize=True)
@given(st.text() | st.text(alphabet='{}[]",:0123456789eE+-.layersNaN '))
def test_whatever_text_there_is_it_is_a_snapshot_or_refused(text):
    with pytest.raises(ConvNetError):
        load(text)
