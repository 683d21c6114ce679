"""Digits that the network restores: the same ones, with noise of their own that changes slowly."""

from __future__ import annotations

import numpy as np
import pytest
from sessions import SMALL, new_session, reload, state, train, unseen

from autoencoder.denoising import COUNT, Denoising
from autoencoder.digits import Digits
from convnet.corruption import Corruption
from convnet.minibatch import to_pixels


@pytest.fixture
def denoising(clock):
    return Denoising(clock)


def test_digits_that_were_never_trained_on_are_corrupted_and_restored(session, denoising):
    session.set_corruption(Corruption("salt_and_pepper", 0.2))
    train(session, 20)
    assert denoising.restore_next(session)
    np.testing.assert_array_equal(denoising.clean, to_pixels(unseen().images[:COUNT]))
    changed = denoising.corrupted != denoising.clean
    assert 0.1 < changed.mean() < 0.2
    assert set(np.unique(denoising.corrupted[changed])) == {0, 1}
    output = session.run.net.forward(denoising.corrupted).reshape(COUNT, -1)
    np.testing.assert_array_equal(denoising.restored, output)


def test_noise_stays_for_two_seconds_while_what_is_restored_goes_on(session, denoising, clock):
    denoising.restore_next(session)
    noisy, restored = denoising.corrupted, denoising.restored.copy()
    train(session, 5)
    clock.now += 1.9
    denoising.restore_next(session)
    assert denoising.corrupted is noisy
    assert (denoising.restored != restored).any()
    clock.now += 0.2
    denoising.restore_next(session)
    assert (denoising.corrupted != noisy).any()


def test_another_kind_of_noise_is_there_at_once(session, denoising):
    denoising.restore_next(session)
    session.set_corruption(Corruption("none", 0))
    denoising.restore_next(session)
    np.testing.assert_array_equal(denoising.corrupted, denoising.clean)


def test_a_run_goes_on_as_if_nobody_had_looked(digits, denoising):
    session, other = (new_session(digits, seed=1) for _ in range(2))
    before = state(session)
    denoising.restore_next(session)
    assert state(session) == before
    for each in (session, other):
        train(each, 3)
    np.testing.assert_array_equal(session.run.net.parameters, other.run.net.parameters)


def test_a_network_that_takes_few_at_a_stretch_restores_them_one_part_after_the_other(
    session, denoising, clock
):
    session.run.stretch = 3
    assert not denoising.restore_next(session)
    noisy = denoising.corrupted
    clock.now += 60
    assert not denoising.restore_next(session)
    assert denoising.restore_next(session)
    assert denoising.corrupted is noisy
    output = session.run.net.forward(noisy).reshape(COUNT, -1)
    np.testing.assert_allclose(denoising.restored, output, atol=1e-5)
    assert not denoising.restore_next(session)
    session.set_corruption(Corruption("square", 8))
    denoising.restore_next(session)
    assert denoising.restored_so_far == 3, "another kind begins with the first digit again"


def test_another_network_restores_the_same_digits(session, denoising):
    denoising.restore_next(session)
    clean, restored = denoising.clean, denoising.restored.copy()
    reload(session, SMALL)
    denoising.restore_next(session)
    assert denoising.clean is clean
    assert (denoising.restored != restored).any()


def test_nothing_is_ready_before_the_digits_have_come(session, denoising):
    assert denoising.is_ready(session)
    session.test_digits = Digits(100)
    session.test_digits.add(unseen().images[: COUNT - 1], unseen().labels[: COUNT - 1])
    assert not denoising.is_ready(session)
