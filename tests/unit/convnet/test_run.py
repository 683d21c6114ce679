"""One run, of an autoencoder or a classifier: it steps, is saved, and goes on unchanged."""

from __future__ import annotations

import json

import numpy as np
import pytest

from convnet import ConvNetError
from convnet.corruption import MASKING, NO_CORRUPTION, Corruption
from convnet.json_text import json_pieces
from convnet.mnist import Digits
from convnet.options import TrainerOptions
from convnet.requirements import is_autoencoder
from convnet.run import OF_A_RUN, Run
from convnet.steps import finish

AUTOENCODER = """
net = Net([
    dict(type="input", out_sx=3, out_sy=4, out_depth=1),
    dict(type="fc", num_neurons=8, activation="tanh", drop_prob=0.3),
    dict(type="regression", num_neurons=12),
])
trainer = Trainer(net, method="adam", learning_rate=0.01, batch_size=10)
"""
CLASSIFIER = AUTOENCODER.replace("regression", "softmax").replace("num_neurons=12", "num_classes=5")


@pytest.fixture
def dataset():
    """Images of four rows and three columns; those of a class have its number in each pixel."""
    labels = (np.arange(100) % 5).astype(np.uint8)
    images = (labels * 50)[:, None, None].repeat(4, 1).repeat(3, 2)
    return Digits(images, labels)


def new(dataset, definition=AUTOENCODER, **choices):
    return finish(Run.in_steps(definition, dataset, **{"seed": 1} | choices))


def saved(run):
    return "".join(json_pieces(run.to_json()))


def loaded(json, dataset, **choices):
    return finish(Run.from_json_in_steps(json, dataset, **choices))


def train(run, updates):
    """Steps until so many updates are done."""
    done = 0
    while done < updates:
        done += run.step() is not None
    return run


# Steps


@pytest.mark.parametrize("definition", [AUTOENCODER, CLASSIFIER])
def test_a_run_learns(dataset, definition):
    run = new(dataset, definition, corruption=Corruption("masking", 0.1))
    first = np.mean([run.step().cost_loss for _ in range(5)])
    train(run, 300)
    assert np.mean([run.step().cost_loss for _ in range(20)]) < first / 2
    assert run.examples_seen == 10 * 325


def test_a_classifier_is_given_the_classes_of_what_was_drawn(dataset):
    run = new(dataset, CLASSIFIER)
    seen = []
    run.trainer.train = lambda x, y: seen.append((x.copy(), y.copy()))
    run.step()
    ((x, y),) = seen
    np.testing.assert_allclose(x[:, 0] * 255 / 50, y, atol=1e-5)
    assert len(set(y.tolist())) > 1


def test_the_noise_of_a_new_run_is_that_of_what_it_is_for(dataset):
    assert new(dataset).corruption == MASKING
    assert new(dataset, CLASSIFIER).corruption == NO_CORRUPTION
    strong = Corruption("masking", 0.4)
    assert new(dataset, CLASSIFIER, corruption=strong).corruption is strong


def test_a_minibatch_in_parts_is_one_update(dataset):
    text = AUTOENCODER.replace("0.3", "0")
    whole, parts = new(dataset, text), new(dataset, text)
    parts.stretch = 4
    for _ in range(3):
        stats = whole.step()
        assert [parts.step() for _ in range(2)] == [None, None]
        assert parts.step().cost_loss == pytest.approx(stats.cost_loss, rel=1e-5)
    assert parts.examples_seen == whole.examples_seen == 30
    np.testing.assert_allclose(parts.net.parameters, whole.net.parameters, atol=1e-4)


def test_a_stretch_that_changes_within_a_minibatch_leaves_no_example_out(dataset):
    run = new(dataset)
    seen = []
    accumulate = run.trainer.accumulate
    run.trainer.accumulate = lambda x, y: (seen.append(len(x)), accumulate(x, y))
    for run.stretch in (4, 3, 50):
        stats = run.step()
    assert seen == [4, 3, 3]
    assert stats is not None
    run.step()
    assert run.examples_seen == 20


def test_images_that_come_later_are_drawn_too(dataset):
    run = new(dataset, AUTOENCODER)
    run.dataset = Digits(np.repeat(dataset.images, 3, axis=0), dataset.labels.repeat(3))
    train(run, 10)
    assert run.minibatch.chosen.max() >= 100


def test_a_run_says_what_shape_its_images_have(dataset):
    assert new(dataset).shape == (4, 3)


# Saving and going on


@pytest.mark.parametrize("definition", [AUTOENCODER, CLASSIFIER])
def test_a_saved_run_goes_on_with_the_same_bits(dataset, definition):
    run = train(new(dataset, definition, corruption=Corruption("masking", 0.2)), 5)
    other = loaded(saved(run), dataset)
    for each in (run, other):
        train(each, 5)
    assert other.net.parameters.tobytes() == run.net.parameters.tobytes()
    assert saved(other) == saved(run)
    assert other.definition == definition
    assert other.corruption.strength == 0.2


@pytest.mark.parametrize("parts", [1, 2])
def test_a_minibatch_that_is_half_done_is_drawn_again_by_the_run_that_was_saved(dataset, parts):
    run = new(dataset)
    run.stretch = 4
    train(run, 3)
    before = saved(run)
    for _ in range(parts):
        assert run.step() is None
    text = saved(run)
    assert text == before, "what is half done has been saved"
    other = loaded(text, dataset)
    other.stretch = 4
    assert other.examples_seen == 30
    for each in (run, other):
        train(each, 4)
    assert other.net.parameters.tobytes() == run.net.parameters.tobytes()
    assert saved(other) == saved(run)


def test_saving_changes_nothing(dataset):
    run, same = new(dataset), new(dataset)
    for each in (run, same):
        each.stretch = 3
        each.step()
    saved(run)
    assert run.step() is same.step() is None
    assert saved(train(run, 2)) == saved(train(same, 2))


def test_a_snapshot_is_a_copy(dataset):
    run = train(new(dataset), 2)
    snapshot = run.to_json()
    text = "".join(json_pieces(snapshot))
    train(run, 2)
    assert "".join(json_pieces(snapshot)) == text


def test_what_else_a_snapshot_carries_is_handed_on(dataset):
    run = new(dataset)
    run.beside["curve"] = {"examples": [1]}
    session = json.loads(saved(loaded(saved(run), dataset)))["convnet_py"]["session"]
    assert sorted(session) == sorted([*OF_A_RUN, "curve"])
    assert session["curve"] == {"examples": [1]}


def test_a_network_alone_needs_options_for_a_trainer(dataset):
    layers = {"layers": json.loads(saved(new(dataset)))["layers"]}
    with pytest.raises(ConvNetError, match="no trainer"):
        loaded(layers, dataset)
    options, corruption = TrainerOptions(method="sgd", batch_size=7), Corruption("square", 2)
    run = loaded(layers, dataset, options=options, corruption=corruption)
    train(run, 1)
    assert (run.trainer.options.method, run.examples_seen) == ("sgd", 7)
    assert run.corruption is corruption
    assert "num_neurons=12" in run.definition
    assert "batch_size=7" in run.definition


def test_a_snapshot_that_says_nothing_of_chance_draws_by_a_seed(dataset):
    snapshot = json.loads(saved(new(dataset)))
    for name in ("random", "seed"):
        del snapshot["convnet_py"]["session"][name]
    runs = [loaded(snapshot, dataset, seed=seed) for seed in (5, 5, 6)]
    for run in runs:
        run.draw()
    first, same, other = (run.minibatch.chosen.tolist() for run in runs)
    assert first == same != other


# Going back


@pytest.mark.parametrize("stretch", [10, 4])
def test_a_run_that_is_restored_goes_on_as_from_there(dataset, stretch):
    run = new(dataset)
    run.stretch = stretch
    train(run, 3)
    expected = saved(run)
    if stretch < 10:
        run.step()
    state = finish(run.copy_state_in_steps())
    train(run, 3)
    if stretch < 10:
        run.step()
    run.restore(state)
    assert saved(run) == expected
    assert run.examples_seen == 30
    after = saved(train(run, 2))
    run.restore(state)
    assert saved(train(run, 2)) == after


def test_a_copy_of_the_state_can_be_made_in_the_memory_of_another(dataset):
    run = new(dataset)
    first = finish(run.copy_state_in_steps())
    train(run, 2)
    again = finish(run.copy_state_in_steps(first))
    assert again.trainer.parameters is first.trainer.parameters
    assert (again.trainer.parameters == run.net.parameters).all()


def test_trying_leaves_no_trace_once_the_run_is_restored(dataset):
    run = new(dataset)
    before, state = saved(run), finish(run.copy_state_in_steps())
    assert run.try_stretch().cost_loss > 0
    assert saved(run) != before
    run.restore(state)
    assert saved(run) == before


# What there can be no run of


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        (("out_sx=3", "out_sx=9"), r"Layer 0 \(input, line 3\).*12 pixels.*3×4×1.*36"),
        (("num_neurons=12", "num_neurons=9"), r"12 outputs.*has 9.*num_neurons=3\*4"),
        (("batch_size=10", "batch_size=0"), "batch_size"),
        (('"adam"', '"adamm"'), "adamm"),
    ],
)
def test_a_network_that_does_not_fit_is_refused(dataset, change, fault):
    with pytest.raises(ConvNetError, match=fault):
        new(dataset, AUTOENCODER.replace(*change))


def test_a_classifier_needs_an_output_for_each_class_and_may_have_more(dataset):
    with pytest.raises(ConvNetError, match="5 outputs, one for each class, but it has 4"):
        new(dataset, CLASSIFIER.replace("num_classes=5", "num_classes=4"))
    train(new(dataset, CLASSIFIER.replace("num_classes=5", "num_classes=6")), 1)


def test_a_run_is_refused_for_what_it_takes_beside_its_network(dataset, monkeypatch):
    run = new(dataset)
    text, size = saved(run), run.net.parameters.nbytes
    monkeypatch.setattr("convnet.memory.memory_limit", lambda: 8 * size)
    for make in (lambda: new(dataset), lambda: loaded(text, dataset)):
        with pytest.raises(ConvNetError, match="limit here is"):
            make()


def test_who_trains_says_what_is_admitted_and_how_much_at_a_stretch(dataset):
    asked = []

    def admit(layers, options):
        asked.append((is_autoencoder(layers), options["batch_size"]))
        return 3

    assert new(dataset, admit=admit).stretch == 3
    assert loaded(saved(new(dataset)), dataset, admit=admit).stretch == 3
    assert asked == [(True, 10), (True, 10)]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("examples_seen", -1),
        ("noise", 0.95),
        ("random", {}),
        ("definition", 5),
        ("definition", "a" * 300_001),
    ],
)
def test_a_snapshot_of_what_cannot_be_is_refused(dataset, name, value):
    snapshot = json.loads(saved(new(dataset)))
    snapshot["convnet_py"]["session"][name] = value
    with pytest.raises(ConvNetError, match=name):
        loaded(snapshot, dataset)
