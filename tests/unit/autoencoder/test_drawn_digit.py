"""The digit that the visitor draws: what the network makes of it, and what it leaves alone."""

from __future__ import annotations

import numpy as np
import pytest
from sessions import SMALL, definition, reload, train

from autoencoder.ink import like_mnist
from convnet.corruption import Corruption

RESULTS = ("seen", "code", "place_code", "output", "loss")


@pytest.fixture
def ink(shards):
    return shards[0][0][7].repeat(10, axis=0).repeat(10, axis=1)


@pytest.fixture
def own_digit(session, ink):
    session.own_digit.draw(ink)
    train(session, 20)
    return session.own_digit


def test_before_there_is_ink_there_is_no_digit(session):
    own_digit = session.own_digit
    own_digit.forward(session)
    assert own_digit.pixels is None
    assert all(getattr(own_digit, name) is None for name in RESULTS)


def test_what_is_drawn_goes_through_the_network(session, own_digit, ink):
    own_digit.forward(session)
    assert (own_digit.pixels == like_mnist(ink).ravel()).all()
    assert (own_digit.seen == own_digit.pixels).all()
    (code,) = session.digit_map.codes_of(own_digit.pixels[None])
    assert (own_digit.code == code).all()
    assert own_digit.place_code == (code[0], code[1])
    output = session.run.net.forward(own_digit.pixels[None]).ravel()
    assert (own_digit.output == output).all()
    expected = 0.5 * np.sum((own_digit.output - own_digit.pixels) ** 2)
    assert own_digit.loss == pytest.approx(expected, 1e-5)


def test_its_output_stays_while_others_go_through_the_network(session, own_digit):
    own_digit.forward(session)
    code, output = own_digit.code.copy(), own_digit.output.copy()
    train(session, 3)
    session.example.forward(session)
    assert (own_digit.code == code).all()
    assert (own_digit.output == output).all()
    own_digit.forward(session)
    assert (own_digit.output != output).any()


def test_its_code_is_that_of_the_maps_layer_and_its_place_that_of_the_maps_pair(session, own_digit):
    session.digit_map.choose_layer(2)
    session.digit_map.choose_pair(7, 3)
    own_digit.forward(session)
    assert own_digit.code.shape == (50,)
    assert own_digit.place_code == (own_digit.code[7], own_digit.code[3])


def test_a_layer_of_one_neuron_gives_a_code_of_one(session, own_digit):
    reload(session, definition('{type:"fc", num_neurons:1}'))
    own_digit.forward(session)
    assert own_digit.code.shape == (1,)
    assert own_digit.place_code == (own_digit.code[0], own_digit.code[0])


def test_what_is_cleared_or_left_without_ink_is_gone(session, own_digit, ink):
    for clear in (own_digit.clear, lambda: own_digit.draw(np.zeros_like(ink))):
        own_digit.draw(ink)
        own_digit.forward(session)
        clear()
        own_digit.forward(session)
        assert own_digit.pixels is None
        assert all(getattr(own_digit, name) is None for name in RESULTS)


def test_it_goes_on_in_another_network(session, own_digit):
    own_digit.forward(session)
    before, output = own_digit.pixels, own_digit.output
    reload(session, SMALL)
    assert session.own_digit is own_digit
    own_digit.forward(session)
    assert own_digit.pixels is before
    assert own_digit.code.shape == (4,)
    assert (own_digit.output != output).any()


def test_each_change_is_noted(own_digit, ink):
    seen = [own_digit.changes]
    for change in (lambda: own_digit.draw(ink), own_digit.clear):
        change()
        seen.append(own_digit.changes)
    assert seen == sorted(set(seen))


def test_with_noise_the_network_sees_it_as_it_sees_what_it_is_trained_with(session, own_digit):
    session.set_corruption(Corruption("masking", 0.3))
    own_digit.with_noise = True
    own_digit.forward(session)
    blackened = (own_digit.seen == 0) & (own_digit.pixels > 0)
    assert ((own_digit.seen == own_digit.pixels) | (own_digit.seen == 0)).all()
    assert 0.1 < blackened.sum() / (own_digit.pixels > 0).sum() < 0.5
    assert (session.run.net.forward(own_digit.seen[None]).ravel() == own_digit.output).all()
    expected = 0.5 * np.sum((own_digit.output - own_digit.pixels) ** 2)
    assert own_digit.loss == pytest.approx(expected, 1e-5), "judged by the clean digit"


def test_noise_stays_until_the_digit_is_cleared(session, own_digit, ink):
    session.set_corruption(Corruption("masking", 0.5))
    own_digit.with_noise = True
    own_digit.forward(session)
    first = own_digit.seen
    own_digit.draw(ink)
    own_digit.forward(session)
    assert (own_digit.seen == first).all()
    own_digit.clear()
    own_digit.draw(ink)
    own_digit.forward(session)
    assert (own_digit.seen != first).any()


def test_it_draws_nothing_from_the_runs_chance(session, own_digit, ink):
    run = session.run
    streams = run.random_order, run.random_corruption, run.net.random
    before = [str(stream.bit_generator.state) for stream in streams]
    own_digit.with_noise = True
    for _ in range(3):
        own_digit.clear()
        own_digit.draw(ink)
        own_digit.forward(session)
    assert [str(stream.bit_generator.state) for stream in streams] == before
