"""Numbers as the page writes them."""

from __future__ import annotations

import math

import pytest

from autoencoder.views.numbers import compact, fixed, rounded, short, telling, whole


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0, "0.000"),
        (18.8034, "18.803"),
        (-0.5, "-0.500"),
        (12_345.6, "12,345.600"),
        (99_999, "99,999.000"),
        (123_456, "1.2e05"),
        (1.2345e35, "1.2e35"),
        (-1.79e308, "-1.8e308"),
    ],
)
def test_a_number_has_its_places_and_a_large_one_its_power_of_ten(value, text):
    assert fixed(value, 3) == text


@pytest.mark.parametrize("value", [None, math.nan, math.inf, -math.inf])
def test_what_is_no_number_is_a_dash(value):
    assert fixed(value, 3) == rounded(value) == "–"


@pytest.mark.parametrize("exponent", range(-320, 309))
def test_no_number_outgrows_its_place(exponent):
    assert len(fixed(-9.87654321 * 10.0**exponent, 3)) <= len("-98,765.432")


@pytest.mark.parametrize(
    ("count", "text"),
    [(None, "–"), (0, "0"), (1_234_567, "1,234,567"), (2**53, "9.0e15")],
)
def test_a_count_has_all_its_digits_unless_it_is_enormous(count, text):
    assert whole(count) == text


@pytest.mark.parametrize(
    ("value", "text"), [(0, "0"), (7.4, "7"), (69_447, "69,400"), (1_234_567, "1,230,000")]
)
def test_a_speed_has_three_digits_that_tell(value, text):
    assert rounded(value) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0, "0"),
        (0.25, "0.25"),
        (40, "40"),
        (1000, "1k"),
        (200_000, "200k"),
        (2_500_000, "2.5M"),
        (3e9, "3G"),
        (2e34, "2e34"),
        (-1500, "-1.5k"),
    ],
)
def test_a_mark_on_an_axis_is_short(value, text):
    assert short(value) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.0, "0.00"),
        (-0.526, "-0.53"),
        (9.994, "9.99"),
        (9.996, "10.0"),
        (-99.96, "-100"),
        (-128.72, "-129"),
        (999.6, "1.0e03"),
        (math.nan, "–"),
    ],
)
def test_where_there_is_little_room_three_digits_tell(value, text):
    assert compact(value) == text


@pytest.mark.parametrize("exponent", range(-45, 39))
def test_no_number_of_single_precision_outgrows_little_room(exponent):
    assert len(compact(-9.876 * 10.0**exponent)) <= len("-9.9e38")


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.0, "0"),
        (0.482, "0.482"),
        (-0.03119, "−0.0312"),
        (1.0, "1.00"),
        (23.456, "23.5"),
        (-1234.5, "−1,234"),
        (0.000123, "1.2e−04"),
        (-3e7, "−3.0e07"),
        (math.inf, "–"),
    ],
)
def test_of_a_value_three_digits_tell_however_small_it_is(value, text):
    assert telling(value) == text
