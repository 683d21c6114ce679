"""The benchmark's table: what it says of measurements, made up here."""

from __future__ import annotations

import pytest
from tests.bench.contenders import CONVNETJS, KERNELS, TENSORFLOW
from tests.bench.networks import CONVOLUTIONAL, DEFAULT, TRAINER
from tests.bench.report import goals, markdown


def rounds(*rates):
    """Rounds of two seconds at so many examples a second."""
    return [{"updates": 2 * r / TRAINER["batch_size"], "seconds": 2, "loss": 25.4} for r in rates]


def live_round(rate):
    return {
        "examples_per_second": rate,
        "frames_per_second": 60.0,
        "python_ms_per_second": 44.0,
        "drawing_ms_per_second": 144.0,
        "long_tasks": [75.0],
        "seconds": 10.0,
    }


def boot_round(page, bare):
    seconds = {"page": page, "bare": bare, "bare, compiled": bare / 2}
    return {name: {"cold": value, "warm": value} for name, value in seconds.items()}


@pytest.fixture
def measured():
    return {
        "machine": {
            "processor": "Abacus",
            "cores": 2,
            "system": "Plan 9",
            "browser": "Chromium 1",
            "python": "CPython 3",
            "numpy": "2",
            "blas": "OpenBLAS 0.3",
        },
        "load": [0.1, 1.2],
        "plan": {"rounds": 3},
        "training": {
            DEFAULT.name: {
                KERNELS: rounds(50_000, 40_000, 45_000),
                CONVNETJS: rounds(3000),
                TENSORFLOW: rounds(6000),
            },
            CONVOLUTIONAL.name: {
                KERNELS: rounds(12_000),
                CONVNETJS: rounds(2000),
                TENSORFLOW: [{"unsupported": "no gradients"}],
            },
        },
        "live": [live_round(30_000), live_round(27_000), live_round(10_000)],
        "busy": [live_round(24_000), live_round(20_000), live_round(27_000)],
        "boot": [boot_round(3.0, 2.0), boot_round(2.4, 2.0), boot_round(2.2, 2.0)],
    }


def value(measured, name):
    (found,) = [g["value"] for g in goals(measured) if g["name"].startswith(name)]
    return found


def test_a_cell_is_the_median_of_its_rounds(measured):
    assert f"| {KERNELS} | 45,000 | 12,000 |" in markdown(measured)


def test_what_a_contender_cannot_do_stands_in_its_cell(measured):
    assert f"| {TENSORFLOW} | 6,000 | no gradients |" in markdown(measured)


def test_a_goal_compares_medians(measured):
    assert value(measured, "default network: SIMD kernels, times ConvNetJS") == 15
    assert value(measured, "convolutional network: SIMD kernels, times ConvNetJS") == 6
    assert value(measured, "live page, times the bare engine") == 0.6
    assert value(measured, "boot to the first training step") == 1.2
    assert value(measured, "live page with 2,000 digits") == pytest.approx(24 / 27)


def test_goals_without_measurements_are_left_out(measured):
    measured["live"] = measured["busy"] = measured["boot"] = []
    names = [goal["name"] for goal in goals(measured)]
    assert names
    assert not any(word in name for name in names for word in ("live", "boot", "CPython"))
    assert "live page" not in markdown(measured)


def test_every_row_of_a_table_has_as_many_cells_as_its_head(measured):
    tables = [part for part in markdown(measured).split("\n\n") if part.startswith("|")]
    assert len(tables) == 5
    for table in tables:
        assert len({line.count("|") for line in table.splitlines()}) == 1
