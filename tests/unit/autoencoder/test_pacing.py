"""Updates come at the pace that is set, one at a time where they are asked for, and end in time."""

from __future__ import annotations

import itertools

import pytest
from frames_of_a_page import FRAME_MS, Page, View

from autoencoder.metronome import Metronome

PACES = [1.0, 10.0]


def at_a_pace(pace, **options):
    page = Page(**options)
    page.session.updates_per_second = pace
    return page


@pytest.mark.parametrize("pace", PACES)
@pytest.mark.parametrize("parts", [1, 3])
def test_there_are_exactly_so_many_updates_a_second(pace, parts):
    page = at_a_pace(pace, step_ms=0.5)
    page.session.parts = parts
    start = page.clock.now
    page.show(60 * 60)
    seconds = (page.clock.now - start) / 1000
    assert page.session.updates == pytest.approx(pace * seconds, abs=1)


@pytest.mark.parametrize("pace", PACES)
def test_updates_come_evenly(pace):
    page = at_a_pace(pace)
    taken = page.show(1200)
    assert max(taken) == 1
    frames = [frame for frame, steps in enumerate(taken) if steps]
    gaps = [(after - before) * FRAME_MS for before, after in itertools.pairwise(frames)]
    assert max(abs(gap - 1000 / pace) for gap in gaps) <= FRAME_MS + 0.001


def test_the_pace_holds_where_frames_come_late():
    page = Page(View(0, draw_ms=70))
    page.session.updates_per_second = 10.0
    start = page.clock.now
    page.show(600)
    assert page.session.updates == pytest.approx((page.clock.now - start) / 100, abs=1)


def test_the_pace_holds_in_the_background():
    page = at_a_pace(10.0)
    page.show(10)
    start, before = page.clock.now, page.session.updates
    page.hide(1000)
    assert page.session.updates - before == pytest.approx((page.clock.now - start) / 100, abs=1)


@pytest.mark.parametrize("away_ms", [300, 20_000])
def test_a_pause_is_not_made_up_for(away_ms):
    page = at_a_pace(10.0)
    page.show(100)
    page.session.set_paused(True)
    page.show(1)
    page.clock.now += away_ms
    page.show(1)
    page.session.set_paused(False)
    assert sum(page.show(5)) == 1


def test_a_hidden_page_makes_up_for_nothing():
    page = at_a_pace(10.0)
    page.show(100)
    page.clock.now += 60_000
    assert sum(page.show(5)) == 1


def test_a_network_too_slow_for_the_pace_does_not_owe_updates_for_ever():
    page = at_a_pace(10.0, step_ms=400)
    page.show(50)
    page.session.step_ms = 1
    assert sum(page.show(60)) <= 20


def test_another_pace_counts_at_once():
    page = at_a_pace(1.0)
    page.show(10)
    page.session.updates_per_second = 10.0
    assert sum(page.show(60)) == pytest.approx(10, abs=1)
    page.session.updates_per_second = 1.0
    assert sum(page.show(60)) <= 2
    page.session.updates_per_second = float("inf")
    assert page.show(30)[-1] >= 10


def test_a_slow_pace_does_not_spoil_what_is_known_of_the_cost_of_a_step():
    page = Page(step_ms=0.5)
    before = page.show(400)[-1]
    page.session.updates_per_second = 1.0
    page.show(600)
    page.session.updates_per_second = float("inf")
    assert page.show(2)[-1] == pytest.approx(before, abs=1)


def test_a_metronome_beats_as_soon_as_it_is_started():
    metronome = Metronome()
    assert metronome.beats(5000.0, 1.0)
    assert not metronome.beats(5999.0, 1.0)
    assert metronome.beats(6000.0, 1.0)
    metronome.rest()
    assert metronome.beats(6001.0, 1.0)


# A step


@pytest.mark.parametrize(("parts", "frames"), [(1, 1), (12, 12)])
@pytest.mark.parametrize("pace", [1.0, float("inf")])
def test_a_step_is_one_update_however_many_parts_it_has(parts, frames, pace):
    page = Page(View(0), step_ms=7)
    page.session.parts = parts
    page.session.updates_per_second = pace
    page.session.set_paused(True)
    page.show(3)
    page.session.asked = 1
    page.show(frames)
    assert (page.session.updates, page.session.steps) == (1, parts)
    page.session.asked = 1
    page.show(frames)
    assert (page.session.updates, page.session.steps) == (2, 2 * parts)
    page.show(20)
    assert page.session.steps == 2 * parts
    assert page.session.paused


def test_all_that_is_shown_is_drawn_after_a_step():
    page = Page(View(0), View(60_000), View(60_000, visible=False), step_ms=1)
    page.session.parts = 20
    page.session.set_paused(True)
    page.show(5)
    page.session.asked = 1
    page.show(12)
    assert page.session.updates == 1
    done = page.session.frame
    page.show(5)
    drawn = [view.frames[-1] for view in page.views]
    assert drawn[0] == page.session.frame
    assert all(5 < frame <= done + 5 for frame in drawn)
    assert all(len(view.frames) == 2 for view in page.views[1:])


# Where it is to stop


@pytest.mark.parametrize("stop_at", [1, 7, 100, 1001])
def test_no_update_is_taken_after_a_stop_not_even_within_a_frame(stop_at):
    page = Page(View(0), step_ms=0.1)
    page.session.stop_at = stop_at
    page.show(60)
    assert page.session.updates == stop_at
    assert page.views[0].shown_paused
    assert page.sentences == []


def test_no_update_is_taken_after_a_stop_in_the_background():
    page = Page(step_ms=0.1)
    page.session.stop_at = 1000
    page.show(2)
    page.hide(50)
    assert page.session.updates == 1000


def test_training_waits_within_a_frame_where_digits_are_missing():
    page = Page(step_ms=0.1)
    page.show(20)
    step = page.session.step

    def until_digits_are_missing():
        step()
        page.session.waits = page.session.updates >= 5000

    page.session.step = until_digits_are_missing
    page.show(100)
    assert page.session.updates == 5000
