"""A run: it trains, does what it is told, and is left as it was by what it cannot do."""

from __future__ import annotations

import json
import math

import numpy as np
import pytest
from serve import ROOT

from autoencoder.digits import Digits
from autoencoder.session import DEFAULT_DEFINITION, MAP_SIZE, Session
from convnet import ConvNetError
from convnet.chance import generator_to_json
from convnet.json_text import json_pieces
from convnet.limits import WITH_32_BITS
from convnet.mnist import decode_shard
from convnet.steps import finish

INPUT = '{type:"input", out_sx:28, out_sy:28, out_depth:1}'
OUTPUT = '{type:"regression", num_neurons:784}'
ALL = slice(None)


@pytest.fixture(scope="module")
def shards():
    """The first two shards of MNIST, as `python3 serve.py --prepare` makes them."""
    folder = ROOT / "assets/mnist"
    entries = json.loads((folder / "manifest.json").read_text())["train"][:2]
    return [decode_shard((folder / entry["file"]).read_bytes(), entry) for entry in entries]


@pytest.fixture
def digits(shards):
    digits = Digits(4000)
    digits.add(*shards[0])
    return digits


@pytest.fixture
def session(digits):
    return Session(digits, seed=1)


def definition(*hidden, first=INPUT, last=OUTPUT, trainer="batch_size:50"):
    layers = ", ".join([first, *hidden, last])
    return f"net = Net([{layers}]); trainer = Trainer(net, {{{trainer}}});"


SMALL = definition('{type:"fc", num_neurons:4}', trainer='method:"sgd", learning_rate:0.01')


def train(session, steps):
    for _ in range(steps):
        session.step()


def reload(session, text):
    finish(session.reload_in_steps(text))


def save(session):
    return json.loads("".join(json_pieces(finish(session.save_in_steps()))))


def load(session, snapshot):
    finish(session.load_in_steps(snapshot))


def state(session):
    """All that a visitor could miss if it were gone."""
    rule = session.trainer.rule
    arrays = [session.net.parameters, *(getattr(rule, name) for name in rule.accumulators)]
    return {
        "objects": [
            id(each) for each in (session.net, session.trainer, session.averages, session.curve)
        ],
        "arrays": [array.tobytes() for array in arrays],
        "options": dict(vars(session.trainer.options)),
        "curve": (list(session.curve.examples), list(session.curve.losses)),
        "loss": session.averages.loss,
        "definition": session.definition,
        "examples_seen": session.examples_seen,
        "generation": session.generation,
        "map": (session.map_layer, list(session.map_neurons)),
        "noise": session.noise,
        "paused": session.paused,
    }


# Training


def test_the_loss_falls(session):
    train(session, 20)
    first = session.averages.loss
    train(session, 200)
    assert session.averages.loss < 0.7 * first
    assert session.averages["cost_loss"] < 32


def test_the_network_that_a_run_begins_with_has_a_bottleneck_of_two(session):
    kinds = [(layer.type, layer.num_outputs) for layer in session.net.layers]
    assert kinds[5] == ("fc", 2)
    assert kinds[-1] == ("regression", 784)
    assert session.definition == DEFAULT_DEFINITION
    assert not session.paused
    assert session.examples_seen == 0


def test_a_step_is_one_minibatch(session):
    train(session, 3)
    assert session.examples_seen == 150
    reload(session, definition(trainer="batch_size:7"))
    train(session, 3)
    assert session.examples_seen == 21


def test_the_network_sees_noise_and_is_judged_by_the_clean_image(session):
    seen = []
    original = session.trainer.train
    session.trainer.train = lambda x, y: (seen.append((x.copy(), y.copy())), original(x, y))[1]
    session.set_noise(0.5)
    session.step()
    ((x, y),) = seen
    assert (x != y).mean() > 0.03
    assert ((x == y) | (x == 0)).all()


def test_digits_that_come_later_are_trained_on(session, shards):
    session.digits.add(*shards[1])
    train(session, 20)
    assert session._minibatch.chosen.max() >= 2000


def test_numbers_and_curve_follow_the_run(session):
    train(session, 10)
    assert session.curve.examples[0] == 50
    assert session.curve.losses[-1] > 0
    assert session.averages["forward_time"] > 0
    assert session.speed.examples_per_second > 0


def test_the_same_seed_is_the_same_run(digits):
    first, same, other = (Session(digits, seed) for seed in (5, 5, 6))
    for session in (first, same, other):
        train(session, 5)
    assert (first.net.parameters == same.net.parameters).all()
    assert (first.net.parameters != other.net.parameters).any()


def test_a_pause_forgets_the_speed_and_nothing_else(session):
    train(session, 5)
    before = state(session)
    session.set_paused(True)
    assert session.paused
    assert session.speed.examples_per_second is None
    session.set_paused(False)
    assert state(session) == before


def test_the_current_example_is_clean_corrupted_and_reconstructed(session):
    session.set_noise(0.3)
    session.step()
    clean, corrupted, reconstruction = session.reconstruct_current()
    assert clean.shape == corrupted.shape == reconstruction.shape == (784,)
    assert ((corrupted == clean) | (corrupted == 0)).all()
    assert (corrupted != clean).any()
    assert (session.net.layers[0].out_act.ravel() == corrupted).all()
    assert (session.net.forward(corrupted[None]).ravel() == reconstruction).all()


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
        r"Layer 0 \(input\).*784.*100",
    ),
    "output of another size": (
        definition(last='{type:"regression", num_neurons:100}'),
        r"Layer 2 \(regression\).*784.*100",
    ),
    "a classifier": (
        definition(last='{type:"softmax", num_classes:784}'),
        r"Layer 2 \(softmax\).*regression",
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
    assert session.examples_seen == before["examples_seen"] + 100


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
    random = session.random
    change(snapshot)
    with pytest.raises(ConvNetError):
        load(session, snapshot)
    assert state(session) == before
    assert session.random is random
    train(session, 2)
    assert session.examples_seen == before["examples_seen"] + 100


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


def test_trying_a_network_leaves_it_as_it_was(digits, session):
    train(session, 10)
    saved = save(session)
    load(session, saved)
    again = save(session)
    assert again == saved


@pytest.mark.parametrize("fault", [ValueError("array is too big"), ConvNetError("Too large.")])
def test_a_network_that_cannot_be_drawn_changes_nothing(session, fault):
    def rehearse():
        assert session.examples_seen == 0
        assert session.definition == SMALL
        yield
        raise fault

    train(session, 5)
    before = state(session)
    session.rehearse = rehearse
    with pytest.raises(type(fault)):
        reload(session, SMALL)
    after = state(session)
    assert after.pop("generation") != before.pop("generation"), "views would not draw it again"
    assert after == before
    session.rehearse = lambda: iter(())
    train(session, 2)
    assert session.examples_seen == 350


@pytest.mark.parametrize("size", ["0", "1.5", "1001", "1e9"])
def test_the_size_of_a_minibatch_has_one_bound(session, size):
    with pytest.raises(ConvNetError, match=r"batch_size.* from 1 to 1000,"):
        reload(session, definition(trainer=f"batch_size:{size}"))


def test_a_definition_in_a_snapshot_has_a_bound(session):
    snapshot = save(session)
    snapshot["convnet_py"]["session"]["definition"] = "a" * 10_000_000
    with pytest.raises(ConvNetError, match="10,000,000 characters"):
        load(session, snapshot)


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
    assert session.examples_seen == 2**53


def test_the_rate_that_the_text_says_is_known_beside_the_trainers(session):
    reload(session, SMALL)
    session.set_learning_rate("0.02")
    assert (session.defined_rate, session.trainer.learning_rate) == (0.01, 0.02)
    load(session, save(session))
    assert (session.defined_rate, session.trainer.learning_rate) == (0.01, 0.02)
    reload(session, SMALL)
    assert (session.defined_rate, session.trainer.learning_rate) == (0.01, 0.01)


def test_an_interruption_is_known_and_does_not_count_for_the_speed(session):
    train(session, 3)
    session.note_interruption(20.0)
    assert session.interruption_s == 20
    assert session.speed.examples_per_second is None
    session.set_paused(True)
    assert session.interruption_s is None


def test_a_snapshot_of_a_network_for_other_images_changes_nothing(session):
    golden = ROOT / "tests/golden/autoencoder_adadelta.json"
    before = state(session)
    with pytest.raises(ConvNetError, match=r"Layer 0 \(input\).*784"):
        load(session, json.loads(golden.read_text())["before"])
    assert state(session) == before


@pytest.mark.parametrize(
    "text",
    ["abc", "", " ", "nan", "inf", "-inf", "-1", "1e999", "0,1", "0.1 0.2", "1j", "9" * 9999],
)
def test_a_learning_rate_that_cannot_be_used_changes_nothing(session, text):
    train(session, 2)
    before = state(session)
    with pytest.raises(ConvNetError, match=r"learning.rate"):
        session.set_learning_rate(text)
    assert state(session) == before


@pytest.mark.parametrize("noise", [-0.1, 0.91, math.nan, math.inf])
def test_a_share_of_noise_that_cannot_be_used_changes_nothing(session, noise):
    with pytest.raises(ConvNetError, match="noise"):
        session.set_noise(noise)
    assert session.noise == 0.1


# Settings


@pytest.mark.parametrize(
    ("text", "rate"), [("0.5", 0.5), (" 1e-3 ", 1e-3), ("0", 0), ("2", 2), ("+.25", 0.25)]
)
def test_a_learning_rate_is_the_trainers(session, text, rate):
    session.set_learning_rate(text)
    assert session.trainer.learning_rate == rate
    assert session.trainer.options.learning_rate == rate


def test_a_learning_rate_of_0_stops_learning(session):
    reload(session, definition(trainer='method:"sgd", momentum:0, learning_rate:0.01'))
    train(session, 2)
    session.set_learning_rate("0")
    before = session.net.parameters.copy()
    train(session, 2)
    assert (session.net.parameters == before).all()
    session.set_learning_rate("0.01")
    session.step()
    assert (session.net.parameters != before).any()


def test_a_reload_starts_another_network_from_nothing(session):
    train(session, 20)
    before = session.net.parameters.copy()
    generation = session.generation
    reload(session, DEFAULT_DEFINITION)
    assert (session.net.parameters != before).mean() > 0.9
    assert session.examples_seen == 0
    assert session.curve.examples == []
    assert session.averages.loss is None
    assert session.generation != generation
    reload(session, SMALL)
    assert session.definition == SMALL
    assert session.trainer.options.method == "sgd"


def test_a_cleared_curve_fills_again(session):
    train(session, 5)
    session.clear_curve()
    assert session.curve.examples == []
    session.step()
    assert session.curve.examples == [300]


# Saving and going on


def test_a_saved_run_goes_on_exactly(digits, session):
    session.set_noise(0.25)
    train(session, 10)
    saved = save(session)
    session.step()
    other = Session(digits, seed=99)
    load(other, saved)
    assert other.noise == 0.25
    assert other.examples_seen == 500
    other.step()
    assert other.net.parameters.tobytes() == session.net.parameters.tobytes()
    assert other.curve.examples == session.curve.examples
    assert other.definition == session.definition


def test_a_saved_run_does_not_change_while_it_is_written(session):
    train(session, 3)
    snapshot = finish(session.save_in_steps())
    text = "".join(json_pieces(snapshot))
    train(session, 3)
    assert "".join(json_pieces(snapshot)) == text
    assert save(session)["layers"] != json.loads(text)["layers"]


CONV = '{type:"conv", sx:5, filters:32, pad:2, activation:"relu"}'


def test_two_large_convolutions_are_trained_and_drawn(session, monkeypatch):
    # As many bytes as there are in a browser.
    monkeypatch.setattr("convnet.memory.memory_limit", lambda: WITH_32_BITS)
    reload(session, definition(CONV, CONV))
    assert session.stretch < 20
    while session.examples_seen == 0:
        session.step()
    assert session.averages.loss > 0
    assert session.map_codes(slice(0, session.stretch)).shape == (session.stretch, 2)


@pytest.mark.parametrize("replace", ["reload_in_steps", "load_in_steps"])
def test_a_run_is_refused_for_what_it_takes_beside_its_network(session, monkeypatch, replace):
    text = definition('{type:"fc", num_neurons:40}', trainer='method:"sgd"')
    reload(session, text)
    value = {"load_in_steps": save(session), "reload_in_steps": text}[replace]
    before, random = session.net, generator_to_json(session.random)
    # Enough for the network and its trainer, but not for a checkpoint too.
    monkeypatch.setattr("convnet.memory.memory_limit", lambda: 7 * session.net.parameters.nbytes)
    with pytest.raises(ConvNetError, match=r"would need \d MB .*limit here is"):
        finish(getattr(session, replace)(value))
    assert session.net is before
    assert generator_to_json(session.random) == random  # no network was begun


def test_a_network_that_makes_steps_long_takes_less_at_once(session):
    for stretch in (25, 12, 6, 3, 1, 1):
        session.take_less()
        assert session.stretch == stretch
    for _ in range(50):
        session.step()
    assert session.examples_seen == 50


def test_a_minibatch_that_is_half_done_is_finished_before_it_is_saved(session):
    session.stretch = 20
    session.step()
    assert session.examples_seen == 0
    assert save(session)["convnet_py"]["session"]["examples_seen"] == 50
    session.step()
    assert session.examples_seen == 50


@pytest.mark.parametrize("replace", ["reload_in_steps", "load_in_steps"])
def test_the_run_goes_on_until_the_network_that_replaces_it_is_ready(session, replace):
    train(session, 3)
    steps = getattr(session, replace)({"load_in_steps": save(session)}.get(replace, SMALL))
    old, taken = session.net, 0
    for _ in steps:
        assert session.net is old
        session.step()
        taken += 1
    assert taken > 3
    assert session.net is not old
    assert session.examples_seen == (150 if replace == "load_in_steps" else 0)
    train(session, 2)


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
    session.set_learning_rate("0.004")
    train(session, 3)
    load(session, saved)
    assert {"layers": save(session)["layers"]} == saved
    options = session.trainer.options
    assert (options.method, options.learning_rate, options.batch_size, options.l2_decay) == (
        ("adam", 0.004, 20, 0.01)
    )
    assert session.trainer.rule.updates == 0
    assert session.examples_seen == 0
    assert session.curve.examples == []
    assert "num_neurons=3" in session.definition
    session.step()
    assert session.examples_seen == 20


def test_the_definition_of_a_loaded_network_makes_that_network(session):
    reload(session, definition('{type:"fc", num_neurons:3, activation:"relu"}'))
    shapes = [(layer.type, layer.out_shape) for layer in session.net.layers]
    load(session, {"layers": save(session)["layers"]})
    reload(session, session.definition)
    assert [(layer.type, layer.out_shape) for layer in session.net.layers] == shapes


# The map


def test_the_map_has_200_digits_which_stay_the_same(session, shards):
    images, labels = session.map_images.copy(), session.map_labels.copy()
    assert images.shape == (MAP_SIZE, 784)
    assert images.min() == 0
    assert images.max() == 1
    session.digits.add(*shards[1])
    train(session, 5)
    reload(session, SMALL)
    assert (session.map_images == images).all()
    assert (session.map_labels == labels).all()
    assert (labels == shards[0][1][:MAP_SIZE]).all()


def test_the_map_begins_with_the_narrowest_hidden_layer(session):
    assert (session.map_layer, session.map_neurons) == (5, [0, 1])
    reload(session, definition('{type:"fc", num_neurons:9}', '{type:"fc", num_neurons:3}'))
    assert (session.map_layer, session.map_neurons) == (2, [0, 1])


def test_the_map_shows_the_firings_of_the_chosen_neurons(session):
    session.choose_map_layer(3)
    for _ in range(4):
        session.cycle_map_neurons()
    codes = session.map_codes(ALL)
    assert codes.shape == (MAP_SIZE, 2)
    session.net.forward(session.map_images)
    assert (codes == session.net.layers[3].out_act[:, 0, 0, 4:6]).all()


def test_the_map_can_be_made_in_parts(session):
    parts = [session.map_codes(slice(start, start + 70)) for start in range(0, MAP_SIZE, 70)]
    assert [len(part) for part in parts] == [70, 70, 60]
    np.testing.assert_allclose(np.concatenate(parts), session.map_codes(ALL), atol=1e-6)


def test_the_map_shows_the_mean_where_a_layer_has_an_area(session):
    reload(session, definition('{type:"conv", sx:5, filters:6, stride:4}'))
    session.choose_map_layer(1)
    session.cycle_map_neurons()
    codes = session.map_codes(ALL)
    session.net.forward(session.map_images)
    volume = session.net.layers[1].out_act
    assert volume.shape[1] > 1
    np.testing.assert_allclose(codes, volume[..., 1:3].mean(axis=(1, 2)), atol=1e-7)


@pytest.mark.parametrize("depth", [1, 2, 3, 50])
def test_cycling_goes_through_all_neurons_and_begins_again(session, depth):
    reload(session, definition(f'{{type:"fc", num_neurons:{depth}}}'))
    session.choose_map_layer(1)
    pairs = []
    for _ in range(depth):
        pairs.append(tuple(session.map_neurons))
        session.cycle_map_neurons()
    assert pairs == [(first, (first + 1) % depth) for first in range(depth)]
    assert tuple(session.map_neurons) == pairs[0]
    assert session.map_codes(ALL).shape == (MAP_SIZE, 2)


def test_choosing_a_layer_begins_with_its_first_neurons(session):
    session.choose_map_layer(1)
    session.cycle_map_neurons()
    session.choose_map_layer(3)
    assert (session.map_layer, session.map_neurons) == (3, [0, 1])


@pytest.mark.parametrize("index", [-1, 0, 11, 12, 99])
def test_only_layers_between_input_and_loss_have_a_map(session, index):
    session.choose_map_layer(3)
    session.cycle_map_neurons()
    with pytest.raises(ConvNetError, match=str(index)):
        session.choose_map_layer(index)
    assert (session.map_layer, session.map_neurons) == (3, [1, 2])


# Divergence

DIVERGING = definition(
    '{type:"fc", num_neurons:10, activation:"tanh"}',
    trainer='method:"sgd", learning_rate:0.001, momentum:0.9, batch_size:50',
)


def diverge(session):
    with pytest.raises(ConvNetError, match="paused") as caught:
        train(session, 1000)
    return str(caught.value)


def test_a_run_that_diverges_is_paused_at_its_last_good_state(session):
    reload(session, DIVERGING)
    train(session, 30)
    good = session.net.parameters.copy()
    session.set_learning_rate("1e6")
    sentence = diverge(session)
    assert session.paused
    assert (session.net.parameters == good).all()
    assert session.examples_seen == 1500
    assert "1,500" in sentence
    assert "learning rate" in sentence
    save(session)  # refuses what is not finite


BLOWING_UP = definition(
    '{type:"fc", num_neurons:20, activation:"relu"}',
    '{type:"fc", num_neurons:2}',
    trainer='method:"sgd", learning_rate:0.001, momentum:0.9, batch_size:50',
)


def blow_up(session):
    """Trains until the loss is far beyond what it was, and yet finite."""
    session.set_learning_rate("0.02")
    for _ in range(100):
        session.step()
        if session.averages.loss > 300:
            return
    pytest.fail("the loss never rose")


def run_state(session):
    """All that a saved run carries, but for the options that the visitor sets."""
    snapshot = save(session)
    del snapshot["convnet_py"]["trainer"]["options"]
    return snapshot, [session.averages[field] for field in session.averages.FIELDS]


def test_going_back_brings_back_all_that_a_saved_run_carries(session):
    trainer = 'method:"adam", learning_rate:0.001, batch_size:50'
    reload(session, definition('{type:"fc", num_neurons:9, drop_prob:0.5}', trainer=trainer))
    train(session, 40)
    good = run_state(session)
    session.set_learning_rate("1e6")
    train(session, 10)
    session.net.parameters[0] = np.nan
    diverge(session)
    assert run_state(session) == good
    session.set_paused(False)
    session.set_learning_rate("0.001")
    train(session, 20)
    assert session.curve.examples == list(range(50, 3001, 200)), "the graph takes points again"


def test_a_rate_that_is_changed_while_a_run_blows_up_does_not_make_that_what_it_goes_back_to(
    session,
):
    reload(session, BLOWING_UP)
    train(session, 60)
    good = run_state(session)
    blow_up(session)
    session.set_learning_rate("0.0001")
    session.net.parameters[0] = np.nan
    diverge(session)
    assert run_state(session) == good
    session.set_paused(False)
    first = max(session.curve.losses)
    train(session, 30)
    assert session.averages.loss < 60
    assert max(session.curve.losses) == first


def test_a_refused_learning_rate_is_not_what_a_run_goes_back_to_either(session):
    reload(session, DIVERGING)
    train(session, 30)
    first = [moment.examples_seen for moment in session._checkpoint.moments]
    with pytest.raises(ConvNetError):
        session.set_learning_rate("-1")
    assert [moment.examples_seen for moment in session._checkpoint.moments] == first


def test_a_run_that_diverges_again_from_where_it_went_back_to_goes_back_further(session):
    reload(session, DIVERGING)
    places = [0]
    for _ in range(2):
        train(session, 30)
        places.append(session.examples_seen)
        session.set_learning_rate("0.001")
    session.set_learning_rate("1e6")
    for place in (places[2], places[0]):
        session.set_paused(False)
        diverge(session)
        assert session.examples_seen == place


def test_what_accumulators_hold_must_be_finite_for_a_state_to_be_gone_back_to(session):
    reload(session, DIVERGING)
    train(session, 30)
    session.trainer.rule.gsum[0] = np.inf
    session.set_learning_rate("0.001")
    assert [moment.examples_seen for moment in session._checkpoint.moments] == [0]


def test_a_graph_that_was_cleared_stays_so_when_the_run_goes_back(session):
    reload(session, DIVERGING)
    train(session, 30)
    session.set_learning_rate("1e6")
    session.clear_curve()
    session.net.parameters[0] = np.nan
    diverge(session)
    assert session.curve.examples == []


def test_a_loss_that_is_higher_for_more_noise_is_sound_after_a_while(session):
    trainer = 'method:"adam", learning_rate:0.003, batch_size:50'
    reload(session, definition('{type:"fc", num_neurons:50}', trainer=trainer))
    session.set_noise(0)
    train(session, 300)
    before = session.averages.loss
    session.set_noise(0.9)
    train(session, 60)
    assert session.averages["cost_loss"] > 1.5 * before
    session.set_learning_rate("0.001")
    assert session._checkpoint.moments[0].examples_seen == 18_000


def test_another_network_ends_a_pause_that_a_fault_has_made_but_not_the_visitors_own(session):
    for paused in (False, True):
        reload(session, DIVERGING)
        session.net.parameters[0] = np.nan
        diverge(session)
        if paused:
            session.set_paused(False)
            session.set_paused(True)
        reload(session, SMALL)
        assert session.paused == paused


def test_the_advice_fits_the_rule(session):
    train(session, 1)
    session.net.parameters[0] = np.nan
    sentence = diverge(session)
    assert "smaller learning rate" not in sentence
    assert "adadelta" in sentence
    assert "as it began" in sentence


def test_a_run_that_diverges_at_once_keeps_the_network_that_it_began_with(session):
    reload(session, DIVERGING.replace("0.001", "1e6"))
    first = session.net.parameters.copy()
    diverge(session)
    assert (session.net.parameters == first).all()
    assert session.examples_seen == 0


def test_after_a_divergence_a_smaller_rate_goes_on(session):
    reload(session, DIVERGING)
    train(session, 30)
    session.set_learning_rate("1e6")
    diverge(session)
    session.set_learning_rate("0.01")
    session.set_paused(False)
    train(session, 150)
    assert session.examples_seen == 1500 + 150 * 50
    assert math.isfinite(session.averages.loss)
    assert session.averages.loss < 60


def test_a_run_that_was_saved_while_it_blew_up_opens_again_and_stops_where_it_was(session):
    reload(session, SMALL)
    session.step()
    session.net.parameters[:] = 1e30  # the next update overflows
    snapshot = save(session)
    reload(session, SMALL)
    load(session, snapshot)
    with pytest.raises(ConvNetError, match=r"back where it was after 1 examples.*smaller"):
        session.step()
    assert session.paused
    assert (session.net.parameters == np.float32(1e30)).all()
