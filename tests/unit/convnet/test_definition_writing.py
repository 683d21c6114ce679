"""Definitions: how they are written, so that they are read back equal."""

import pytest
from definition_texts import DEFAULT_LAYERS, DEFAULT_OPTIONS
from hypothesis import given, settings
from hypothesis import strategies as st

from convnet.definition import compact_definition, format_definition, parse_definition
from convnet.errors import ConvNetError

NAMES = st.one_of(
    st.sampled_from(["type", "num_neurons", "class", "true", "None", "", "two words", "größe"]),
    st.text(max_size=12),
)
SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(10**15), 10**15),
    st.floats(-1e15, 1e15),
    st.text(max_size=30),
)
FIELDS = st.dictionaries(NAMES, SCALARS, max_size=6)


def test_a_definition_is_written_in_python_one_layer_a_line():
    assert format_definition(DEFAULT_LAYERS[-2:], DEFAULT_OPTIONS) == (
        "layer_defs = [\n"
        '    dict(type="fc", num_neurons=50, activation="tanh"),\n'
        '    dict(type="regression", num_neurons=784),\n'
        "]\n"
        "net = Net(layer_defs)\n"
        'trainer = Trainer(net, learning_rate=1, method="adadelta", batch_size=50, '
        "l2_decay=0.001, l1_decay=0.001)\n"
    )


def test_without_options_no_trainer_is_written():
    assert "Trainer" not in format_definition(DEFAULT_LAYERS, {})


@settings(max_examples=300, deadline=None)  # a busy machine is no fault
@given(st.lists(FIELDS, min_size=1, max_size=5), FIELDS)
def test_what_is_written_is_read_back_equal(layers, options):
    text = format_definition(layers, options)
    assert parse_definition(text) == (layers, options)
    compile(text, "definition", "exec")


@settings(max_examples=300, deadline=None)
@given(st.lists(FIELDS, min_size=1, max_size=5), FIELDS)
def test_what_is_written_for_an_address_is_read_back_equal(layers, options):
    text = compact_definition(layers, options)
    assert parse_definition(text) == (layers, options)
    compile(text, "definition", "exec")


def test_for_an_address_a_definition_is_one_line_without_spaces_and_double_quotes():
    assert compact_definition(DEFAULT_LAYERS[-2:], DEFAULT_OPTIONS) == (
        "Trainer(Net([dict(type='fc',num_neurons=50,activation='tanh'),"
        "dict(type='regression',num_neurons=784)]),"
        "learning_rate=1,method='adadelta',batch_size=50,l2_decay=0.001,l1_decay=0.001)"
    )
    assert compact_definition(DEFAULT_LAYERS[-1:], {}) == (
        "Net([dict(type='regression',num_neurons=784)])"
    )


@pytest.mark.parametrize("value", [[1], {"a": 1}, float("nan"), float("inf"), 10**16, object()])
def test_what_no_definition_can_hold_is_not_written(value):
    with pytest.raises(ConvNetError, match=r'^Layer 1: .*"x"'):
        format_definition([{"type": "a"}, {"x": value}], {})
    with pytest.raises(ConvNetError, match=r'^The trainer: .*"x"'):
        format_definition([{"type": "a"}], {"x": value})
