"""A run can be had again: from its seed, from its record, however late its digits come."""

from __future__ import annotations

from hashlib import sha256

import numpy as np
import pytest
from sessions import SMALL, definition, load, new_session, reload, save, train

from autoencoder.digits import Digits
from autoencoder.session import DEFAULT_DEFINITION
from convnet import ConvNetError
from convnet.corruption import Corruption
from convnet.mnist import EXAMPLES_A_PART, PART
from convnet.mnist import Digits as AllDigits
from convnet.run import Run
from convnet.steps import finish

LARGE_MINIBATCHES = definition(
    '{type:"fc", num_neurons:4}', trainer='method:"adadelta", batch_size:1000'
)
MINIBATCHES_A_PART = EXAMPLES_A_PART // 1000


def bits(session):
    """What training has come to, to be compared."""
    arrays = session.run.trainer.state.arrays
    return sha256(b"".join(array.tobytes() for array in arrays)).hexdigest()


def record(session, **settings):
    return finish(session.record(bytes, settings))


# From a seed


def test_a_reload_is_the_same_network_and_the_same_run_again(session):
    first = bits(session)
    train(session, 20)
    trained = bits(session)
    for definition_again in (DEFAULT_DEFINITION, session.run.definition):
        reload(session, definition_again)
        assert bits(session) == first
        train(session, 20)
        assert bits(session) == trained
    assert session.run.repeatable


def test_another_seed_is_another_run_until_the_first_is_asked_for_again(session):
    train(session, 5)
    expected = bits(session)
    finish(session.reload(DEFAULT_DEFINITION, 2))
    assert session.run.seed == 2
    train(session, 5)
    assert bits(session) != expected
    finish(session.reload(DEFAULT_DEFINITION, 1))
    train(session, 5)
    assert bits(session) == expected


def test_a_reload_keeps_the_noise_that_was_set(session, digits):
    session.set_corruption(Corruption("masking", 0.4))
    reload(session, SMALL)
    other = new_session(digits, seed=1)
    other.set_corruption(Corruption("masking", 0.4))
    reload(other, SMALL)
    for each in (session, other):
        train(each, 5)
    assert bits(session) == bits(other)


def test_a_session_that_nobody_gave_a_seed_has_one_that_makes_it_again(digits):
    first = new_session(digits)
    again = new_session(digits, first.run.seed)
    for each in (first, again):
        train(each, 3)
    assert bits(first) == bits(again)


def test_the_command_lines_run_is_the_pages(session, shards):
    """All of its digits are here from the start."""
    images, labels = (np.concatenate(each) for each in zip(*shards, strict=True))
    run = finish(Run.in_steps(DEFAULT_DEFINITION, AllDigits(images, labels), seed=1))
    for _ in range(10):
        run.step()
    train(session, 10)
    assert (session.run.net.parameters == run.net.parameters).all()


def test_a_network_that_takes_less_at_once_because_frames_are_late_is_not_repeatable(session):
    train(session, 2)
    assert save(session)["convnet_py"]["session"]["repeatable"]
    session.take_less()
    saved = save(session)["convnet_py"]["session"]
    assert (saved["seed"], saved["repeatable"]) == (1, False)
    reload(session, SMALL)
    assert session.run.repeatable


# From a record


def test_a_record_goes_on_where_it_was_made(session, digits):
    session.set_corruption(Corruption("masking", 0.25))
    train(session, 10)
    pieces = record(session, hold="5")
    other = new_session(digits, seed=99)
    finish(other.open(pieces))
    assert other.run.beside["settings"] == {"hold": "5"}
    assert (other.run.seed, other.run.corruption.strength, other.run.repeatable) == (1, 0.25, True)
    assert other.averages.loss == session.averages.loss
    for each in (session, other):
        train(each, 10)
    assert bits(session) == bits(other)
    assert other.curve.to_json() == session.curve.to_json()


def test_a_record_of_a_run_that_came_to_a_loss_stops_where_it_is_opened(session, digits):
    train(session, 100)
    loss = session.averages.loss
    other = new_session(digits, seed=99)
    finish(other.open(record(session)))
    other.set_stops(loss=loss)
    assert other.paused
    assert other.stopped


def test_nothing_trains_while_a_record_is_made(session):
    assert session.trains
    steps = session.record(bytes)
    next(steps)
    assert not session.trains
    session.set_paused(False)
    assert not session.trains
    finish(steps)
    assert session.trains


def test_a_record_that_is_given_up_lets_training_go_on(session):
    steps = session.record(bytes)
    next(steps)
    steps.close()
    assert session.trains


@pytest.mark.parametrize(
    "beside",
    [
        {"curve": []},
        {"curve": {"examples": [2, 1]}},
        {"curve": {"examples": 5}},
        {"averages": {"cost_loss": [1]}},
    ],
)
def test_a_record_that_cannot_be_used_changes_nothing(session, beside):
    train(session, 3)
    pieces = record(session)
    session.run.beside |= beside
    bad = [bytes(piece) for piece in session.run.to_record()]
    train(session, 1)
    before, run = bits(session), session.run
    for each in (bad, pieces[:-1], [*pieces, b"\0"], [b"{}"], []):
        with pytest.raises(ConvNetError):
            finish(session.open(each))
        assert session.run is run
        assert bits(session) == before
        assert session.trains


def test_a_file_with_the_page_s_settings_is_handed_on(session):
    snapshot = finish(session.save({"map_layer": "2"}))
    assert snapshot["convnet_py"]["session"]["settings"] == {"map_layer": "2"}
    load(session, save(session))
    assert session.run.beside["settings"] == {}


# However late digits come


@pytest.fixture
def started(shards):
    """Makes sessions with the first shard, and two more to come."""

    def started():
        digits = Digits(3 * PART)
        digits.add(*shards[0])
        session = new_session(digits, seed=1)
        reload(session, LARGE_MINIBATCHES)
        return session

    return started


def go_on(session, minibatches=10**6):
    """Frames, in which training goes on while it may; returns how many minibatches it took."""
    start = session.run.examples_seen
    end = start + 1000 * minibatches
    while session.run.examples_seen < end and session.trains:
        session.step()
    return (session.run.examples_seen - start) // 1000


def test_a_run_is_the_same_whether_its_digits_come_early_or_at_the_last_moment(started, shards):
    early, late = started(), started()
    for shard in (shards[1], shards[0]):
        early.digits.add(*shard)
    assert go_on(early, 3 * MINIBATCHES_A_PART) == 3 * MINIBATCHES_A_PART
    for shard in (shards[1], shards[0]):
        assert go_on(late) == MINIBATCHES_A_PART
        assert late.waits
        late.digits.add(*shard)
    go_on(late, MINIBATCHES_A_PART)
    assert late.run.examples_seen == early.run.examples_seen == 3 * EXAMPLES_A_PART
    assert bits(late) == bits(early)
    assert early.run.repeatable
    assert late.run.repeatable


def test_training_waits_for_digits_only_until_they_are_late(started, shards):
    session = started()
    go_on(session)
    assert (session.waits, session.trains) == (True, False)
    session.digits.late = True
    assert (session.waits, session.trains) == (False, True)
    assert session.run.repeatable
    assert go_on(session, 1) == 1
    assert not session.run.repeatable
    assert session.run.minibatch.chosen.max() < PART
    session.digits.late = False
    assert session.waits
    session.digits.add(*shards[1])
    assert session.trains


def test_training_that_needs_no_more_digits_yet_does_not_wait(started):
    session = started()
    session.digits.late = True
    assert go_on(session, 5) == 5
    session.digits.late = False
    assert go_on(session, 5) == 5
    assert session.run.repeatable


def test_with_digits_left_out_training_goes_on_with_all_others_and_is_not_repeatable(
    started, shards
):
    session = started()
    session.digits.incomplete = True  # the second shard's fault
    session.digits.add(*shards[1])  # the third
    assert go_on(session, 20) == 20
    assert session.run.minibatch.chosen.max() >= PART
    assert not session.run.repeatable
    reload(session, LARGE_MINIBATCHES)
    assert go_on(session, 2 * MINIBATCHES_A_PART) == 2 * MINIBATCHES_A_PART
    assert not session.run.repeatable
