"""What is looked at keeps still for a while."""

from __future__ import annotations

from autoencoder.views.pace import CALM_S, Pace


def test_something_changes_every_so_often_and_at_once_for_a_new_reason():
    now = 100.0
    pace = Pace(lambda: now)
    assert pace.is_due("first network")
    assert not pace.is_due("first network")
    assert pace.is_due("second network")
    now += 0.9 * CALM_S
    assert not pace.is_due("second network")
    now += 0.2 * CALM_S
    assert pace.is_due("second network")
    assert not pace.is_due("second network")
