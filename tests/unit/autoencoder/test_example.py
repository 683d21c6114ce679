"""The example on its way: one digit for as long as it is to be held, and what comes of it."""

from __future__ import annotations

import numpy as np
import pytest
from sessions import SMALL, reload, train

from autoencoder.example import Example
from convnet.corruption import Corruption


@pytest.fixture
def shown(session, clock):
    """Sends the example through the network, and returns the digit that it is."""
    session.example = Example(clock)

    def shown(seconds=0.0, steps=1):
        train(session, steps)
        clock.now += seconds
        session.example.forward(session)
        return session.example.clean.tobytes()

    return shown


def test_the_example_is_clean_corrupted_and_reconstructed(session, shown):
    session.set_corruption(Corruption("masking", 0.3))
    shown()
    example = session.example
    assert example.clean.shape == example.corrupted.shape == example.output.shape == (784,)
    assert ((example.corrupted == example.clean) | (example.corrupted == 0)).all()
    assert (example.corrupted != example.clean).any()
    assert (session.run.net.layers[0].out_act.ravel() == example.corrupted).all()
    assert (session.run.net.forward(example.corrupted[None]).ravel() == example.output).all()
    assert example.loss == pytest.approx(0.5 * np.sum((example.output - example.clean) ** 2), 1e-5)


def test_a_digit_is_held_for_two_seconds_while_its_reconstruction_goes_on(session, shown):
    first = shown()
    output = session.example.output.copy()
    assert shown(1.9) == first
    assert (session.example.output != output).any()
    assert shown(0.2) != first


def test_for_how_long_can_be_chosen(session, shown):
    session.example.hold_for(5)
    first = shown()
    assert shown(4.9) == first
    assert shown(0.2) != first


def test_who_wants_little_to_move_sees_a_digit_for_two_seconds_at_least(session, shown):
    session.example.hold_for(0.5)
    session.example.is_calm = True
    first = shown()
    assert shown(1.9) == first
    assert shown(0.2) != first


def test_a_pause_shows_the_last_digit_trained_on_at_once_and_keeps_it(session, shown):
    first = shown()
    train(session, 1)
    session.set_paused(True)
    last = shown(steps=0)
    assert last != first
    assert last == session.run.minibatch.clean[0].tobytes()
    assert shown(60, steps=0) == last


def test_a_digit_that_is_kept_stays_through_pauses_time_and_other_networks(session, shown):
    first = shown()
    session.example.keep(True)
    assert shown(60) == first
    session.set_paused(True)
    assert shown(60) == first
    reload(session, SMALL)
    assert shown() == first
    session.example.keep(False)
    assert shown(60) != first


def test_another_network_takes_another_digit_at_once(session, shown):
    first = shown()
    reload(session, SMALL)
    assert shown(steps=2) != first
