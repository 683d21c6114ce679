"""Test loss and class agreement, found in steps while the network trains, and what PCA comes to."""

from __future__ import annotations

import json
import math

import pytest
from sessions import SMALL, load, new_session, reload, save, train, unseen

from autoencoder.baseline import Baseline, code_size
from autoencoder.comparison import of_session, rows
from autoencoder.digits import Digits
from autoencoder.measures import FIRST, NOISY_TEST_LOSS, TEST_LOSS, measure
from convnet.corruption import Corruption
from convnet.steps import finish

ALL = unseen().count


def measured(session, seconds=math.inf):
    """Takes steps until there are none to take, of a network that stands still."""
    while session.measures.take_steps(session, seconds):
        pass
    return session.measures.latest


@pytest.fixture
def paused(session):
    train(session, 20)
    session.set_paused(True)
    return session


def test_the_test_loss_of_a_network_that_stands_still_is_over_all_digits(paused):
    latest = measured(paused)
    assert latest == finish(measure(paused.run.net, unseen()))
    assert latest.count == ALL
    assert 20 < latest.loss < 100
    assert 0.1 < latest.class_agreement < 1
    assert not paused.measures.take_steps(paused, 1)


def test_in_small_steps_it_is_the_same(paused):
    whole = measured(paused)
    paused.measures.set_with_noise(False)
    assert paused.measures.latest is None
    steps = 0
    while paused.measures.take_steps(paused, 1e-9):
        steps += 1
    assert steps > 20
    assert paused.measures.latest == whole


def test_while_it_trains_passes_grow_until_they_are_over_all_digits(session):
    counts = []
    while not counts or counts[-1] < ALL:
        train(session, 1)
        session.measures.take_steps(session, 0.002)
        latest = session.measures.latest
        if latest and latest.count not in counts:
            counts.append(latest.count)
    assert counts == [FIRST, 2 * FIRST, ALL]
    assert counts[0] < ALL


def test_a_loss_is_known_before_the_class_agreement_of_its_pass(session):
    known = []
    while not known or known[-1].count < ALL:
        train(session, 1)
        session.measures.take_steps(session, 1e-9)
        if session.measures.latest not in (None, *known):
            known.append(session.measures.latest)
    first, agreed, second = known[:3]
    assert first.class_agreement is None
    assert agreed.loss == first.loss
    assert agreed.class_agreement > 0
    assert second.loss != first.loss
    assert second.class_agreement == agreed.class_agreement


def test_no_class_agreement_of_before_is_beside_the_loss_of_a_network_that_stands_still(session):
    while session.measures.latest is None or session.measures.latest.class_agreement is None:
        train(session, 1)
        session.measures.take_steps(session, 1e-9)
    session.set_paused(True)
    known = []
    while session.measures.take_steps(session, 1e-9):
        if session.measures.latest not in (None, *known):
            known.append(session.measures.latest)
    loss, agreed = known
    assert loss.class_agreement is None
    assert agreed.class_agreement > 0
    assert agreed.loss == loss.loss


def test_no_number_of_before_is_shown_of_a_network_that_stands_still(session):
    while session.measures.latest is None:
        train(session, 1)
        session.measures.take_steps(session, 0.002)
    session.set_paused(True)
    session.measures.take_steps(session, 1e-9)
    assert session.measures.latest is None
    first = measured(session)
    session.step_once()
    session.step()
    session.measures.take_steps(session, 1e-9)
    assert session.measures.latest is None
    assert measured(session).loss != first.loss


def test_another_network_is_measured_anew(paused):
    measured(paused)
    reload(paused, SMALL)
    paused.measures.take_steps(paused, 1e-9)
    assert paused.measures.latest is None
    assert measured(paused).loss > 0


def test_without_test_digits_nothing_is_measured(digits):
    session = new_session(digits)
    session.test_digits = Digits(5)
    assert not session.measures.take_steps(session, 1)
    assert session.measures.latest is None


def test_with_the_same_noise_it_is_another_loss_and_the_same_each_time(paused):
    paused.set_corruption(Corruption("masking", 0.6))
    clean = measured(paused)
    paused.measures.set_with_noise(True)
    noisy = measured(paused)
    assert noisy.loss > clean.loss
    paused.measures.set_with_noise(True)
    assert measured(paused) == noisy
    paused.set_corruption(Corruption("masking", 0.9))
    assert measured(paused).loss != noisy.loss


def test_the_loss_curve_has_what_was_measured(paused):
    changes = paused.changes
    clean = measured(paused)
    assert paused.changes > changes, "views would not be drawn"
    paused.measures.set_with_noise(True)
    noisy = measured(paused)
    series = paused.curve.series
    assert series[TEST_LOSS][-1] == clean.loss
    assert series[NOISY_TEST_LOSS][-1] == noisy.loss
    assert paused.curve.examples[-1] <= paused.run.examples_seen


def test_what_was_measured_is_saved_with_the_run_and_compared(paused):
    latest = measured(paused)
    snapshot = save(paused)
    said = snapshot["convnet_py"]["session"]["measured"]
    assert said == {"loss": latest.loss, "count": ALL, "class_agreement": latest.class_agreement}
    load(paused, json.loads(json.dumps(snapshot)))
    assert paused.curve.series[TEST_LOSS][-1] == latest.loss
    measured(paused)
    table = {row.label: row.values for row in rows([of_session(paused)])}
    assert table["test loss"] == [f"{latest.loss:.2f}"]
    assert table["class agreement"] == [f"{latest.class_agreement:.3f}"]


def test_a_loss_that_is_no_number_is_neither_saved_nor_in_the_curve(paused):
    paused.run.net.layers[-2].biases[:] = math.nan
    assert not math.isfinite(measured(paused).loss)
    assert TEST_LOSS not in paused.curve.series
    assert paused.measures.to_json(paused.run) == {}


# Principal components


@pytest.fixture
def whole(digits, session):
    """A session for which no more digits will come."""
    session.digits = Digits(digits.count)
    session.digits.add(digits.images, digits.labels)
    session.test_digits = Digits(ALL)
    session.test_digits.add(unseen().images, unseen().labels)
    return session


def test_principal_components_wait_for_all_digits(session):
    baseline = Baseline()
    session.digits.incomplete = session.test_digits.incomplete = False
    assert baseline.take_steps(session, 1), "they would be waited for no more"
    assert baseline.measured(2) is None
    session.digits.incomplete = session.test_digits.incomplete = True
    while baseline.take_steps(session, 1):
        pass
    assert baseline.measured(2).loss > 0
    assert not baseline.take_steps(session, 1)


def test_principal_components_of_the_codes_size_are_measured_once_each(whole):
    baseline = Baseline()
    steps = 0
    while baseline.take_steps(whole, 0.005):
        steps += 1
    assert steps > 3
    two = baseline.measured(code_size(whole))
    assert 20 < two.loss < 24  # of 2,000 digits; of all it is 21.82
    assert two.count == ALL
    assert 0.35 < two.class_agreement < 0.5
    reload(whole, SMALL)
    assert baseline.measured(code_size(whole)) is None
    while baseline.take_steps(whole, 0.005):
        pass
    four = baseline.measured(4)
    assert four.loss < two.loss
    assert baseline.measured(2) is two


def test_another_network_meanwhile_gets_what_belongs_to_its_code(whole):
    baseline = Baseline()
    baseline.take_steps(whole, 1e-9)
    reload(whole, SMALL)
    while baseline.take_steps(whole, 0.01):
        pass
    assert baseline.measured(2) is None
    assert baseline.measured(4).loss > 0
