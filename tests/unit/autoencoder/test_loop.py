"""How much the frame loop trains in a frame, and what it makes of frames that do not come."""

from __future__ import annotations

import pytest
from frames_of_a_page import FRAME_MS, Page, Run, View

from autoencoder.loop import StepBudget


def training_ms(page, frames=1000):
    """Milliseconds of training in a frame, on average."""
    return sum(page.show(frames)) * page.session.step_ms / frames


@pytest.mark.parametrize("step_ms", [0.08, 0.2, 1, 3, 5, 14.9])
def test_training_takes_fifteen_milliseconds_of_a_frame_that_comes_on_time(step_ms):
    page = Page(step_ms=step_ms)
    page.show(400)
    assert training_ms(page) == pytest.approx(15, rel=0.05)
    assert max(page.show(100)) <= 15 / step_ms + 1


def test_training_gives_way_to_drawing_until_frames_come_on_time():
    page = Page(View(0, draw_ms=4), step_ms=0.1)
    page.show(500)
    start = page.clock.now
    assert 11 < training_ms(page) < 13
    assert (page.clock.now - start) / 1000 == pytest.approx(FRAME_MS, rel=0.05)


@pytest.mark.parametrize(("draw_ms", "left_ms"), [(4, 11), (7.5, 7.5)])
def test_a_picture_now_and_then_costs_training_the_time_of_its_own_frames_only(draw_ms, left_ms):
    page = Page(View(500, draw_ms=draw_ms), step_ms=0.1)
    page.show(600)
    taken = page.show(300)
    assert sorted(taken)[len(taken) // 2] == pytest.approx(150, rel=0.03)
    assert min(taken) == pytest.approx(10 * left_ms, rel=0.05)


def test_steps_that_would_make_every_other_frame_late_are_left_for_the_next():
    page = Page(step_ms=7)
    page.show(400)
    assert page.show(1000).count(3) < 40
    assert training_ms(page) == pytest.approx(14, rel=0.05)


def test_training_keeps_its_ten_milliseconds_however_late_frames_come():
    page = Page(View(0, draw_ms=40), step_ms=0.1)
    page.show(500)
    assert training_ms(page) == pytest.approx(10, rel=0.02)


def test_training_begins_with_ten_milliseconds_and_takes_more_by_and_by():
    page = Page(step_ms=0.1)
    steps = page.show(400)
    assert max(steps[:10]) <= 103
    assert steps[100] == pytest.approx(120, abs=3)
    assert steps[-1] == pytest.approx(150, abs=2)


def test_the_first_frame_takes_one_step_to_learn_what_it_costs():
    assert Page(step_ms=500).show() == [1]
    assert Page(step_ms=0.05).show() == [1]


@pytest.mark.parametrize("step_ms", [16, 40, 500])
def test_a_step_that_takes_longer_than_there_is_time_is_still_taken_once_a_frame(step_ms):
    assert Page(step_ms=step_ms).show(50) == [1] * 50


def test_there_is_a_limit_to_the_steps_of_a_frame():
    page = Page(step_ms=0)
    assert max(page.show(100)) == 200
    page.session.step_ms = 1
    assert page.show()[0] <= 200


def test_the_number_of_steps_follows_what_they_cost():
    page = Page(step_ms=0.5)
    assert page.show(400)[-1] == 30
    page.session.step_ms = 2
    assert page.show(400)[-1] in (7, 8)
    page.session.step_ms = 0.5
    assert page.show(400)[-1] in (29, 30)


def test_one_slow_frame_does_not_stop_training():
    page = Page(step_ms=0.5)
    page.show(50)
    page.session.step_ms = 50
    page.show()
    page.session.step_ms = 0.5
    assert min(page.show(5)) >= 1
    assert page.show(60)[-1] >= 19


def test_another_network_is_not_expected_to_cost_what_the_last_one_did():
    page = Page(step_ms=0.05)
    assert page.show(100)[-1] > 150
    page.session.step_ms = 400
    page.session.run = Run()
    assert page.show(3) == [1, 1, 1]


def test_steps_that_take_too_long_become_shorter():
    page = Page(step_ms=400)
    page.show(20)
    assert page.session.step_ms == 50


def test_one_step_that_takes_long_changes_nothing():
    page = Page(step_ms=7)
    page.show(20)
    for step_ms in (400, 7, 400, 7):
        page.session.step_ms = step_ms
        page.show(1)
        assert page.session.step_ms == step_ms


def test_the_end_of_the_memory_is_told_in_a_sentence():
    page = Page(View(0))
    page.session.fault = MemoryError()
    page.show(1)
    assert page.session.paused
    assert "not enough memory" in page.sentences[0]


def test_time_left_over_is_not_saved_up_without_end():
    page = Page(step_ms=7)
    page.show(100)
    page.session.step_ms = 1
    assert max(page.show(100)) <= 20


def test_a_coarse_clock_does_not_mislead():
    budget = StepBudget()
    taken = 0.0
    for _ in range(2000):
        steps = budget.steps()
        taken += steps * 0.04
        budget.learn(steps, float(round(steps * 0.04)))
    assert taken / 2000 == pytest.approx(8, abs=2.5)


def test_nothing_is_trained_while_it_is_paused():
    page = Page(View(0), step_ms=1)
    page.show(10)
    page.session.set_paused(True)
    assert page.show(50) == [0] * 50
    assert page.views[0].frames[-1] == 60
    page.session.set_paused(False)
    assert min(page.show(10)) >= 1


# Frames that do not come


def test_frames_that_a_hidden_page_is_not_given_are_told_to_the_session():
    page = Page()
    page.show(10)
    page.clock.now += 20_000
    page.show(10)
    assert page.session.interruptions == [pytest.approx(20, abs=0.1)]


@pytest.mark.parametrize("slow", [{"step_ms": 5000}, {"draw_ms": 5000}])
def test_slow_steps_and_slow_pictures_are_no_interruption(slow):
    page = Page(View(0, draw_ms=slow.get("draw_ms", 0)), step_ms=slow.get("step_ms", 1))
    page.show(10)
    assert page.session.interruptions == []


def test_a_pause_is_no_interruption():
    page = Page()
    page.session.set_paused(True)
    for _ in range(5):
        page.clock.now += 5000
        page.show()
    page.session.set_paused(False)
    page.show(3)
    assert page.session.interruptions == []


def test_training_stops_within_a_frame_where_it_has_to_wait():
    page = Page(step_ms=0.1)
    page.show(200)
    taken = page.session.steps
    step = page.session.step

    def step_and_wait():
        step()
        page.session.waits = page.session.steps >= taken + 5

    page.session.step = step_and_wait
    assert page.show(3) == [5, 0, 0]
    page.session.waits = False
    page.session.step = step
    assert page.show()[0] > 50


# The time that a run is trained


def test_the_time_of_training_counts_for_the_run_and_no_other():
    page = Page(step_ms=1)
    page.show(61)
    assert page.session.seconds == pytest.approx(1, abs=0.001)
    page.session.set_paused(True)
    page.show(61)
    page.clock.now += 5000
    page.show(61)
    page.session.set_paused(False)
    page.show(61)
    assert page.session.seconds == pytest.approx(2, abs=0.05)
    page.clock.now += 30_000  # hidden
    page.show(31)
    assert page.session.seconds == pytest.approx(2.5, abs=0.07)


def test_time_before_a_network_is_there_does_not_count_for_it():
    page = Page(step_ms=1)
    page.show(61)
    page.session.run, page.session.seconds = Run(), 0.0
    page.show(1)
    assert page.session.seconds == 0
    page.show(60)
    assert page.session.seconds == pytest.approx(1, abs=0.001)


def test_waiting_for_the_next_update_is_training_too():
    page = Page()
    page.session.updates_per_second = 1.0
    page.show(121)
    assert page.session.seconds == pytest.approx(2, abs=0.001)


# A hidden page


def test_a_hidden_page_trains_for_forty_milliseconds_of_each_tick_and_draws_nothing():
    page = Page(View(0), View(100), step_ms=0.3)
    page.show(100)
    drawn = [len(view.frames) for view in page.views]
    steps = page.hide(50)
    assert all(39 < taken * 0.3 <= 40 for taken in steps)
    assert [len(view.frames) for view in page.views] == drawn
    assert page.session.interruptions == []


def test_no_tick_takes_longer_than_fifty_milliseconds_but_for_a_step_that_does():
    page = Page(step_ms=30)
    page.show(10)
    assert page.hide(5) == [1] * 5
    page.session.step_ms = 400
    assert page.hide(5) == [1] * 5


def test_what_is_learnt_while_it_is_hidden_does_not_disturb_frames():
    page = Page(step_ms=0.5)
    before = page.show(400)[-1]
    page.hide(500)
    assert page.show(1) == [pytest.approx(before, abs=2)]
    assert max(page.show(50)) <= before + 1


def test_steps_that_take_long_in_the_background_are_taken_as_they_are():
    page = Page(step_ms=20)
    page.show(10)
    page.session.step_ms = 60
    page.hide(20)
    assert page.session.step_ms == 60


def test_time_in_the_background_counts_where_it_trains():
    page = Page(step_ms=1)
    page.show(1)
    page.hide(101, every_ms=50)
    assert page.session.seconds == pytest.approx(5, abs=0.1)


def test_ticks_that_did_not_come_are_an_interruption_all_the_same():
    page = Page()
    page.show(5)
    page.hide(5)
    page.clock.now += 60_000
    page.hide(5)
    page.show(5)
    assert page.session.interruptions == [pytest.approx(60, abs=0.1)]


def test_nothing_is_trained_in_the_background_where_nothing_would_be_in_the_foreground():
    page = Page()
    page.show(5)
    page.session.set_paused(True)
    assert page.hide(5) == [0] * 5
    page.session.set_paused(False)
    page.session.waits = True
    assert page.hide(5) == [0] * 5


def test_a_fault_in_the_background_pauses_and_is_told():
    page = Page(View(0))
    page.show(5)
    page.session.fault = ZeroDivisionError("by 0")
    with pytest.raises(ZeroDivisionError):
        page.hide(1)
    assert page.session.paused
    assert "by 0" in page.sentences[0]
    page.show(1)
    assert page.views[0].shown_paused
