"""The frame loop: how much it trains in a frame, what it draws, and what it does when it fails."""

from __future__ import annotations

import itertools
import math

import pytest

from autoencoder.loop import Loop, StepBudget
from convnet import ConvNetError

FRAME_MS = 1000 / 60


class Clock:
    """Milliseconds, which pass only when something takes its time."""

    def __init__(self):
        self.now = 1000.0

    def __call__(self):
        return self.now


class Session:
    """Counts its steps, each of which takes some time."""

    def __init__(self, clock, step_ms=1.0):
        self.clock = clock
        self.step_ms = step_ms
        self.steps = 0
        self.paused = False
        self.generation = 1
        self.fault = None

    def step(self):
        if self.fault:
            raise self.fault
        self.steps += 1
        self.clock.now += self.step_ms

    def set_paused(self, paused):
        self.paused = paused


class View:
    """Notes in which frames it is drawn, and whether the session was paused in the last."""

    def __init__(self, period_ms, visible=True, draw_ms=0):
        self.period_ms = period_ms
        self.visible = visible
        self.draw_ms = draw_ms
        self.frames = []
        self.fault = None

    def draw(self, session):
        self.frames.append(session.frame)
        self.shown_paused = session.paused
        session.clock.now += self.draw_ms
        if self.fault:
            raise self.fault


class Page:
    """A browser that shows frames, 60 a second or as many as there is time for."""

    def __init__(self, *views, step_ms=1.0):
        self.clock = Clock()
        self.session = Session(self.clock, step_ms)
        self.session.frame = 0
        self.views = views
        self.sentences = []
        self.loop = Loop(self.session, views, self.clock, self.report)

    def report(self, sentence):
        self.sentences.append(sentence)
        return lambda: self.sentences.remove(sentence)

    def show(self, frames=1):
        """The number of steps in each of so many frames."""
        steps = []
        for _ in range(frames):
            self.session.frame += 1
            start, before = self.clock.now, self.session.steps
            try:
                self.loop.frame()
            finally:
                passed = math.ceil((self.clock.now - start) / FRAME_MS)  # frames of the display
                self.clock.now = start + FRAME_MS * max(passed, 1)
            steps.append(self.session.steps - before)
        return steps


# Training


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
    page.session.generation += 1
    assert page.show(3) == [1, 1, 1]


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
    page = Page(View(100), step_ms=1)
    page.show(10)
    page.session.set_paused(True)
    assert page.show(50) == [0] * 50
    assert page.views[0].frames[-1] > 50
    page.session.set_paused(False)
    assert min(page.show(10)) >= 1


# Drawing


def test_what_has_no_period_is_drawn_in_every_frame():
    page = Page(View(0), View(0))
    page.show(20)
    assert [view.frames for view in page.views] == [list(range(1, 21))] * 2


def test_a_picture_is_drawn_once_in_its_period():
    page = Page(View(500))
    page.show(301)  # five seconds
    frames = page.views[0].frames
    assert len(frames) in (10, 11)
    gaps = [(b - a) * FRAME_MS for a, b in itertools.pairwise(frames)]
    assert min(gaps) >= 499
    assert max(gaps) < 500 + 2 * FRAME_MS


def test_at_most_one_picture_is_drawn_in_a_frame_and_each_gets_its_turn():
    page = Page(View(0), View(1), View(1), View(100), View(100))
    page.show(300)
    always, *pictures = page.views
    assert len(always.frames) == 300
    drawn = [frame for view in pictures for frame in view.frames]
    assert len(drawn) == len(set(drawn))
    assert min(len(view.frames) for view in pictures) >= 30


def test_the_picture_that_is_most_late_comes_first():
    page = Page(View(100), View(200), View(1000))
    page.show(3)  # each is drawn once, in one frame each
    assert sorted(frame for view in page.views for frame in view.frames) == [1, 2, 3]
    page.clock.now += 1100  # late by about 1000, 900 and 100
    page.show(3)
    assert [view.frames[1] for view in page.views] == [4, 5, 6]


def test_a_picture_that_comes_later_is_drawn_as_soon_as_it_is_there():
    page = Page(View(0))
    page.show(3)
    late = View(400)
    page.loop.add(late)
    page.show(10)
    assert late.frames == [4]


def test_what_is_off_screen_is_not_drawn_until_it_comes_on_screen():
    page = Page(View(100), View(100, visible=False))
    page.show(10)
    shown, hidden = page.views
    before = list(hidden.frames)
    page.show(100)
    assert hidden.frames == before
    assert len(shown.frames) > 10
    hidden.visible = True
    page.show(3)
    assert len(hidden.frames) == len(before) + 1


def test_what_the_visitor_changes_is_drawn_at_once_on_screen_or_off():
    page = Page(View(0), View(10_000), View(10_000), View(10_000, visible=False))
    page.show(10)
    page.loop.refresh()
    page.show(3)
    _, *pictures = page.views
    assert sorted(view.frames[-1] for view in pictures) == [11, 12, 13]
    counts = [len(view.frames) for view in pictures]
    page.show(50)
    assert [len(view.frames) for view in pictures] == counts


# Faults


def test_what_the_session_says_pauses_and_is_told():
    page = Page(View(0))
    page.show(5)
    page.session.fault = ConvNetError("The loss stopped being a finite number.")
    page.show()
    assert page.session.paused
    assert page.sentences == ["The loss stopped being a finite number."]
    assert page.views[0].shown_paused, "the page tells of a pause that it does not show"
    page.show(10)
    assert page.sentences == page.sentences[:1]
    assert page.views[0].frames[-1] == 16
    page.session.fault = None
    page.session.set_paused(False)
    assert min(page.show(5)) >= 1
    assert page.sentences == [], "what stopped training is over"


def test_a_fault_in_training_pauses_is_told_and_shows_on_the_console():
    page = Page(View(0), View(100))
    page.show(5)
    page.session.fault = ZeroDivisionError("by 0")
    with pytest.raises(ZeroDivisionError):
        page.show()
    assert page.session.paused
    (sentence,) = page.sentences
    assert "ZeroDivisionError: by 0" in sentence
    assert "save" in sentence
    assert page.views[0].shown_paused, "the page tells of a pause that it does not show"
    page.show(20)
    assert len(page.sentences) == 1
    assert all(view.frames[-1] > 6 for view in page.views)


def test_a_picture_that_fails_pauses_is_told_and_keeps_no_other_from_being_drawn():
    page = Page(View(0), View(100), View(100))
    page.show(5)
    _, broken, sound = page.views
    broken.fault = ValueError("not a picture")
    with pytest.raises(ValueError, match="not a picture"):
        page.show(30)
    assert page.session.paused
    assert "not a picture" in page.sentences[0]
    before = len(sound.frames)
    broken.fault = None
    page.show(30)
    assert len(sound.frames) > before
