"""The loop that trains and draws, once for every frame that the browser shows.

    loop = Loop(session, views, clock=window.performance.now, report=notice.show)
    loop.frame()  # called by requestAnimationFrame

A frame at 60 a second lasts 16.7 ms. Training takes 10 to 15 ms of it, as much as lets frames come
on time, and one picture at most is drawn, so that clicks and scrolling find room within the frame.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Protocol

from autoencoder.session import Session
from convnet import ConvNetError

LEAST_TRAINING_MS = 10.0
MOST_TRAINING_MS = 15.0
LATE_MS = 25.0
"""A frame that comes so long after the last one is late: another should have come between them."""
LESS_MS = 1.0
MORE_MS = 0.02
"""By how much training gives way where a frame is late, and takes back where none is: one frame in
fifty may be late."""
MOST_STEPS = 200
SHORTEST_STEP_MS = 0.01
NEVER = -math.inf


class View(Protocol):
    """A panel: when it wants to be drawn, and how."""

    period_ms: float
    visible: bool

    def draw(self, session: Session) -> None:
        """Shows the session's state."""

    def print(self, session: Session) -> None:
        """Shows it whole, also what is off screen."""


class StepBudget:
    """How many steps to take in a frame, learnt from what steps have cost and how frames come.

    The browser's clock is coarse, so a frame's steps are timed together, never one alone. Time
    that a frame leaves over is given to a later one, so that steps of 7 ms get their time too.
    """

    def __init__(self) -> None:
        self._training_ms = LEAST_TRAINING_MS
        self.forget()

    def forget(self) -> None:
        """Starts anew, since another network costs something else."""
        self._step_ms: float | None = None
        self._credit_ms = 0.0

    def steps(self) -> int:
        """The number of steps for the next frame: at least one."""
        if self._step_ms is None:
            return 1
        self._credit_ms += self._training_ms
        steps = max(1, min(MOST_STEPS, int(self._credit_ms / self._step_ms)))
        self._credit_ms = max(0.0, self._credit_ms - steps * self._step_ms)
        return steps

    def pace(self, interval_ms: float) -> None:
        """Takes in how long after the last frame this one has come."""
        change = -LESS_MS if interval_ms > LATE_MS else MORE_MS
        training_ms = self._training_ms + change
        self._training_ms = min(max(training_ms, LEAST_TRAINING_MS), MOST_TRAINING_MS)

    def learn(self, steps: int, elapsed_ms: float) -> None:
        """Takes in what a frame's steps have cost together."""
        cost = max(elapsed_ms / steps, SHORTEST_STEP_MS)
        self._step_ms = cost if self._step_ms is None else 0.9 * self._step_ms + 0.1 * cost


class Loop:
    """Trains the session and draws its views until the page is closed.

    Args:
        session: the run.
        views: the panels. Those without a period are drawn in every frame; of the others the
            one that has waited longest beyond its period.
        clock: returns milliseconds.
        report: shows the visitor a sentence.

    Attributes:
        drawing_ms: how long drawing has taken since the page was opened.
    """

    def __init__(
        self,
        session: Session,
        views: Sequence[View],
        clock: Callable[[], float],
        report: Callable[[str], None],
    ) -> None:
        self._session = session
        self._views = list(views)
        self._clock = clock
        self._report = report
        self._budget = StepBudget()
        self._generation = session.generation
        self._started = clock()
        self.drawing_ms = 0.0
        self.refresh()

    def add(self, view: View) -> None:
        """Draws another view from now on."""
        self._views.append(view)
        self._drawn[view] = NEVER

    def refresh(self) -> None:
        """Makes every view due, since the visitor has changed something."""
        self._drawn = dict.fromkeys(self._views, NEVER)

    def print(self) -> None:
        """Draws everything, since all of the page is about to be printed."""
        for view in self._views:
            view.print(self._session)

    def frame(self) -> None:
        """Everything that happens in one frame; a fault pauses training and is told."""
        try:
            with self._telling():
                if not self._session.paused:
                    self._train()
        finally:  # so that a pause shows in the frame that tells of it
            with self._telling():
                self._draw()

    @contextmanager
    def _telling(self) -> Iterator[None]:
        """Pauses training at a fault, and tells it; one of our own also shows on the console."""
        try:
            yield
        except ConvNetError as error:
            self._stop(str(error))
        except Exception as error:
            self._stop(
                f"Something went wrong in the page ({type(error).__name__}: {error}). Training is "
                "paused and your network is kept: save it as JSON, then reload the page."
            )
            raise

    def _train(self) -> None:
        if self._generation != self._session.generation:
            self._generation = self._session.generation
            self._budget.forget()
        start = self._clock()
        self._budget.pace(start - self._started)
        self._started = start
        steps = self._budget.steps()
        for _ in range(steps):
            self._session.step()
        self._budget.learn(steps, self._clock() - start)

    def _draw(self) -> None:
        """Draws what is cheap, and of the pictures that are due the one that is most late.

        A picture that is off screen is drawn only where something has been changed since.
        """
        now = self._clock()
        late = {
            view: now - self._drawn[view] - view.period_ms
            for view in self._views
            if view.period_ms and (view.visible or self._drawn[view] == NEVER)
        }
        due = [view for view in self._views if not view.period_ms]
        latest = max(late, key=late.__getitem__, default=None)
        if latest is not None and late[latest] >= 0:
            due.append(latest)
        for view in due:
            self._drawn[view] = now
            view.draw(self._session)
        self.drawing_ms += self._clock() - now

    def _stop(self, sentence: str) -> None:
        self._session.set_paused(True)
        self._report(sentence)
