"""Another network takes the run's place, or leaves all as it was."""

from __future__ import annotations

import pytest
from sessions import SMALL, definition, reload, save, state, train

from autoencoder.digit_map import MAP_SIZE
from autoencoder.session import DEFAULT_DEFINITION
from convnet import ConvNetError
from convnet.limits import WITH_32_BITS
from convnet.steps import finish


def test_a_reload_starts_another_network_from_nothing(session):
    train(session, 20)
    before = session.run.net.parameters.copy()
    reload(session, DEFAULT_DEFINITION)
    assert (session.run.net.parameters != before).mean() > 0.9
    assert session.run.examples_seen == 0
    assert session.curve.examples == []
    assert session.averages.loss is None
    reload(session, SMALL)
    assert session.run.definition == SMALL
    assert session.run.trainer.options.method == "sgd"


@pytest.mark.parametrize("replace", ["reload", "load"])
def test_the_run_goes_on_until_the_network_that_replaces_it_is_ready(session, replace):
    train(session, 3)
    steps = getattr(session, replace)({"load": save(session)}.get(replace, SMALL))
    old, taken = session.run.net, 0
    for _ in steps:
        assert session.run.net is old
        session.step()
        taken += 1
    assert taken > 3
    assert session.run.net is not old
    assert session.run.examples_seen == (150 if replace == "load" else 0)
    train(session, 2)


CONV = '{type:"conv", sx:5, filters:32, pad:2, activation:"relu"}'


def test_two_large_convolutions_are_trained_and_drawn(session, monkeypatch):
    # As many bytes as there are in a browser.
    monkeypatch.setattr("convnet.memory.memory_limit", lambda: WITH_32_BITS)
    reload(session, definition(CONV, CONV))
    assert session.run.stretch < 20
    while session.run.examples_seen == 0:
        session.step()
    assert session.averages.loss > 0
    while not session.digit_map.place_next(session.run.stretch):
        assert session.digit_map.codes is None
    assert session.digit_map.codes.shape == (MAP_SIZE, 2)


# What cannot be done changes nothing


EXPLODING = '{type:"lrn", k:1e-15, n:1, alpha:0, beta:9}'  # times 1e135
BAD_DEFINITIONS = {
    "empty": ("", "layers"),
    "broken off": ("layer_defs = [", r"Line 1, column \d+"),
    "unknown layer": (definition('{type:"fcc", num_neurons:5}'), "fcc"),
    "unknown field": (definition('{type:"fc", num_neuron:5}'), "num_neuron"),
    "unknown rule": (definition(trainer='method:"sgdd"'), "sgdd"),
    "too large": (definition(*['{type:"fc", num_neurons:100000}'] * 9), "need .*takes most"),
    "input of another size": (
        definition(first='{type:"input", out_sx:10, out_sy:10, out_depth:1}'),
        r"Layer 0 \(input, line 1\).*784.*100",
    ),
    "output of another size": (
        definition(last='{type:"regression", num_neurons:100}'),
        r"Layer 2 \(regression, line 1\).*784.*100",
    ),
    "a classifier": (
        definition(last='{type:"softmax", num_classes:784}'),
        r"Layer 2 \(softmax, line 1\).*regression",
    ),
    "no examples": (definition(trainer="batch_size:0"), "batch_size"),
    "too many examples": (definition(trainer="batch_size:50000"), "batch_size.*50,000"),
    "negative learning rate": (definition(trainer="learning_rate:-1"), "learning_rate"),
    "what adadelta cannot begin with": (
        definition(EXPLODING, trainer='method:"adadelta"'),
        "cannot be trained.*method",
    ),
    "what sgd cannot begin with": (
        definition(EXPLODING, trainer='method:"sgd"'),
        "cannot be trained.*learning rate",
    ),
}


@pytest.mark.parametrize(("text", "fault"), BAD_DEFINITIONS.values(), ids=BAD_DEFINITIONS.keys())
def test_a_definition_that_cannot_be_used_changes_nothing(session, text, fault):
    train(session, 5)
    before = state(session)
    with pytest.raises(ConvNetError, match=fault):
        reload(session, text)
    assert state(session) == before
    train(session, 2)
    assert session.run.examples_seen == before["examples_seen"] + 100


@pytest.mark.parametrize("size", ["0", "1.5", "1001", "1e9"])
def test_the_size_of_a_minibatch_has_one_bound(session, size):
    with pytest.raises(ConvNetError, match=r"batch_size.* from 1 to 1000,"):
        reload(session, definition(trainer=f"batch_size:{size}"))


@pytest.mark.parametrize("fault", [ValueError("array is too big"), ConvNetError("Too large.")])
def test_a_network_that_cannot_be_drawn_changes_nothing(session, fault):
    def rehearse():
        assert session.run.examples_seen == 0
        assert session.run.definition == SMALL
        yield
        raise fault

    train(session, 5)
    before = state(session)
    session.rehearse = rehearse
    with pytest.raises(type(fault)):
        reload(session, SMALL)
    assert state(session) == before
    session.rehearse = lambda: iter(())
    train(session, 2)
    assert session.run.examples_seen == 350


@pytest.mark.parametrize("replace", ["reload", "load"])
def test_a_run_is_refused_for_what_it_takes_beside_its_network(session, monkeypatch, replace):
    text = definition('{type:"fc", num_neurons:40}', trainer='method:"sgd"')
    reload(session, text)
    value = {"load": save(session), "reload": text}[replace]
    before = state(session)
    # Enough for the network and its trainer, but not for a checkpoint too.
    monkeypatch.setattr(
        "convnet.memory.memory_limit", lambda: 7 * session.run.net.parameters.nbytes
    )
    with pytest.raises(ConvNetError, match=r"would need \d MB .*limit here is"):
        finish(getattr(session, replace)(value))
    assert state(session) == before
