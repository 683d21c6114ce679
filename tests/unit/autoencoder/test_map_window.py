"""What is seen of the plane of codes: around the digits, or where the visitor looks."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from autoencoder.map_window import MapWindow

CODES = np.array([[0, -3], [2, 1], [1, 0]], np.float32)


def around(codes=CODES):
    window = MapWindow()
    window.follow(codes)
    return window


def seen(window):
    return np.array([window.low, window.high])


def holds(window, codes):
    positions = window.positions_of(codes)
    return bool(((positions >= 0) & (positions <= 1)).all())


def test_at_first_all_digits_are_seen_at_once():
    window = around()
    assert window.fitted
    assert not window.moves
    assert holds(window, CODES)
    left, bottom = window.positions_of(CODES).min(axis=0)
    right, top = window.positions_of(CODES).max(axis=0)
    assert 0 < left < 0.15 < 0.85 < right < 1
    assert (left, bottom) == pytest.approx((1 - right, 1 - top))


def test_axes_stay_while_the_digits_fill_them():
    window = around()
    before, changes = seen(window), window.changes
    for codes in (0.99 * CODES, 1.02 * CODES, CODES + 0.05):
        window.follow(codes)
        window.glide(1)
    assert (seen(window) == before).all()
    assert window.changes == changes


@pytest.mark.parametrize("codes", [2 * CODES, CODES + 3, CODES / 10], ids=["more", "away", "less"])
def test_axes_glide_where_digits_outgrow_them_or_leave_them_empty(codes):
    window = around()
    start = seen(window)
    window.follow(codes)
    assert (seen(window) == start).all()
    goal, ways = seen(around(codes)), []
    while window.moves:
        window.glide(1 / 60)
        ways.append(np.abs(seen(window) - start).max())
    assert len(ways) > 10, "it has jumped"
    assert ways == sorted(ways)
    assert max(np.diff(ways)) < np.abs(goal - start).max() / 5
    np.testing.assert_array_equal(seen(window), goal)


def test_who_wants_little_to_move_sees_axes_change_at_once():
    window = around()
    window.follow(3 * CODES)
    window.glide(math.inf)
    assert not window.moves
    np.testing.assert_array_equal(seen(window), seen(around(3 * CODES)))


@given(
    st.floats(1.01, 50),
    st.tuples(st.floats(0, 1), st.floats(0, 1)),
)
def test_zooming_leaves_where_it_is_what_one_points_at(factor, place):
    window = around()
    code, size = window.codes_at(place), window.high - window.low
    window.zoom(factor, place)
    np.testing.assert_allclose(window.positions_of(code), place, atol=1e-9)
    np.testing.assert_allclose(window.high - window.low, size / factor)
    assert not window.fitted


def test_where_the_visitor_looks_the_digits_may_go_on():
    window = around()
    window.zoom(3)
    before = seen(window)
    window.follow(5 * CODES)
    assert not window.moves
    window.glide(1)
    assert (seen(window) == before).all()
    window.fit()
    window.glide(math.inf)
    assert holds(window, 5 * CODES)


def test_zooming_out_ends_where_all_digits_are_seen():
    window = around()
    before = seen(window)
    window.zoom(4, (0.1, 0.9))
    for _ in range(3):
        window.zoom(0.5, (0.7, 0.2))
    assert window.fitted
    window.glide(math.inf)
    np.testing.assert_array_equal(seen(window), before)


def test_there_is_an_end_to_zooming_in():
    window = around()
    for _ in range(200):
        window.zoom(2)
    assert (window.high > window.low).all()
    assert np.isfinite(window.codes_at((0.3, 0.3))).all()


def test_panning_moves_what_is_seen_with_the_hand():
    window = around()
    code = window.codes_at((0.2, 0.3))
    window.pan((0.5, -0.1))
    np.testing.assert_allclose(window.positions_of(code), (0.7, 0.2))
    assert not window.fitted


def test_positions_and_codes_are_each_others_inverse():
    window = around()
    window.zoom(2.5, (0.3, 0.8))
    np.testing.assert_allclose(window.codes_at(window.positions_of(CODES)), CODES, atol=1e-9)


@pytest.mark.parametrize("value", [0, 7, -1e-20, 3e30, np.nan, np.inf])
def test_codes_that_are_all_the_same_lie_in_the_middle(value):
    codes = np.full((5, 2), value, np.float32)
    window = around(codes)
    assert (window.high > window.low).all()
    np.testing.assert_allclose(window.positions_of(codes), 0.5)


def test_codes_that_are_no_numbers_need_no_room():
    window = around(np.array([*CODES, [np.nan, 9], [np.inf, -np.inf]], np.float32)[[0, 1, 2, 4]])
    np.testing.assert_array_equal(seen(window), seen(around()))
