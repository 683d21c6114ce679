"""Runs beside each other: what differs among them, as their records say it."""

from __future__ import annotations

import json

import pytest
from sessions import SMALL, definition, reload, train

from autoencoder.comparison import duration, from_record, layers_in_words, of_session, rows
from convnet import ConvNetError, parse_definition
from convnet.construction import layers_from_definitions
from convnet.corruption import Corruption
from convnet.steps import finish

ALWAYS = ["examples", "time trained", "loss", "test loss", "class agreement"]


def description(session) -> bytes:
    return finish(session.record(bytes))[0]


def kept(session, title="A"):
    """The session's run as it is kept, to be compared."""
    return finish(from_record(title, description(session), session.averages.loss))


def table(*runs):
    return {row.label: row.values for row in rows(runs)}


def test_a_run_differs_from_itself_in_nothing(session):
    train(session, 3)
    this, other = of_session(session), kept(session)
    assert list(table(this, other)) == ALWAYS
    for values in table(this, other).values():
        assert values[0] == values[1]
    assert other.curve.to_json() == session.curve.to_json()


def test_what_was_set_otherwise_is_told_and_nothing_else(session):
    reload(session, SMALL)
    train(session, 3)
    other = kept(session)
    finish(session.reload(SMALL, session.run.seed + 1))
    session.set_corruption(Corruption("masking", 0.5))
    session.set_learning_rate(0.02)
    found = table(of_session(session), other)
    seed = session.run.seed
    assert list(found) == ["learning rate", "noise", "seed", *ALWAYS]
    assert found["learning rate"] == ["0.02", "0.01"]
    assert found["noise"] == ["50%", "10%"]
    assert found["seed"] == [str(seed), str(seed - 1)]
    assert found["examples"] == ["0", "3"]
    assert found["loss"][0] == "–"


def test_noise_is_told_with_its_kind_also_of_a_kept_run(session):
    masked = kept(session)
    session.set_corruption(Corruption("gaussian", 0.3))
    found = table(of_session(session), kept(session), masked)
    assert found["noise"] == ["Gaussian 0.30", "Gaussian 0.30", "10%"]


def test_other_networks_are_told_in_words_and_equal_ones_by_their_layers(session):
    other = kept(session)
    reload(session, SMALL)
    found = table(of_session(session), other)
    tanh = " – ".join(["50 tanh"] * 2)
    assert found["network"] == ["784 – 4 – 784", f"784 – {tanh} – 2 – {tanh} – 784"]
    assert found["method"] == ["sgd", "adadelta"]
    assert found["learning rate"] == ["0.01", "–"]
    assert not any(label.startswith("layer ") for label in found)
    freed = '{type:"fc", num_neurons:4, l2_decay_mul:0.5}'
    plain = kept(session)
    reload(session, definition(freed, trainer='method:"sgd", learning_rate:0.01'))
    found = table(of_session(session), plain)
    assert found["layer 1: l2_decay_mul"] == ["0.5", "–"]
    assert "network" not in found


@pytest.mark.parametrize(
    ("seconds", "text"), [(0.4, "0 s"), (75, "1 min 15 s"), (7500, "2 h 5 min"), (1e9, "277,777 h")]
)
def test_times_are_told_as_people_read_them(seconds, text):
    assert duration(seconds).startswith(text)


def test_all_kinds_of_layers_have_words():
    layer_defs, _ = parse_definition(
        definition(
            '{type:"conv", sx:5, filters:6, activation:"relu"}',
            '{type:"lrn", k:1, n:3, alpha:1, beta:0.75}',
            '{type:"pool", sx:2}',
            '{type:"fc", num_neurons:2, activation:"maxout", drop_prob:0.5}',
        )
    )
    words = layers_in_words(layers_from_definitions(layer_defs))
    assert words == "784 – conv 6 relu lrn – pool 6 – 2 maxout dropout – 784"


def without(name):
    return lambda values: values.pop(name)


def with_session(**fields):
    return lambda values: values["session"].update(fields)


@pytest.mark.parametrize(
    "damage",
    [
        without("layers"),
        without("session"),
        lambda values: values.update(layers=["<b>"]),
        lambda values: values.update(layers=[{"type": "input", "out_sx": "<b>"}]),
        lambda values: values.update(options={"method": "<b>"}),
        with_session(noise="much"),
        with_session(seed=-1),
        with_session(curve={"examples": [1], "losses": ["high"], "stride": 200}),
    ],
)
def test_what_is_no_description_is_refused(session, damage):
    values = json.loads(description(session))
    damage(values)
    with pytest.raises(ConvNetError):
        finish(from_record("A", json.dumps(values).encode(), None))


@pytest.mark.parametrize("data", [b"", b"\xff\x00", b"[]", b"{}", b"[" * 10_000, b"9" * 5_000_000])
def test_bytes_that_are_none_are_refused(data):
    with pytest.raises(ConvNetError):
        finish(from_record("A", data, None))
