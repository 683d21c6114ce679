"""Chance in a run: what it decides has streams of its own, and all of them follow from a seed."""

from __future__ import annotations

import json

import numpy as np
import pytest

from convnet.chance import generator, generator_to_json
from convnet.corruption import Corruption
from convnet.json_text import json_pieces
from convnet.mnist import EXAMPLES_A_PART, PART, Digits, digits_within_reach
from convnet.run import Run
from convnet.steps import finish

DEFINITION = """
net = Net([
    dict(type="input", out_sx=3, out_sy=4, out_depth=1),
    dict(type="fc", num_neurons=8, activation="tanh", drop_prob=0.3),
    dict(type="regression", num_neurons=12),
])
trainer = Trainer(net, method="adadelta", batch_size=10)
"""
UPDATES = 20


@pytest.fixture
def dataset():
    images = np.random.default_rng(0).integers(1, 256, (100, 4, 3), np.uint8)
    return Digits(images, np.zeros(100, np.uint8))


def new(dataset, definition=DEFINITION, **choices):
    defaults = {"seed": 1, "corruption": Corruption("masking", 0.3)}
    return finish(Run.in_steps(definition, dataset, **defaults | choices))


def course(run):
    """What chance decides in a run: initial weights, order, blacked out pixels, what is dropped."""
    weights = run.net.parameters.copy()
    order, black, dropped = [], [], []
    for _ in range(UPDATES):
        run.step()
        order.append(run.minibatch.chosen.copy())
        black.append(run.minibatch.corrupted == 0)
        dropped += [layer._kept == 0 for layer in run.net.layers if layer.type == "dropout"]
    parts = {"weights": weights, "order": order, "corruption": black, "dropout": dropped}
    return {name: np.array(part).tobytes() for name, part in parts.items()}


def differing(first, second):
    return {name for name in first if first[name] != second[name]}


def test_the_same_seed_definition_and_settings_are_the_same_run(dataset):
    first, same = new(dataset), new(dataset)
    assert differing(course(first), course(same)) == set()
    assert (first.net.parameters == same.net.parameters).all()
    assert first.repeatable


def test_another_seed_is_another_run_in_all_that_chance_decides(dataset):
    first, other = (course(new(dataset, seed=seed)) for seed in (1, 2))
    assert differing(first, other) == {"weights", "order", "corruption", "dropout"}


@pytest.mark.parametrize(
    ("change", "differs"),
    [
        ({"corruption": Corruption("masking", 0.6)}, {"corruption"}),
        ({"corruption": Corruption("masking", 0.0)}, {"corruption"}),
        ({"definition": DEFINITION.replace("0.3", "0.6")}, {"dropout"}),
        ({"definition": DEFINITION.replace(", drop_prob=0.3", "")}, {"dropout"}),
        ({"definition": DEFINITION.replace("=8", "=9")}, {"weights", "dropout"}),
        ({"definition": DEFINITION.replace("adadelta", "adam")}, set()),
    ],
    ids=lambda value: "-".join(sorted(value)),
)
def test_another_of_one_leaves_the_others_as_they_are(dataset, change, differs):
    assert differing(course(new(dataset)), course(new(dataset, **change))) == differs


def test_each_thing_is_drawn_from_a_stream_of_its_own(dataset):
    run = new(dataset)
    streams = [generator(1), run.random_order, run.random_corruption, run.net.random]
    starts = [stream.bit_generator.state["state"]["state"].tolist() for stream in streams]
    assert all(starts.count(start) == 1 for start in starts)
    weights = generator(1).standard_normal(12, np.float64) * np.sqrt(1 / 12)
    np.testing.assert_allclose(run.net.parameters[:12], weights, rtol=1e-6)


def test_a_run_that_nobody_gave_a_seed_has_one_that_makes_it_again(dataset):
    first = new(dataset, seed=None)
    again = new(dataset, seed=first.seed)
    assert first.seed < 1_000_000
    assert differing(course(first), course(again)) == set()
    assert len({new(dataset, seed=None).seed for _ in range(5)}) > 1


def test_another_seed_from_some_place_on_makes_what_follows_another(dataset):
    runs = [new(dataset) for _ in range(3)]
    for run, seed in zip(runs, (6, 6, 7), strict=True):
        run.step()
        run.reseed(seed)
        assert (run.seed, run.repeatable) == (seed, False)
    first, same, other = (course(run) for run in runs)
    assert differing(first, same) == set()
    assert differing(first, other) == {"order", "corruption", "dropout"}


# What a run draws from


def test_a_run_reaches_more_digits_the_further_it_has_come():
    assert [digits_within_reach(seen, 60_000) for seen in (0, EXAMPLES_A_PART - 1)] == [PART] * 2
    assert digits_within_reach(EXAMPLES_A_PART, 60_000) == 2 * PART
    assert digits_within_reach(928_000 - 1, 60_000) < 60_000
    assert digits_within_reach(928_000, 60_000) == digits_within_reach(10**15, 60_000) == 60_000
    assert digits_within_reach(0, 100) == 100


class Growing:
    """Digits of which the first ones are here."""

    def __init__(self, dataset, count):
        self.all, self.count = dataset, count
        self.labels = dataset.labels

    @property
    def images(self):
        return self.all.images[: self.count]

    def reach(self, examples_seen):
        return min(100, 20 + examples_seen // 2)


def test_a_run_is_the_same_however_many_digits_are_here_beyond_its_reach(dataset):
    early, late = Growing(dataset, 100), Growing(dataset, 20)
    runs = [new(each) for each in (early, late)]
    for _ in range(UPDATES):
        late.count = late.reach(runs[1].examples_seen)
        for run in runs:
            run.step()
            assert run.minibatch.chosen.max() < late.count
    here, there = (run.net.parameters for run in runs)
    assert (here == there).all()
    assert all(run.repeatable for run in runs)


def test_a_run_that_lacks_digits_goes_on_with_those_that_are_here_and_is_not_repeatable(dataset):
    run = new(Growing(dataset, 25))
    run.step()
    assert (run.repeatable, run.is_within_reach) == (True, True)
    run.step()
    assert run.is_within_reach is False
    run.step()
    assert run.repeatable is False
    assert run.minibatch.chosen.max() < 25
    run.dataset.count = 100
    run.step()
    assert run.repeatable is False, "what it came to is another run's"


# What a snapshot says of it


def saved(run):
    return json.loads("".join(json_pieces(run.to_json())))


def session_of(snapshot):
    return snapshot["convnet_py"]["session"]


def loaded(snapshot, dataset):
    return finish(Run.from_json_in_steps(snapshot, dataset))


def test_a_snapshot_says_the_seed_and_whether_it_makes_the_run_again(dataset):
    run = new(dataset, seed=2**64 - 1)
    session = session_of(saved(run))
    assert (session["seed"], session["repeatable"]) == (2**64 - 1, True)
    run = loaded(saved(run), dataset)
    assert (run.seed, run.repeatable) == (2**64 - 1, True)
    run.repeatable = False
    assert loaded(saved(run), dataset).repeatable is False


def test_a_run_that_begins_with_a_network_from_elsewhere_is_not_repeatable(dataset):
    snapshot = saved(new(dataset))
    del session_of(snapshot)["seed"], session_of(snapshot)["repeatable"]
    assert loaded(snapshot, dataset).repeatable is False


def test_a_run_that_was_saved_with_one_generator_opens_and_goes_on_the_same_each_time(dataset):
    snapshot = saved(new(dataset))
    session = session_of(snapshot)
    del session["seed"], session["repeatable"]
    others = []
    for seed in (3, 4):
        session["random"] = generator_to_json(generator(seed))
        first, same = (course(loaded(snapshot, dataset)) for _ in range(2))
        assert differing(first, same) == set()
        others.append(first)
    assert {"order", "corruption"} <= differing(*others)
    first_draw = loaded(snapshot, dataset)
    first_draw.draw()
    expected = generator(4).integers(0, 100, 10, np.int32)
    assert (first_draw.minibatch.chosen == expected).all(), "it goes on from that one's state"
