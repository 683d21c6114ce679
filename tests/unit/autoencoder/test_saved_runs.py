"""A saved run goes on, and what is none is refused."""

from __future__ import annotations

import json
import math

import pytest
from serve import ROOT
from sessions import definition, load, new_session, reload, save, state, train

from convnet import ConvNetError
from convnet.corruption import Corruption
from convnet.json_text import json_pieces
from convnet.steps import finish


def test_a_saved_run_goes_on_exactly(digits, session):
    session.set_corruption(Corruption("masking", 0.25))
    train(session, 10)
    saved = save(session)
    session.step()
    other = new_session(digits, seed=99)
    load(other, saved)
    assert other.run.corruption.strength == 0.25
    assert other.run.examples_seen == 500
    other.step()
    assert other.run.net.parameters.tobytes() == session.run.net.parameters.tobytes()
    assert other.curve.examples == session.curve.examples
    assert other.run.definition == session.run.definition


def test_a_saved_run_does_not_change_while_it_is_written(session):
    train(session, 3)
    snapshot = finish(session.save())
    text = "".join(json_pieces(snapshot))
    train(session, 3)
    assert "".join(json_pieces(snapshot)) == text
    assert save(session)["layers"] != json.loads(text)["layers"]


def test_a_minibatch_that_is_half_done_is_saved_as_not_begun(digits, session):
    session.run.stretch = 20
    train(session, 4)
    assert session.run.examples_seen == 50
    before = state(session)
    snapshot = save(session)
    assert state(session) == before, "saving trains nothing"
    other = new_session(digits, seed=99)
    load(other, snapshot)
    other.run.stretch = 20
    train(session, 2)
    train(other, 3)
    assert other.run.examples_seen == session.run.examples_seen == 100
    assert other.run.net.parameters.tobytes() == session.run.net.parameters.tobytes()


def test_however_many_examples_a_run_has_seen_its_file_opens_again(session):
    snapshot = save(session)
    state = snapshot["convnet_py"]["session"]
    state["examples_seen"] = 2**53 + 2
    with pytest.raises(ConvNetError, match="examples_seen"):
        load(session, snapshot)
    state["examples_seen"] = 2**53
    load(session, snapshot)
    train(session, 3)
    load(session, save(session))
    assert session.run.examples_seen == 2**53


def test_a_network_alone_is_trained_anew_by_a_trainer_of_the_present_kind(session):
    reload(session, definition('{type:"fc", num_neurons:3}'))
    saved = {"layers": save(session)["layers"]}
    reload(
        session,
        definition(
            '{type:"fc", num_neurons:9}',
            trainer='method:"adam", learning_rate:0.003, batch_size:20, l2_decay:0.01',
        ),
    )
    session.set_learning_rate(0.004)
    train(session, 3)
    load(session, saved)
    assert {"layers": save(session)["layers"]} == saved
    options = session.run.trainer.options
    assert (options.method, options.learning_rate, options.batch_size, options.l2_decay) == (
        ("adam", 0.004, 20, 0.01)
    )
    assert session.run.trainer.rule.updates == 0
    assert session.run.examples_seen == 0
    assert session.curve.examples == []
    assert "num_neurons=3" in session.run.definition
    session.step()
    assert session.run.examples_seen == 20


def test_the_definition_of_a_loaded_network_makes_that_network(session):
    reload(session, definition('{type:"fc", num_neurons:3, activation:"relu"}'))
    shapes = [(layer.type, layer.out_shape) for layer in session.run.net.layers]
    load(session, {"layers": save(session)["layers"]})
    reload(session, session.run.definition)
    assert [(layer.type, layer.out_shape) for layer in session.run.net.layers] == shapes


def test_trying_a_network_leaves_it_as_it_was(digits, session):
    train(session, 10)
    saved = save(session)
    load(session, saved)
    again = save(session)
    assert again == saved


# What cannot be used changes nothing


def wrong_weight(snapshot):
    snapshot["layers"][1]["filters"][0]["w"][0] = math.inf


def wrong_size(snapshot):
    snapshot["layers"][1]["filters"][0]["w"].pop()


def wrong_layers(snapshot):
    snapshot["layers"] = snapshot["layers"][:-1]


def wrong_state(**values):
    def change(snapshot):
        snapshot["convnet_py"]["session"].update(values)

    return change


def wrong_trainer(snapshot):
    snapshot["convnet_py"]["trainer"]["options"]["method"] = "sgdd"


def wrong_memory(snapshot):
    accumulators = snapshot["convnet_py"]["trainer"]["accumulators"]
    accumulators["gsum"] = accumulators["gsum"][:40]


BAD_CHANGES = {
    "weight": wrong_weight,
    "size": wrong_size,
    "layers": wrong_layers,
    "trainer": wrong_trainer,
    "memory": wrong_memory,
    "negative examples": wrong_state(examples_seen=-1),
    "examples that are words": wrong_state(examples_seen="many"),
    "too much noise": wrong_state(noise=1.5),
    "noise that is a list": wrong_state(noise=[0.1]),
    "random numbers of another kind": wrong_state(random={"bit_generator": "MT19937"}),
    "a curve that falls back": wrong_state(
        curve={"examples": [2, 1], "losses": [1, 1], "stride": 200}
    ),
    "a curve that is a list": wrong_state(curve=[1, 2]),
    "a definition that is a number": wrong_state(definition=5),
}


@pytest.mark.parametrize("change", BAD_CHANGES.values(), ids=BAD_CHANGES.keys())
def test_a_snapshot_that_cannot_be_used_changes_nothing(session, change):
    train(session, 5)
    snapshot = save(session)
    train(session, 1)
    before = state(session)
    streams = session.run.random_order, session.run.random_corruption
    change(snapshot)
    with pytest.raises(ConvNetError):
        load(session, snapshot)
    assert state(session) == before
    assert (session.run.random_order, session.run.random_corruption) == streams
    train(session, 2)
    assert session.run.examples_seen == before["examples_seen"] + 100


@pytest.mark.parametrize("json", [None, [], {}, {"a": 1}, 5, "text", {"layers": []}])
def test_what_is_no_snapshot_changes_nothing(session, json):
    before = state(session)
    with pytest.raises(ConvNetError):
        load(session, json)
    assert state(session) == before


def test_a_snapshot_of_an_input_and_a_loss_and_nothing_between_changes_nothing(session):
    volume = {"out_sx": 28, "out_sy": 28, "out_depth": 1}
    loss = {
        "layer_type": "regression",
        "num_inputs": 784,
        "out_depth": 784,
        "out_sx": 1,
        "out_sy": 1,
    }
    before = state(session)
    with pytest.raises(ConvNetError, match="no layer between"):
        load(session, {"layers": [{"layer_type": "input", **volume}, loss]})
    assert state(session) == before


def test_a_snapshot_of_a_network_for_other_images_changes_nothing(session):
    golden = ROOT / "tests/golden/autoencoder_adadelta.json"
    before = state(session)
    with pytest.raises(ConvNetError, match=r"Layer 0 \(input\).*784"):
        load(session, json.loads(golden.read_text())["before"])
    assert state(session) == before


def test_a_definition_in_a_snapshot_has_a_bound(session):
    snapshot = save(session)
    snapshot["convnet_py"]["session"]["definition"] = "a" * 10_000_000
    with pytest.raises(ConvNetError, match="10,000,000 characters"):
        load(session, snapshot)
