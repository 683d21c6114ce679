"""The copies that a run falls back on when it diverges, and what counts as sound."""

from __future__ import annotations

import math

import numpy as np
import pytest

from autoencoder.checkpoint import (
    EXAMPLES_BETWEEN,
    MOST_COPIES,
    WINDOW,
    Checkpoint,
    LossWatch,
    Moment,
    copies_kept,
)
from autoencoder.history import Averages, LossCurve
from convnet import Net, Trainer
from convnet.run_state import RunState
from convnet.steps import finish

LAYERS = [
    {"type": "input", "out_sx": 1, "out_sy": 1, "out_depth": 4},
    {"type": "fc", "num_neurons": 3, "activation": "tanh", "drop_prob": 0.5},
    {"type": "regression", "num_neurons": 4},
]


@pytest.fixture
def trainer():
    return Trainer(Net(LAYERS, seed=1), method="adam", learning_rate=0.01)


def train(trainer, times=5):
    x = np.random.default_rng(0).random((10, 4), np.float32)
    for _ in range(times):
        trainer.train(x, x)


def moment(trainer, examples_seen, spare=None):
    state = finish(trainer.copy_state_in_steps(spare and spare.trainer))
    return Moment(RunState(state, {}, {}, examples_seen), Averages(), LossCurve())


def same(first, second):
    arrays = zip(first.arrays, second.arrays, strict=True)
    return first.updates == second.updates and all((a == b).all() for a, b in arrays)


def kept(trainer, count):
    """A checkpoint of a run of so many moments, one after the other."""
    checkpoint = Checkpoint(moment(trainer, 0))
    for number in range(1, count + 1):
        train(trainer, 1)
        checkpoint.keep(lambda spare, n=number: moment(trainer, n * EXAMPLES_BETWEEN, spare))
    return checkpoint


def ages(checkpoint):
    newest = checkpoint.moments[0].state.examples_seen
    return [(newest - m.state.examples_seen) // EXAMPLES_BETWEEN for m in checkpoint.moments]


# What is kept


def test_a_moment_is_due_after_20000_examples(trainer):
    checkpoint = Checkpoint(moment(trainer, 500))
    assert not checkpoint.due(20_499)
    assert checkpoint.due(20_500)


def test_what_is_kept_is_of_growing_age(trainer):
    assert ages(kept(trainer, 1)) == [0, 1]
    for count in range(20, 60):
        newest, middle, oldest = ages(kept(trainer, count))
        assert newest == 0
        assert 1 <= middle <= 4
        assert 5 <= oldest <= 20


def test_copies_are_those_of_their_own_moment(trainer):
    checkpoint = Checkpoint(moment(trainer, 0))
    states = {0: finish(trainer.copy_state_in_steps())}
    for number in range(1, 30):
        train(trainer, 1)
        states[number] = finish(trainer.copy_state_in_steps())
        checkpoint.keep(lambda spare, n=number: moment(trainer, n, spare))
        assert len(checkpoint.moments) <= MOST_COPIES
        assert all(same(m.state.trainer, states[m.state.examples_seen]) for m in checkpoint.moments)


def test_a_large_network_is_kept_once():
    assert [copies_kept(n) for n in (0, 1000, 32_000_000, 40_000_000, 240_000_000)] == [
        MOST_COPIES,
        MOST_COPIES,
        MOST_COPIES,
        2,
        1,
    ]


# Going back


def test_a_run_that_diverges_again_goes_back_further_each_time(trainer):
    checkpoint = kept(trainer, 20)
    places = [m.state.examples_seen for m in checkpoint.moments]
    assert [checkpoint.go_back().state.examples_seen for _ in range(4)] == [*places, places[-1]]


def test_after_another_sound_moment_a_run_goes_back_to_that(trainer):
    checkpoint = kept(trainer, 20)
    checkpoint.go_back()
    checkpoint.keep(lambda spare: moment(trainer, 10**6, spare))
    assert checkpoint.go_back().state.examples_seen == 10**6


# What is sound


def watched(*losses, first=50.0):
    watch = LossWatch(first)
    for loss in losses:
        watch.add(loss)
    return watch


def test_training_is_sound_while_the_loss_is_about_as_low_as_it_was():
    assert watched(*[25] * WINDOW).sound
    assert watched(*[25] * WINDOW, *[45] * WINDOW).sound
    assert not watched(*[25] * WINDOW, *[51] * WINDOW).sound


def test_a_few_updates_tell_nothing():
    assert not watched(*[25] * (WINDOW - 1)).sound


def test_one_minibatch_of_hard_examples_is_no_divergence():
    assert watched(*[25] * WINDOW, 100).sound


def test_one_minibatch_of_easy_examples_raises_no_standard():
    assert watched(*[25, 25, 8, 40] * WINDOW).sound


@pytest.mark.parametrize("loss", [math.inf, math.nan, 1e30])
def test_a_loss_that_explodes_is_not_sound(loss):
    assert not watched(*[25] * WINDOW, loss).sound


def test_a_run_that_begins_to_diverge_with_its_first_updates_is_not_sound():
    assert not watched(*[1000 * 2**n for n in range(2 * WINDOW)]).sound


def test_after_going_back_it_takes_some_updates_until_training_is_sound():
    watch = watched(*[25] * WINDOW)
    watch.forget_recent()
    assert not watch.sound
    for _ in range(WINDOW):
        watch.add(60)
    assert not watch.sound, "the lowest loss is still known"


def test_where_the_loss_may_be_another_it_is_watched_anew():
    watch = watched(*[25] * WINDOW)
    watch.begin_anew()
    for _ in range(WINDOW):
        watch.add(60)
    assert watch.sound
