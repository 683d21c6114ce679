"""Where a session stops, single steps, and how long it has been trained."""

from __future__ import annotations

import math

import pytest
from sessions import SMALL, load, new_session, reload, save, state, train

from autoencoder.history import WINDOW
from autoencoder.session import DEFAULT_DEFINITION
from autoencoder.stops import Stops
from convnet import ConvNetError


def train_on(session, most=1000):
    """Trains as frames do: while it goes on."""
    taken = 0
    while session.trains and taken < most:
        session.step()
        taken += 1
    return taken


@pytest.mark.parametrize(("stop", "seen"), [(500, 500), (501, 550), (549, 550), (1, 50)])
def test_it_pauses_at_the_first_update_that_has_seen_as_many_examples(session, stop, seen):
    session.set_stops(examples=stop)
    train_on(session)
    assert session.paused
    assert session.run.examples_seen == seen
    assert session.reached_stops == Stops(examples=stop)


def test_it_pauses_once_the_loss_of_a_full_window_is_as_low(session):
    session.set_stops(loss=1e9)
    assert train_on(session) == WINDOW
    assert session.reached_stops == Stops(loss=1e9)
    session.set_paused(False)
    loss = session.averages.loss - 0.5
    session.set_stops(loss=loss)
    train_on(session)
    assert session.paused
    assert session.averages.loss <= loss
    assert session.averages.loss > loss - 0.5


def test_stopping_changes_nothing_about_the_run(session, digits):
    other = new_session(digits, seed=1)
    session.set_stops(examples=500)
    train_on(session)
    session.set_paused(False)
    train(session, 5)
    train(other, 15)
    assert (session.run.net.parameters == other.run.net.parameters).all()


def test_who_resumes_goes_on_beyond_a_stop(session):
    session.set_stops(examples=500, loss=0.001)
    train_on(session)
    session.set_paused(False)
    assert session.stops == Stops(loss=0.001)
    assert train_on(session, 30) == 30


def test_a_pause_in_between_leaves_a_stop_where_it_is(session):
    session.set_stops(examples=500)
    train(session, 5)
    session.set_paused(True)
    session.set_paused(False)
    train_on(session)
    assert session.run.examples_seen == 500


def test_a_stop_that_lies_behind_pauses_at_once(session):
    train(session, 10)
    session.set_stops(examples=100)
    assert session.paused
    assert session.reached_stops


def test_no_stop_is_no_stop(session):
    session.set_stops(examples=500)
    session.set_stops(examples=None)
    assert train_on(session, 20) == 20


def test_another_network_is_trained_to_the_same_stop(session):
    session.set_stops(examples=500)
    train_on(session)
    reload(session, DEFAULT_DEFINITION)
    assert not session.paused
    train_on(session)
    assert session.paused
    assert session.run.examples_seen == 500


def test_a_visitors_own_pause_stays_one_where_a_stop_is_reached_by_steps(session):
    session.set_paused(True)
    session.set_stops(examples=50)
    session.step_once()
    train_on(session)
    assert session.reached_stops
    reload(session, SMALL)
    assert session.paused


def test_a_saved_run_stops_nowhere_but_where_its_settings_say(session):
    train(session, 4)
    saved = save(session)
    for stop in (100, 5000):
        session.set_stops(examples=stop)
        load(session, saved)
        assert not session.stops
        assert not session.paused


def test_what_cannot_be_loaded_leaves_the_stops_as_they_are(session):
    session.set_stops(examples=500)
    session.seconds = 7.5
    with pytest.raises(ConvNetError):
        load(session, {"layers": []})
    assert session.stops == Stops(examples=500)
    assert session.seconds == 7.5


# One step


def test_a_step_pauses_and_takes_one_update(session):
    train(session, 2)
    session.step_once()
    assert session.paused
    assert train_on(session) == 1
    assert session.run.examples_seen == 150
    session.step_once()
    session.step_once()
    assert train_on(session) == 2
    assert session.paused


def test_a_step_ends_a_minibatch_that_is_half_done(session):
    session.run.stretch = 20
    session.step()
    assert session.run.is_midway
    session.step_once()
    assert train_on(session) == 2
    assert session.run.examples_seen == 50
    session.step_once()
    assert train_on(session) == 3
    assert session.run.examples_seen == 100
    assert not session.run.is_midway


def test_a_step_goes_beyond_a_stop(session):
    session.set_stops(examples=100)
    train_on(session)
    session.step_once()
    assert train_on(session) == 1
    assert session.run.examples_seen == 150
    assert not session.stops


@pytest.mark.parametrize("paused", [True, False])
def test_steps_that_were_asked_for_are_forgotten_with_a_pause_or_a_network(session, paused):
    session.step_once()
    session.set_paused(paused)
    session.set_paused(True)
    assert train_on(session) == 0
    session.step_once()
    reload(session, SMALL)
    assert train_on(session) == 0


def test_steps_are_the_same_training(session, digits):
    other = new_session(digits, seed=1)
    for _ in range(5):
        session.step_once()
        train_on(session)
    train(other, 5)
    before = state(other)
    assert (session.run.net.parameters == other.run.net.parameters).all()
    assert state(session)["random"] == before["random"]


def test_a_step_that_diverges_is_the_last(session):
    reload(session, SMALL)
    session.set_learning_rate(1e6)
    for _ in range(50):
        session.step_once()
    with pytest.raises(ConvNetError, match="finite"):
        train_on(session)
    assert session.paused
    assert not session.trains


# How long


def test_how_long_a_run_was_trained_is_saved_and_goes_on(session):
    train(session, 3)
    session.seconds = 12.3456
    saved = save(session)
    assert saved["convnet_py"]["session"]["seconds"] == 12.346
    reload(session, SMALL)
    assert session.seconds == 0
    load(session, saved)
    assert session.seconds == 12.346


def test_a_run_that_says_nothing_of_it_begins_with_no_time(session):
    saved = save(session)
    del saved["convnet_py"]["session"]["seconds"]
    session.seconds = 5.0
    load(session, saved)
    assert session.seconds == 0


@pytest.mark.parametrize("seconds", [-1, math.nan, "long", None, 1e11, [3]])
def test_no_run_can_have_been_trained_for_what_is_no_time(session, seconds):
    saved = save(session)
    saved["convnet_py"]["session"]["seconds"] = seconds
    before = state(session)
    with pytest.raises(ConvNetError, match="seconds must be a number"):
        load(session, saved)
    assert state(session) == before


def test_an_interruption_is_told_of_for_a_minute_of_training(session):
    session.note_interruption(20.0)
    session.seconds += 59
    assert session.interruption_s == 20
    session.seconds += 2
    assert session.interruption_s is None
