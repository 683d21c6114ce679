"""A run that diverges goes back to where it was sound."""

from __future__ import annotations

import math

import numpy as np
import pytest
from sessions import SMALL, definition, load, reload, save, train

from autoencoder.history import Averages
from convnet import ConvNetError
from convnet.corruption import Corruption

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
    good = session.run.net.parameters.copy()
    session.set_learning_rate(1e6)
    sentence = diverge(session)
    assert session.paused
    assert (session.run.net.parameters == good).all()
    assert session.run.examples_seen == 1500
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
    session.set_learning_rate(0.02)
    for _ in range(100):
        session.step()
        if session.averages.loss > 300:
            return
    pytest.fail("the loss never rose")


def run_state(session):
    """All that a saved run carries, but for the options that the visitor sets."""
    snapshot = save(session)
    del snapshot["convnet_py"]["trainer"]["options"]
    return snapshot, [session.averages[field] for field in (*Averages.LOSSES, *Averages.TIMES)]


def test_going_back_brings_back_all_that_a_saved_run_carries(session):
    trainer = 'method:"adam", learning_rate:0.001, batch_size:50'
    reload(session, definition('{type:"fc", num_neurons:9, drop_prob:0.5}', trainer=trainer))
    train(session, 40)
    good = run_state(session)
    session.set_learning_rate(1e6)
    train(session, 10)
    session.run.net.parameters[0] = np.nan
    diverge(session)
    assert run_state(session) == good
    session.set_paused(False)
    session.set_learning_rate(0.001)
    train(session, 20)
    assert session.curve.examples == list(range(50, 3001, 200)), "the graph takes points again"


def test_a_rate_that_is_changed_while_a_run_blows_up_does_not_make_that_what_it_goes_back_to(
    session,
):
    reload(session, BLOWING_UP)
    train(session, 60)
    good = run_state(session)
    blow_up(session)
    session.set_learning_rate(0.0001)
    session.run.net.parameters[0] = np.nan
    diverge(session)
    assert run_state(session) == good
    session.set_paused(False)
    first = max(session.curve.series["loss"])
    train(session, 30)
    assert session.averages.loss < 60
    assert max(session.curve.series["loss"]) == first


def test_a_refused_learning_rate_is_not_what_a_run_goes_back_to_either(session):
    reload(session, DIVERGING)
    train(session, 30)
    first = [moment.state.examples_seen for moment in session._checkpoint.moments]
    with pytest.raises(ConvNetError):
        session.set_learning_rate(-1)
    assert [moment.state.examples_seen for moment in session._checkpoint.moments] == first


def test_a_run_that_diverges_again_from_where_it_went_back_to_goes_back_further(session):
    reload(session, DIVERGING)
    places = [0]
    for _ in range(2):
        train(session, 30)
        places.append(session.run.examples_seen)
        session.set_learning_rate(0.001)
    session.set_learning_rate(1e6)
    for place in (places[2], places[0]):
        session.set_paused(False)
        diverge(session)
        assert session.run.examples_seen == place


def test_what_accumulators_hold_must_be_finite_for_a_state_to_be_gone_back_to(session):
    reload(session, DIVERGING)
    train(session, 30)
    session.run.trainer.rule.gsum[0] = np.inf
    session.set_learning_rate(0.001)
    assert [moment.state.examples_seen for moment in session._checkpoint.moments] == [0]


def test_a_graph_that_was_cleared_stays_so_when_the_run_goes_back(session):
    reload(session, DIVERGING)
    train(session, 30)
    session.set_learning_rate(1e6)
    session.clear_curve()
    session.run.net.parameters[0] = np.nan
    diverge(session)
    assert session.curve.examples == []


def test_a_loss_that_is_higher_for_more_noise_is_sound_after_a_while(session):
    trainer = 'method:"adam", learning_rate:0.003, batch_size:50'
    reload(session, definition('{type:"fc", num_neurons:50}', trainer=trainer))
    session.set_corruption(Corruption("masking", 0))
    train(session, 300)
    before = session.averages.loss
    session.set_corruption(Corruption("masking", 0.9))
    train(session, 60)
    assert session.averages["cost_loss"] > 1.5 * before
    session.set_learning_rate(0.001)
    assert session._checkpoint.moments[0].state.examples_seen == 18_000


def test_another_network_ends_a_pause_that_a_fault_has_made_but_not_the_visitors_own(session):
    for paused in (False, True):
        reload(session, DIVERGING)
        session.run.net.parameters[0] = np.nan
        diverge(session)
        if paused:
            session.set_paused(False)
            session.set_paused(True)
        reload(session, SMALL)
        assert session.paused == paused


def test_the_advice_fits_the_rule(session):
    train(session, 1)
    session.run.net.parameters[0] = np.nan
    sentence = diverge(session)
    assert "smaller learning rate" not in sentence
    assert "adadelta" in sentence
    assert "as it began" in sentence


def test_a_run_that_diverges_at_once_keeps_the_network_that_it_began_with(session):
    reload(session, DIVERGING.replace("0.001", "1e6"))
    first = session.run.net.parameters.copy()
    diverge(session)
    assert (session.run.net.parameters == first).all()
    assert session.run.examples_seen == 0


def test_after_a_divergence_a_smaller_rate_goes_on(session):
    reload(session, DIVERGING)
    train(session, 30)
    session.set_learning_rate(1e6)
    diverge(session)
    session.set_learning_rate(0.01)
    session.set_paused(False)
    train(session, 150)
    assert session.run.examples_seen == 1500 + 150 * 50
    assert math.isfinite(session.averages.loss)
    assert session.averages.loss < 60


def test_a_run_that_was_saved_while_it_blew_up_opens_again_and_stops_where_it_was(session):
    reload(session, SMALL)
    session.step()
    session.run.net.parameters[:] = 1e30  # the next update overflows
    snapshot = save(session)
    reload(session, SMALL)
    load(session, snapshot)
    with pytest.raises(ConvNetError, match=r"back where it was after 1 examples.*smaller"):
        session.step()
    assert session.paused
    assert (session.run.net.parameters == np.float32(1e30)).all()
