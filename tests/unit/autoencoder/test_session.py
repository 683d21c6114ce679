"""A session: it trains, and does what it is told."""

from __future__ import annotations

import math

import pytest
from sessions import SMALL, definition, load, new_session, reload, save, state, train

from autoencoder.session import DEFAULT_DEFINITION
from convnet import ConvNetError
from convnet.corruption import Corruption
from convnet.mnist import EXAMPLES_A_PART


def test_the_loss_falls(session):
    train(session, 20)
    first = session.averages.loss
    train(session, 200)
    assert session.averages.loss < 0.7 * first
    assert session.averages["cost_loss"] < 32


def test_the_network_that_a_run_begins_with_has_a_bottleneck_of_two(session):
    kinds = [(layer.type, layer.num_outputs) for layer in session.run.net.layers]
    assert kinds[5] == ("fc", 2)
    assert kinds[-1] == ("regression", 784)
    assert session.run.definition == DEFAULT_DEFINITION
    assert not session.paused
    assert session.run.examples_seen == 0


def test_a_step_is_one_minibatch(session):
    train(session, 3)
    assert session.run.examples_seen == 150
    reload(session, definition(trainer="batch_size:7"))
    train(session, 3)
    assert session.run.examples_seen == 21


def test_the_network_sees_noise_and_is_judged_by_the_clean_image(session):
    seen = []
    original = session.run.trainer.train
    session.run.trainer.train = lambda x, y: (seen.append((x.copy(), y.copy())), original(x, y))[1]
    session.set_corruption(Corruption("masking", 0.5))
    session.step()
    ((x, y),) = seen
    assert (x != y).mean() > 0.03
    assert ((x == y) | (x == 0)).all()


def test_digits_that_come_later_are_trained_on(session, shards):
    session.digits.add(*shards[1])
    session.run.examples_seen = EXAMPLES_A_PART
    train(session, 20)
    assert session.run.minibatch.chosen.max() >= 2000


def test_numbers_and_curve_follow_the_run(session):
    train(session, 10)
    assert session.curve.examples[0] == 50
    assert session.curve.series["loss"][-1] > 0
    assert session.averages["forward_time"] > 0
    assert session.speed.examples_per_second > 0


def test_the_same_seed_is_the_same_run(digits):
    first, same, other = (new_session(digits, seed) for seed in (5, 5, 6))
    for session in (first, same, other):
        train(session, 5)
    assert (first.run.net.parameters == same.run.net.parameters).all()
    assert (first.run.net.parameters != other.run.net.parameters).any()


def test_a_pause_forgets_the_speed_and_nothing_else(session):
    train(session, 5)
    before = state(session)
    session.set_paused(True)
    assert session.paused
    assert session.speed.examples_per_second is None
    session.set_paused(False)
    assert state(session) == before


def test_an_interruption_is_known_and_does_not_count_for_the_speed(session):
    train(session, 3)
    session.note_interruption(20.0)
    assert session.interruption_s == 20
    assert session.speed.examples_per_second is None
    session.set_paused(True)
    assert session.interruption_s is None


def test_a_network_that_makes_steps_long_takes_less_at_once(session):
    for stretch in (25, 12, 6, 3, 1, 1):
        session.take_less()
        assert session.run.stretch == stretch
    for _ in range(50):
        session.step()
    assert session.run.examples_seen == 50


# Settings


@pytest.mark.parametrize("rate", [0.5, 1e-3, 0, 2])
def test_a_learning_rate_is_the_trainers(session, rate):
    session.set_learning_rate(rate)
    assert session.run.trainer.learning_rate == rate
    assert session.run.trainer.options.learning_rate == rate


def test_a_learning_rate_of_0_stops_learning(session):
    reload(session, definition(trainer='method:"sgd", momentum:0, learning_rate:0.01'))
    train(session, 2)
    session.set_learning_rate(0)
    before = session.run.net.parameters.copy()
    train(session, 2)
    assert (session.run.net.parameters == before).all()
    session.set_learning_rate(0.01)
    session.step()
    assert (session.run.net.parameters != before).any()


@pytest.mark.parametrize("rate", [math.nan, math.inf, -1.0, 1e9])
def test_a_learning_rate_that_cannot_be_used_changes_nothing(session, rate):
    train(session, 2)
    before = state(session)
    with pytest.raises(ConvNetError, match=r"learning.rate"):
        session.set_learning_rate(rate)
    assert state(session) == before


def test_the_rate_that_the_text_says_is_known_beside_the_trainers(session):
    reload(session, SMALL)
    session.set_learning_rate(0.02)
    assert (session.run.defined_rate, session.run.trainer.learning_rate) == (0.01, 0.02)
    load(session, save(session))
    assert (session.run.defined_rate, session.run.trainer.learning_rate) == (0.01, 0.02)
    reload(session, SMALL)
    assert (session.run.defined_rate, session.run.trainer.learning_rate) == (0.01, 0.01)


@pytest.mark.parametrize("noise", [-0.1, 0.91, math.nan, math.inf])
def test_a_share_of_noise_that_cannot_be_used_changes_nothing(session, noise):
    with pytest.raises(ConvNetError, match="noise"):
        session.set_corruption(Corruption("masking", noise))
    assert session.run.corruption.strength == 0.1


def test_a_cleared_curve_fills_again(session):
    train(session, 5)
    session.clear_curve()
    assert session.curve.examples == []
    session.step()
    assert session.curve.examples == [300]
