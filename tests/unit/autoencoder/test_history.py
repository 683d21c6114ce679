"""What a run remembers of its course."""

from __future__ import annotations

import itertools
import json
import math
import random

import pytest

from autoencoder.history import MOST_POINTS, Averages, LossCurve, Speed
from convnet import ConvNetError, Stats


def stats(cost, l1=0.0, l2=0.0, forward=0.0, backward=0.0):
    return Stats(cost, l1, l2, forward, backward)


# Averages


def test_before_the_first_update_there_is_no_average():
    averages = Averages()
    assert [averages[field] for field in (*Averages.LOSSES, *Averages.TIMES)] == [None] * 5
    assert averages.loss is None


def test_losses_are_averaged_over_the_last_hundred_updates():
    averages = Averages()
    averages.add(stats(8, 1, 2, 3, 4))
    assert [averages[field] for field in (*Averages.LOSSES, *Averages.TIMES)] == [8, 1, 2, 3, 4]
    for number in range(150):
        averages.add(stats(number, 2 * number, 3 * number, 0, 0))
    middle = sum(range(50, 150)) / 100
    for factor, field in enumerate(Averages.LOSSES, start=1):
        assert averages[field] == factor * middle


def test_times_are_averaged_over_so_many_updates_that_one_pause_hardly_shows():
    averages = Averages()
    for number in range(3000):
        averages.add(stats(0, 0, 0, 1, 2 if number < 2000 else 4))
    assert averages["forward_time"] == 1
    assert averages["backward_time"] == 3
    averages.add(stats(0, 0, 0, 201, 4))
    assert averages["forward_time"] == 1.1


def test_the_loss_is_that_of_cost_and_decay_together():
    averages = Averages()
    averages.add(stats(10, 2, 1, 99, 99))
    averages.add(stats(20, 4, 3, 99, 99))
    assert averages.loss == 15 + 3 + 2


@pytest.mark.parametrize("count", [0, 30, 250])
def test_losses_that_were_saved_go_on(count):
    averages = Averages()
    for number in range(count):
        averages.add(stats(number, 2 * number, 3 * number, 1, 1))
    again = Averages.from_json(json.loads(json.dumps(averages.to_json())))
    assert again.full == averages.full
    for each in (averages, again):
        each.add(stats(7, 8, 9))
    assert again.loss == averages.loss
    assert again["forward_time"] == 0


def test_without_saved_losses_there_are_none():
    assert Averages.from_json({}).loss is None


@pytest.mark.parametrize(
    "losses",
    [
        {"cost_loss": [1.0, 2.0]},
        {"cost_loss": 5},
        {"l1_decay_loss": ["1"]},
        {"l2_decay_loss": [-1.0]},
        {"l2_decay_loss": [1e101]},
        {field: [1.0] * 101 for field in Averages.LOSSES},
    ],
)
def test_what_are_no_losses_are_refused(losses):
    sound = {field: [1.0] for field in Averages.LOSSES}
    Averages.from_json(sound)
    with pytest.raises(ConvNetError, match="latest losses"):
        Averages.from_json(sound | losses)


# Speed


def run(speed, clock, examples, seconds, step=0.0625):
    """Trains at an even speed for a while; returns the examples seen in the end."""
    per_mark = examples // round(seconds / step)
    seen = 0
    for _ in range(round(seconds / step)):
        clock.now += step
        seen += per_mark
        speed.mark(seen)
    return seen


def test_speed_needs_two_moments(clock):
    speed = Speed(clock)
    assert speed.examples_per_second is None
    speed.mark(50)
    assert speed.examples_per_second is None
    speed.mark(100)  # a coarse clock stands still
    assert speed.examples_per_second is None
    clock.now += 0.5
    speed.mark(150)
    assert speed.examples_per_second == 200


def test_speed_is_that_of_the_last_second(clock):
    speed = Speed(clock)
    seen = run(speed, clock, 9600, 2)
    assert speed.examples_per_second == 4800
    for _ in range(40):
        clock.now += 0.0625
        seen += 25
        speed.mark(seen)
    assert speed.examples_per_second == 400


def test_a_long_break_does_not_count_once_it_is_told(clock):
    speed = Speed(clock)
    seen = run(speed, clock, 10_000, 2)
    speed.reset()
    assert speed.examples_per_second is None
    clock.now += 100
    speed.mark(seen)
    clock.now += 0.25
    speed.mark(seen + 500)
    assert speed.examples_per_second == 2000


def test_speed_forgets_the_past_of_a_long_run(clock):
    speed = Speed(clock)
    run(speed, clock, 1_000_000, 60)
    assert len(speed._marks) < 30


# The loss curve


def filled(count, step=50, curve=None):
    """A curve of so many updates, whose loss tells at how many examples it was."""
    curve = curve or LossCurve()
    for number in range(1, count + 1):
        curve.add(number * step, number * step / 2)
    return curve


def test_the_first_loss_is_a_point_at_once():
    assert filled(1).examples == [50]


def test_points_lie_at_least_200_examples_apart():
    curve = filled(100)
    assert curve.examples == list(range(50, 5001, 200))
    assert curve.series["loss"] == [examples / 2 for examples in curve.examples]


def test_a_long_run_is_thinned_out_evenly_from_its_first_point_to_its_last():
    curve = LossCurve()
    chance = random.Random(1)
    seen = 0
    for _ in range(50_000):
        seen += chance.choice([50, 50, 128, 1000])
        curve.add(seen, seen / 2)
        assert len(curve.examples) == len(curve.series["loss"]) <= MOST_POINTS
    assert curve.series["loss"] == [examples / 2 for examples in curve.examples]
    gaps = [b - a for a, b in itertools.pairwise(curve.examples)]
    assert min(gaps) > 0
    assert max(gaps) <= 4 * min(gaps)
    assert curve.examples[0] <= 1000
    assert seen - curve.examples[-1] <= max(gaps) + 1000
    assert len(curve.examples) > MOST_POINTS // 3


def test_thinning_keeps_the_first_point_and_the_last():
    curve = filled(MOST_POINTS, step=200)
    assert len(curve.examples) == MOST_POINTS
    curve.add(200 * (MOST_POINTS + 1), 1.5)
    assert len(curve.examples) <= MOST_POINTS // 2 + 1
    assert curve.examples[0] == 200
    assert (curve.examples[-1], curve.series["loss"][-1]) == (200 * (MOST_POINTS + 1), 1.5)


def test_a_cleared_curve_is_empty_and_as_dense_as_at_first():
    curve = filled(20_000)
    assert curve.examples[1] - curve.examples[0] > 200
    curve.clear()
    assert curve.examples == curve.series["loss"] == []
    assert filled(100, curve=curve).examples == filled(100).examples


def test_a_saved_curve_goes_on_as_if_it_had_not_been_saved():
    curve = filled(10_000)
    saved = LossCurve.from_json(json.loads(json.dumps(curve.to_json())))
    for each in (curve, saved):
        for number in range(10_001, 20_000):
            each.add(number * 50, 1.0)
    assert saved.examples == curve.examples
    assert saved.series["loss"] == curve.series["loss"]


def test_whole_numbers_are_whole_however_a_snapshot_writes_them():
    saved = {"examples": [50.0, 250.0], "losses": [2, 1], "stride": 200}
    examples = LossCurve.from_json(saved).examples
    assert examples == [50, 250]
    assert all(type(count) is int for count in examples)


def test_a_copy_goes_its_own_way():
    curve, averages = filled(10_000), Averages()
    averages.add(stats(8))
    copies = curve.copy(), averages.copy()
    assert copies[0].to_json() == curve.to_json()
    filled(10_000, curve=curve)
    averages.add(stats(2))
    assert copies[0].to_json() == filled(10_000).to_json()
    assert copies[1].loss == 8


def test_a_snapshot_without_a_curve_has_an_empty_one():
    assert LossCurve.from_json({}).examples == []


@pytest.mark.parametrize(
    "change",
    [
        {"examples": [3, 2, 1]},
        {"examples": [1, 2]},
        {"examples": [1, 2, "3"]},
        {"examples": [1, 2, None]},
        {"examples": None},
        {"examples": [1, 1, 2]},
        {"examples": [1, 1.5, 2]},
        {"examples": [10**15, 10**15 + 0.125, 10**15 + 0.25]},
        {"examples": [2**53 - 2, 2**53 - 1, 2**53]},
        {"examples": [-1, 0, 1]},
        {"losses": [1, 2, -1]},
        {"losses": [1, 2, 1e300]},
        {"losses": [1, 2, math.nan]},
        {"losses": [1, 2, 10**400]},
        {"examples": [1, 2, 10**400]},
        {"losses": {}},
        {"stride": 0},
        {"stride": "200"},
        {"examples": list(range(MOST_POINTS + 1)), "losses": [1] * (MOST_POINTS + 1)},
    ],
)
def test_what_is_no_curve_is_refused(change):
    curve = {"examples": [1, 2, 3], "losses": [3, 2, 1], "stride": 200}
    LossCurve.from_json(curve)
    with pytest.raises(ConvNetError):
        LossCurve.from_json(curve | change)


# Several series


def with_test_losses(count, every, step=50):
    """A curve of so many updates, with a test loss beside the loss now and then."""
    curve = LossCurve()
    for number in range(1, count + 1):
        others = {} if number % every else {"test": number * step / 4}
        curve.add(number * step, number * step / 2, **others)
    return curve


def test_another_series_has_gaps_where_it_was_not_measured():
    curve = with_test_losses(12, every=4)
    assert curve.examples == [50, 250, 450]
    assert list(curve.series) == ["loss", "test"]
    assert curve.series["loss"] == [25, 125, 225]
    assert curve.series["test"] == [50, 100, 150]  # of the examples 200, 400 and 600
    curve.add(650, 1.0)
    assert curve.series["test"][-1] is None


def test_what_is_measured_now_and_then_stays_when_a_long_run_is_thinned_out():
    curve = with_test_losses(60_000, every=10_000)
    measured = {n: v for n, v in zip(curve.examples, curve.series["test"], strict=True) if v}
    assert list(measured.values()) == [125_000 * n for n in range(1, 7)]
    stride = curve.examples[1] - curve.examples[0]
    for number, examples in enumerate(measured, start=1):
        assert abs(examples - 500_000 * number) <= 2 * stride


def test_several_series_are_saved_and_go_on():
    curve = with_test_losses(100, every=30)
    saved = LossCurve.from_json(json.loads(json.dumps(curve.to_json())))
    for each in (curve, saved):
        each.add(6000, 1.0, test=2.0, other=3.0)
    assert saved.to_json() == curve.to_json()
    assert saved.series["other"][:-1] == [None] * (len(saved.examples) - 1)
    copy = curve.copy()
    curve.add(7000, 1.0, test=5.0)
    assert copy.to_json() == saved.to_json()
    curve.clear()
    assert curve.series == {"loss": []}


def test_a_curve_of_the_loss_alone_is_written_as_ever():
    assert filled(5).to_json() == {"examples": [50, 250], "losses": [25, 125], "stride": 200}


@pytest.mark.parametrize(
    "others",
    [
        [],
        {"test": 5},
        {"test": [1, 2]},
        {"test": [1, 2, 3, 4]},
        {"test": [1, 2, "3"]},
        {"test": [1, 2, -3]},
        {"test": [1, 2, math.inf]},
        {"loss": [1, 2, 3]},
        {"t" * 41: [1, 2, 3]},
        {f"test {number}": [1, 2, 3] for number in range(9)},
    ],
)
def test_what_is_no_other_series_is_refused(others):
    curve = {"examples": [1, 2, 3], "losses": [3, 2, 1], "stride": 200}
    LossCurve.from_json(curve | {"others": {"test": [1, None, 3]}})
    with pytest.raises(ConvNetError, match="others"):
        LossCurve.from_json(curve | {"others": others})
