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
        self.changes = 0
        self.interruptions = []
        self.fault = None

    def step(self):
        if self.fault:
            raise self.fault
        self.steps += 1
        self.changes += 1
        self.clock.now += self.step_ms

    def set_paused(self, paused):
        self.paused = paused
        self.changes += 1

    def stop(self):
        self.set_paused(True)

    def note_interruption(self, seconds):
        self.interruptions.append(seconds)

    def take_less(self):
        self.step_ms /= 2


class View:
    """Notes in which frames it is drawn, and whether the session was paused in the last."""

    def __init__(self, period_ms, visible=True, draw_ms=0):
        self.period_ms = period_ms
        self.visible = visible
        self.unfinished = False
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


def test_paused_a_picture_is_drawn_once_more_and_then_only_when_something_has_changed():
    page = Page(View(100), View(100, visible=False))
    page.show(30)
    shown, hidden = page.views
    page.session.set_paused(True)
    page.show(20)
    count = len(shown.frames)
    page.show(200)
    assert len(shown.frames) == count
    page.session.changes += 1
    page.show(20)
    assert len(shown.frames) == count + 1
    before = len(hidden.frames)
    hidden.visible = True
    page.show(20)
    assert len(hidden.frames) == before + 1, "what has come on screen shows what it did before"


def test_a_picture_that_is_not_finished_is_drawn_on_though_nothing_changes():
    page = Page(View(100))
    page.show(10)
    page.session.set_paused(True)
    page.show(20)
    (view,) = page.views
    view.unfinished = True
    count = len(view.frames)
    page.show(100)
    assert len(view.frames) > count + 5
    view.unfinished = False
    count = len(view.frames)
    page.show(100)
    assert len(view.frames) == count


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


# A rehearsal


def test_a_rehearsal_draws_every_view_once_and_holds_frames_up():
    page = Page(View(0), View(100), View(10_000, visible=False))
    page.show(5)
    before = [len(view.frames) for view in page.views]
    for _ in page.loop.rehearse():
        assert page.show(3) == [0, 0, 0]
    assert [len(view.frames) for view in page.views] == [count + 1 for count in before]
    assert min(page.show(5)) >= 1


def test_a_rehearsal_that_fails_says_so_to_its_caller_and_frames_go_on():
    page = Page(View(0), View(100))
    page.show(5)
    page.views[1].fault = ValueError("not a picture")
    with pytest.raises(ValueError, match="not a picture"):
        list(page.loop.rehearse())
    page.views[1].fault = None
    assert min(page.show(5)) >= 1
    assert page.sentences == []


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
    assert page.views[0].frames[-1] > 6
    assert page.views[1].frames[-1] == 6, "what was shown before the fault still is"


def test_a_picture_that_fails_is_told_once_and_stops_neither_training_nor_other_pictures():
    page = Page(View(0), View(0), View(100), View(100))
    page.show(5)
    status, broken, *pictures = page.views
    broken.fault = ValueError("not a picture")
    with pytest.raises(ValueError, match="not a picture"):
        page.show()
    assert status.frames[-1] == broken.frames[-1] == 6
    assert min(page.show(100)) >= 1
    assert broken.frames[-1] == 6
    assert status.frames[-1] == 106
    assert all(view.frames[-1] > 90 for view in pictures)
    (sentence,) = page.sentences
    assert "not a picture" in sentence
    assert "kept" not in sentence


def test_a_picture_that_failed_is_tried_again_when_something_is_changed():
    page = Page(View(0), View(100))
    page.show(5)
    broken = page.views[1]
    broken.fault = ConvNetError("This picture needs too much memory.")
    page.show(20)
    assert page.sentences == ["This picture needs too much memory."]
    assert not page.session.paused
    count = len(broken.frames)
    broken.fault = None
    page.loop.refresh()
    page.show(20)
    assert len(broken.frames) > count
