"""What cannot be a network, or does not fit one, is refused with its place and the reason."""

import tracemalloc

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from convnet import ConvNetError, Net

INPUT = {"type": "input", "out_sx": 8, "out_sy": 8, "out_depth": 1}
LOSS = {"type": "regression", "num_neurons": 4}


def fc(**fields):
    return [INPUT, {"type": "fc", **fields}, LOSS]


def second(**definition):
    return [INPUT, definition, LOSS]


@pytest.mark.parametrize(
    ("layer_defs", "words"),
    [
        (None, "must be a list"),
        ([], "input layer first and a loss layer"),
        ([INPUT], "input layer first and a loss layer .*regression, softmax, svm"),
        ([INPUT, {"type": "fc", "num_neurons": 3}], "loss layer"),
        ([INPUT, 5], "Layer 1 must be .*but it is 5"),
        ([LOSS], "Layer 0 .fc.*input"),
        ([INPUT, INPUT, LOSS], "Layer 1 .input.: .*first layer"),
        ([INPUT, LOSS, LOSS], r"Layer 2 \(regression.*loss layer must be the last"),
        ([INPUT, {"num_neurons": 5}, LOSS], "Layer 1: type is missing"),
        ([INPUT, {"type": "dense"}, LOSS], 'Layer 1: type must be one of input, fc, .*"dense"'),
        ([{**INPUT, "out_depth": 0}, LOSS], r"Layer 0 \(input\): out_depth .*from 1 .*0"),
        ([{"type": "input", "out_sx": 3}, LOSS], r"Layer 0 \(input\): out_depth is missing"),
        ([{**INPUT, "sx": 9}, LOSS], r"Layer 0 \(input\): out_sx and sx mean the same"),
        (fc(), r"Layer 1 \(fc\): num_neurons is missing; .*whole number from 1 to 100,000"),
        (fc(num_neurons="abc"), r'Layer 1 \(fc\): num_neurons must be a whole .*"abc"'),
        (fc(num_neurons=-1), r"Layer 1 \(fc\): num_neurons .*-1"),
        (fc(num_neurons=2.5), r"Layer 1 \(fc\): num_neurons .*2.5"),
        (fc(num_neurons=True), r"Layer 1 \(fc\): num_neurons .*is true"),
        (fc(num_neurons=float("nan")), r"Layer 1 \(fc\): num_neurons .*NaN"),
        (fc(num_neurons=10**5000), r"Layer 1 \(fc\): num_neurons .*more than 20 digits"),
        (fc(num_neurons=[1] * 1000), r"Layer 1 \(fc\): num_neurons .*a list of 1000"),
        (fc(num_neurons=5, filters=6), r"num_neurons and filters mean the same"),
        (fc(num_neurons=5, activaton="tanh"), '"activaton" is unknown; .*mean "activation"'),
        ([INPUT, {"type": "softmax", "num_classes": 2, "x": 1}], "known are add_fc, num_classes"),
        (fc(num_neurons=5, colour=1), "known are activation, .*drop_prob, .*group_size"),
        (fc(num_neuron=5), r'Layer 1 \(fc\): num_neurons is missing; .*mean it by "num_neuron"\?'),
        (fc(num_neurons=None), r"num_neurons must be .*nothing \(null\)"),
        (fc(num_neurons=""), r"num_neurons must be .*an empty text"),
        (fc(num_neurons=5, l2_decay_mult=1), '"l2_decay_mult" is .*mean "l2_decay_mul"'),
        (fc(num_neurons=5, bias_pref=float("inf")), r"Layer 1 \(fc\): bias_pref .*inf"),
        (fc(num_neurons=5, l1_decay_mul=-1), r"Layer 1 \(fc\): l1_decay_mul .*-1"),
        (fc(num_neurons=5, activation="elu"), r'Layer 1 \(fc\): activation .*relu.*"elu"'),
        (fc(num_neurons=5, activation="tanh", drop_prob=2), r"Layer 3 \(dropout\).*0 to 1"),
        (fc(num_neurons=5, group_size=2), '"group_size" is unknown'),
        (fc(num_neurons=2, activation="maxout", group_size=3), r"Layer 2 \(maxout\).*nothing"),
        (second(type="conv", filters=2, sx=9), r"Layer 1 \(conv\): nothing comes out.*8×8×1"),
        (second(type="conv", filters=2), r"Layer 1 \(conv\): sx is missing"),
        (second(type="conv", filters=2, sx=3, stride=0), r"Layer 1 \(conv\): stride .*0"),
        (second(type="conv", filters=2, sx=3, pad=-1), r"Layer 1 \(conv\): pad .*-1"),
        (second(type="pool", sx=3, sy=12), r"Layer 1 \(pool\): nothing comes out"),
        (second(type="pool", sx=2, pad=2), r"Layer 1 \(pool\): pad must be less .*2×2.*2"),
        (second(type="lrn", k=1, n=4, alpha=1, beta=1), r"Layer 1 \(lrn\): n must be an odd.*4"),
        (second(type="pool", sx=40, pad=30), r"Layer 1 \(pool\): .*at most 1000 pixels.*40×40"),
        (second(type="maxout", group_size=1001), r"Layer 1 \(maxout\): group_size .*1 to 1000"),
        (second(type="lrn", k=1, n=1001, alpha=1, beta=1), r"Layer 1 \(lrn\): n .*1 to 1000"),
        (fc(num_neurons=5, **{"a\nb": 1}), r'the field "a\\nb" is unknown'),
        (second(type="lrn", n=3, alpha=1, beta=1), r"Layer 1 \(lrn\): k is missing"),
        (fc(num_neurons=5, drop_prob=1), r"Layer 2 \(dropout\): drop_prob must be less than 1"),
        (fc(num_neurons=5, l2_decay_mul=1e20), r"l2_decay_mul .* -1e15 to 1e15"),
        ([INPUT, {**LOSS, "add_fc": False}], r"Layer 1 \(regression\): num_neurons .* only one"),
        ([INPUT, {"type": "softmax"}], r"Layer 1 \(softmax\): num_classes is missing"),
        ([INPUT, {**LOSS, "activation": "relu"}], r"Layer 2 \(regression.*activation"),
    ],
)
def test_bad_definitions_are_refused(layer_defs, words):
    with pytest.raises(ConvNetError, match=words) as error:
        Net(layer_defs)
    assert len(str(error.value)) < 300


@pytest.mark.parametrize(
    ("layer_defs", "words"),
    [
        (
            [INPUT, *[{"type": "fc", "num_neurons": 100_000}] * 100, LOSS],
            r"would need 7,9\d\d,\d{3} MB of memory, .*limit here is [\d,]+ MB; what takes most, "
            r"80,001 MB, is 2 arrays as long as the parameters of Layer \d+ \(fc\): choose",
        ),
        (
            [
                *second(type="conv", filters=100_000, sx=1, pad=1000)[:2],
                {"type": "pool", "sx": 2, "stride": 2000},
                LOSS,
            ],
            r"what takes most, 1,612,\d{3} MB, is what Layer 1 \(conv\) keeps of 1 example: choose",
        ),
        (
            [{**INPUT, "out_sx": 100_000, "out_sy": 100_000}, {**LOSS, "num_neurons": 100}],
            r"what takes most, 8,000,000 MB, .*Layer 1 \(fc",
        ),
        ([INPUT, *[{"type": "relu"}] * 2000, LOSS], r"Layer 1000 \(relu\): .*at most 1000 layers"),
    ],
)
def test_networks_too_large_are_refused_before_memory_is_taken(layer_defs, words):
    tracemalloc.start()
    try:
        with pytest.raises(ConvNetError, match=words):
            Net(layer_defs)
        assert tracemalloc.get_traced_memory()[1] < 5_000_000
    finally:
        tracemalloc.stop()


def test_a_minibatch_too_large_is_refused_before_memory_is_taken():
    net = Net([{"type": "input", "out_depth": 1}, {"type": "regression", "num_neurons": 100_000}])
    with pytest.raises(ConvNetError, match=r"Layer 1 \(fc.* keeps of 10,000,000 ex.*batch_size"):
        net.forward(np.zeros((10_000_000, 1), np.float32))
    assert net.forward(np.zeros((2, 1))).shape == (2, 1, 1, 100_000)


@pytest.mark.parametrize(
    "x",
    [
        np.zeros((2, 63)),
        np.zeros((0, 64)),
        np.zeros((2, 8, 8)),
        np.zeros(64),
        5,
        None,
        "abc",
        [[1] * 64, [1]],
        [["a"] * 64],
    ],
)
def test_a_minibatch_of_another_shape_is_refused(x):
    with pytest.raises(ConvNetError, match=r"^Layer 0 \(input\): the minibatch must"):
        Net(fc(num_neurons=2)).forward(x)


@pytest.mark.parametrize(
    "y",
    [
        np.zeros((3, 4)),
        np.zeros((2, 5)),
        np.zeros(8),
        [[1, 2, 3, 4]],
        [[1, 2, 3, 4], [1]],
        [["a"] * 4] * 2,
        "abcd",
        None,
        7,
        {},
        {"dim": 4, "val": 1},
        {"dim": -1, "val": 1},
        {"dim": 1},
        {"dim": 1, "val": "x"},
        {"dim": 1, "val": 1, "more": 2},
        [{"dim": 1, "val": 1}],
        [{"dim": 1, "val": 1}, 5],
    ],
)
def test_targets_that_do_not_fit_a_regression_are_refused(y):
    net = Net(fc(num_neurons=2))
    net.forward(np.zeros((2, 64)))
    with pytest.raises(ConvNetError, match=r"^Layer 3 \(regression\): (a )?target"):
        net.backward(y)


def test_a_class_that_is_none_is_told_with_its_example_and_the_range():
    net = Net([INPUT, {"type": "softmax", "num_classes": 3}])
    net.forward(np.zeros((2, 64)))
    with pytest.raises(ConvNetError, match=r"from 0 to 2, .* that of example 1 is 3\.$"):
        net.backward([0, 3])
    net.forward(np.zeros((1, 64)))
    with pytest.raises(ConvNetError, match=r"each of 1 example, but they are a list of 2\.$"):
        net.backward([0, 1])


def test_rows_that_differ_in_length_are_told():
    net = Net(fc(num_neurons=2))
    with pytest.raises(ConvNetError, match="rows differ: from 1 to 64 values"):
        net.forward([[1] * 64, [1]])
    net.forward(np.zeros((2, 64)))
    with pytest.raises(ConvNetError, match="a list of 2 whose items differ in length"):
        net.backward([[0] * 4, [0] * 3])


@pytest.mark.parametrize("kind", ["softmax", "svm"])
@pytest.mark.parametrize(
    "y", [[0, 4], [0, -1], [0], [[0], [1]], [0.5, 1.0], ["a", "b"], None, [False, True], {}]
)
def test_classes_that_do_not_fit_a_classifier_are_refused(kind, y):
    net = Net([INPUT, {"type": kind, "num_classes": 4}])
    net.forward(np.zeros((2, 64)))
    with pytest.raises(ConvNetError, match=rf"^Layer 2 \({kind}\): targets must be whole numbers"):
        net.backward(y)


def test_memory_that_runs_out_ends_in_a_sentence(monkeypatch):
    def fail(*arguments, **options):
        raise MemoryError

    net = Net(fc(num_neurons=2), seed=0)
    monkeypatch.setattr("convnet.layers.layer.np.full", fail)
    with pytest.raises(ConvNetError, match="not enough memory for a minibatch of 3 examples"):
        net.forward(np.zeros((3, 64)))
    monkeypatch.undo()
    assert net.forward(np.zeros((3, 64))).shape == (3, 1, 1, 4)
    zeros = np.zeros

    def fail_for_parameters(shape, *arguments, **options):
        return fail() if shape == 142 else zeros(shape, *arguments, **options)

    monkeypatch.setattr("convnet.net.np.zeros", fail_for_parameters)
    with pytest.raises(ConvNetError, match="not enough memory for 142 parameters"):
        Net(fc(num_neurons=2))


def test_backward_needs_forward():
    with pytest.raises(ConvNetError, match="forward pass"):
        Net(fc(num_neurons=2)).backward([[0] * 4])


@pytest.mark.parametrize("dtype", [np.float16, np.int32, "nonsense", None.__class__])
def test_other_types_than_float32_and_float64_are_refused(dtype):
    with pytest.raises(ConvNetError, match="dtype must be float32 or float64"):
        Net(fc(num_neurons=2), dtype=dtype)


@pytest.mark.parametrize("seed", [-1, "x", 1.5])
def test_bad_seeds_are_refused(seed):
    with pytest.raises(ConvNetError, match="seed must be a whole number from 0"):
        Net(fc(num_neurons=2), seed=seed)


def test_definitions_are_left_as_they_were():
    definitions = [
        dict(INPUT),
        {"type": "fc", "num_neurons": 4, "activation": "maxout", "group_size": 2, "drop_prob": 0.5},
        dict(LOSS),
    ]
    copies = [dict(definition) for definition in definitions]
    Net(definitions)
    assert definitions == copies


def test_synonyms_are_those_of_convnetjs():
    net = Net(
        [
            {"type": "input", "width": 3, "height": 4, "depth": 2},
            {"type": "fc", "filters": 5},
            LOSS,
        ]
    )
    assert net.layers[0].out_shape == (4, 3, 2)
    assert net.layers[1].out_shape == (1, 1, 5)


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3)
    ),
    max_leaves=8,
)
field_names = st.sampled_from(
    ["type", "num_neurons", "num_classes", "filters", "sx", "sy", "stride", "pad", "activation",
     "drop_prob", "group_size", "bias_pref", "l1_decay_mul", "k", "n", "alpha", "beta", "out_sx"]
)  # fmt: skip
values = (
    st.sampled_from(["fc", "conv", "pool", "relu", "maxout", "dropout", "lrn", "softmax", "svm"])
    | st.integers(-2, 9)
    | st.floats()
    | anything
)


@settings(max_examples=300, deadline=None, derandomize=True)
@given(st.lists(st.dictionaries(field_names, values, max_size=6) | anything, max_size=3))
def test_whatever_is_between_input_and_loss_it_works_or_is_refused(layers):
    try:
        net = Net([INPUT, *layers, LOSS], seed=0)
    except ConvNetError:
        return
    assert net.forward(np.zeros((2, 64))).shape == (2, 1, 1, 4)
    net.backward(np.zeros((2, 4)))
