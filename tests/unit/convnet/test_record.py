"""Records: a run as bytes goes on with the same bits, and bytes that are none are refused."""

from __future__ import annotations

import copy
import json
from contextlib import suppress
from hashlib import sha256

import numpy as np
import pytest
from hostile_json import paths
from hypothesis import given, settings
from hypothesis import strategies as st
from small_networks import EVERY_LAYER

from convnet import ConvNetError, record
from convnet.corruption import Corruption
from convnet.definition import format_definition
from convnet.mnist import Digits
from convnet.run import OF_A_RUN, Run
from convnet.steps import finish
from convnet.updates import RULES

AUTOENCODER = """
net = Net([
    dict(type="input", out_sx=3, out_sy=4, out_depth=1),
    dict(type="fc", num_neurons=8, activation="tanh", drop_prob=0.3),
    dict(type="fc", num_neurons=6, activation="maxout", drop_prob=0.1),
    dict(type="regression", num_neurons=12),
])
trainer = Trainer(net, method="adam", learning_rate=0.01, batch_size=10, l2_decay=0.001)
"""


def digits(height=4, width=3):
    images = np.random.default_rng(0).integers(0, 256, (100, height, width), np.uint8)
    return Digits(images, (np.arange(100) % 5).astype(np.uint8))


DATASET = digits()


def new(definition=AUTOENCODER, dataset=DATASET, **choices):
    defaults = {"seed": 1, "corruption": Corruption("masking", 0.2)}
    return finish(Run.in_steps(definition, dataset, **defaults | choices))


def recorded(run):
    return [bytes(piece) for piece in run.to_record()]


def bits(run):
    """All that a record says of a run, to be compared."""
    return sha256(b"".join(recorded(run))).hexdigest()


def opened(pieces, dataset=DATASET):
    return finish(Run.from_record_in_steps(pieces, dataset))


def train(run, updates):
    done = 0
    while done < updates:
        done += run.step() is not None
    return run


# Going on


@pytest.mark.parametrize("method", RULES)
def test_a_run_goes_on_with_the_same_bits_by_every_rule(method):
    run = train(new(AUTOENCODER.replace("adam", method)), 5)
    before = bits(run)
    other = opened(recorded(run))
    assert bits(other) == before
    for each in (run, other):
        train(each, 20)
    assert bits(other) == bits(run)
    assert bits(run) != before


def test_every_kind_of_layer_comes_back():
    dataset = digits(6, 6)
    layers = [*EVERY_LAYER[:-1], {"type": "softmax", "num_classes": 5}]
    run = train(new(format_definition(layers, {"batch_size": 4}), dataset), 3)
    other = opened(recorded(run), dataset)
    for each in (run, other):
        train(each, 5)
    assert bits(other) == bits(run)


@pytest.mark.parametrize("parts", [1, 2])
def test_a_minibatch_that_is_half_done_is_drawn_again(parts):
    run = new()
    run.stretch = 4
    train(run, 3)
    before = bits(run)
    for _ in range(parts):
        assert run.step() is None
    assert bits(run) == before, "what is half done has been recorded"
    other = opened(recorded(run))
    other.stretch = 4
    for each in (run, other):
        train(each, 4)
    assert bits(other) == bits(run)


def test_pieces_are_small_and_may_be_cut_anew():
    run = train(new(AUTOENCODER.replace("=8", "=30000")), 1)
    pieces = recorded(run)
    assert len(pieces) > 3
    assert max(map(len, pieces)) <= record.PIECE
    rest = b"".join(pieces[1:])
    cut = [rest[i : i + 700_001] for i in range(0, len(rest), 700_001)]
    for again in (
        [pieces[0], rest],
        [pieces[0], b"", *cut, b""],
        [pieces[0], *cut[:1], b"", *cut[1:]],
    ):
        assert recorded(opened(again)) == pieces


def test_pieces_lie_in_memory_that_training_changes_and_are_not_copied():
    run = new()
    description, *pieces = run.to_record()
    before = list(map(bytes, pieces))
    train(run, 1)
    assert any(a != b for a, b in zip(map(bytes, pieces), before, strict=True))
    assert json.loads(description)["session"]["examples_seen"] == 0


def test_a_record_and_a_snapshot_say_the_same_of_a_run():
    run = train(new(), 2)
    run.beside["curve"] = {"examples": [1]}
    session = json.loads(recorded(run)[0])["session"]
    assert session == json.loads(json.dumps(run.to_json()["convnet_py"]["session"]))
    assert sorted(session) == sorted([*OF_A_RUN, "curve"])
    other = opened(recorded(run))
    assert other.beside == {"curve": {"examples": [1]}}
    assert (other.seed, other.corruption, other.repeatable) == (1, run.corruption, True)
    assert other.definition == AUTOENCODER


def test_the_longest_definition_comes_back_whatever_it_is_written_in():
    run = new()
    run.definition = AUTOENCODER + "# " + "\u6f22\ud800" * 140_000
    assert opened(recorded(run)).definition == run.definition


# What is refused


PIECES = recorded(train(new(AUTOENCODER), 2))


def refused(pieces, words=None):
    """Fails unless pieces are refused, in one sentence."""
    with pytest.raises(ConvNetError, match=words) as error:
        opened(pieces)
    said = str(error.value)
    assert said.endswith((".", "?"))
    assert "\n" not in said
    assert len(said) < 300


def described(**changes):
    """The record with another description."""
    return [json.dumps(json.loads(PIECES[0]) | changes).encode(), *PIECES[1:]]


@pytest.mark.parametrize(
    ("pieces", "words"),
    [
        ([], "no JSON text yet|not JSON|breaks off"),
        ([b""], "not JSON|breaks off"),
        ([b"\xff\xfe"], "description is not JSON"),
        ([b"[" * 100_000], "nested|not JSON"),
        ([b"[]"], "The record must be a set of named fields"),
        ([b" " * 5_000_000], "description is too long"),
        (PIECES[:1], "ends too early"),
        ([*PIECES[:-1], PIECES[-1][:-1]], "ends too early"),
        ([*PIECES, b"\0"], "goes on after its end"),
        ([*PIECES, b"", b"\0"], "goes on after its end"),
        (described(version=2), "version must be 1"),
        (described(layers=[5]), "layers must be a set"),
        (described(layers=[]), "input layer first"),
        (described(options={"method": "foo"}), "method must be"),
        (described(options={"net": 1}), '"net" is unknown'),
        (described(updates=-1), "updates must be"),
        (described(random={}), "random: bit_generator is missing"),
        (described(session=[]), "session must be"),
        (described(session={"seed": -1}), "seed must be"),
        (described(session={"seed": 2**64}), "seed must be"),
        (described(session={"repeatable": 1}), "repeatable must be"),
        (described(session={"random": {"order": 1}}), "order must be"),
        (described(session={"random": {}}), "random: order is missing"),
    ],
)
def test_what_is_no_record_is_refused(pieces, words):
    refused(pieces, words)


@pytest.mark.parametrize(
    ("place", "number", "words"),
    [
        (0, np.nan, "parameter that is not a finite number"),
        (0, np.inf, "parameter that is not a finite number"),
        (1, np.nan, "finite numbers"),
        (2, -1, "sums of squares, none below 0"),
    ],
)
def test_numbers_that_training_never_leaves_are_refused(place, number, words):
    run = new()
    run.trainer.state.arrays[place][3] = number
    refused(recorded(run), words)


def test_a_network_that_no_memory_could_hold_is_refused_before_any_is_taken():
    fc = {"type": "fc", "num_neurons": 100_000}
    first, *_, last = json.loads(PIECES[0])["layers"]
    refused(described(layers=[first, *[fc] * 200, last]), "limit here is")


def train_or_be_refused(pieces):
    """Fails if pieces do anything else than open as a run that can be trained, or be refused."""
    with suppress(ConvNetError):
        train(opened(pieces), 1)


ALL = b"".join(PIECES[1:])
places = st.integers(0, len(PIECES[0]) + len(ALL) - 1)
change = st.tuples(places, st.binary(max_size=4), st.integers(0, 40))


@settings(max_examples=300, deadline=None, derandomize=True)
@given(st.lists(change, min_size=1, max_size=4))
def test_whatever_bytes_are_changed_a_record_opens_or_is_refused(changes):
    pieces = [PIECES[0], ALL]
    for place, inserted, removed in changes:
        which = int(place >= len(PIECES[0]))
        at = place - which * len(PIECES[0])
        pieces[which] = pieces[which][:at] + inserted + pieces[which][at + removed :]
    train_or_be_refused(pieces)


junk = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**70), 2**70)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=5)
    | st.sampled_from(["fc", "conv", "sgd", "SFC64", 10**400, -1, 0, 100_000]),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3)
    ),
    max_leaves=5,
)
DESCRIPTION = json.loads(PIECES[0])
named = st.lists(
    st.tuples(st.sampled_from([path for path in paths(DESCRIPTION) if path]), junk),
    min_size=1,
    max_size=3,
)


@settings(max_examples=300, deadline=None, derandomize=True)
@given(named)
def test_whatever_a_record_says_it_opens_or_is_refused(changes):
    description = copy.deepcopy(DESCRIPTION)
    for (*parents, last), value in changes:
        inner = description
        try:
            for key in parents:
                inner = inner[key]
            inner[last] = value
        except (KeyError, IndexError, TypeError):
            pass  # an earlier change took the place away
    train_or_be_refused([json.dumps(description).encode(), *PIECES[1:]])


@settings(max_examples=200, deadline=None, derandomize=True)
@given(st.lists(st.binary(max_size=200), max_size=4))
def test_whatever_pieces_there_are_they_are_a_record_or_refused(pieces):
    refused(pieces)
