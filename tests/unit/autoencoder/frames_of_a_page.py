"""A page to try the frame loop with: a session that only counts, views that only note."""

from __future__ import annotations

import math

from autoencoder.loop import Loop

FRAME_MS = 1000 / 60


class Clock:
    """Milliseconds, which pass only when something takes its time."""

    def __init__(self):
        self.now = 1000.0

    def __call__(self):
        return self.now


class Run:
    """A run, of which frames ask only whether a minibatch is half done."""

    is_midway = False


class Session:
    """Counts its steps, each of which takes some time, and its updates, each of so many parts."""

    def __init__(self, clock, step_ms=1.0):
        self.clock = clock
        self.step_ms = step_ms
        self.parts = 1
        self.steps = 0
        self.updates = 0
        self.stop_at = math.inf
        self.asked = 0
        self.updates_per_second = math.inf
        self.seconds = 0.0
        self.paused = False
        self.waits = False
        self.run = Run()
        self.changes = 0
        self.interruptions = []
        self.fault = None

    @property
    def trains(self):
        return not ((self.paused and not self.asked) or self.waits)

    def step(self):
        if self.fault:
            raise self.fault
        self.steps += 1
        self.changes += 1
        self.clock.now += self.step_ms
        self.run.is_midway = self.steps % self.parts > 0
        if not self.run.is_midway:
            self.updates += 1
            self.asked = max(0, self.asked - 1)
        if self.updates >= self.stop_at:
            self.stop()

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
        self.runs = []
        self.fault = None

    def renew(self, session):
        self.runs.append(session.run)

    def draw(self, session):
        assert self.runs[-1] is session.run, "the picture of another network"
        self.frames.append(session.frame)
        self.shown_paused = session.paused
        session.clock.now += self.draw_ms
        if self.fault:
            raise self.fault

    def print(self, session):
        self.draw(session)


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

    def hide(self, ticks, every_ms=45):
        """The number of steps in each of so many ticks of a timer, while no frames come."""
        steps = []
        for _ in range(ticks):
            start, before = self.clock.now, self.session.steps
            self.loop.train_unseen()
            self.clock.now = max(start + every_ms, self.clock.now)
            steps.append(self.session.steps - before)
        return steps
