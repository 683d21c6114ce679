"""The loop that trains and draws, once for every frame that the browser shows.

    loop = Loop(session, views, clock=window.performance.now, report=notice.show)
    loop.frame()  # called by requestAnimationFrame
    loop.train_unseen()  # called by a timer, where a hidden page is shown no frames

A frame at 60 a second lasts 16.7 ms. Training takes 10 to 15 ms of it, as much as lets frames come
on time, and down to 7 ms where a picture then finds room too. One at most is drawn in a frame, so
that clicks and scrolling find room in it.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Protocol

from autoencoder.metronome import Metronome
from autoencoder.session import Session
from convnet import ConvNetError
from convnet.memory import OUT_OF_MEMORY
from convnet.steps import Steps

LEAST_TRAINING_MS = 10.0
MOST_TRAINING_MS = 15.0
LEAST_BESIDE_DRAWING_MS = 7.0
"""Where a picture finds room in the frame so."""
LATE_MS = 25.0
"""A frame that comes so long after the last one is late: another should have come between them."""
LESS_MS = 1.0
MORE_MS = 0.02
"""By how much training gives way where a frame is late, and takes back where none is: one frame in
fifty may be late."""
MOST_STEPS = 200
SHORTEST_STEP_MS = 0.01
HIDDEN_MS = 2000.0
"""A gap between two frames that only a hidden page has: browsers show it no frames."""
UNSEEN_MS = 40.0
"""How long to train at once while the page is hidden: messages and timers need their turn there."""
LONGEST_STEP_MS = 50.0
LONG_STEPS_RUNNING = 2
"""A step longer than that holds the page up; one alone may have been the machine's doing."""
NEVER = -math.inf


class View(Protocol):
    """A panel: when it wants to be drawn, and how."""

    period_ms: float
    visible: bool
    unfinished: bool

    def renew(self, session: Session) -> None:
        """Is told that the network is another one, before it is drawn."""

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
        self._long_steps = 0

    @property
    def is_overrun(self) -> bool:
        """Whether single steps take too long."""
        return self._long_steps >= LONG_STEPS_RUNNING

    def steps(self, drawing_ms: float = 0.0) -> int:
        """The number of steps for the next frame, at least one, beside so much drawing."""
        if self._step_ms is None:
            return 1
        has_room = LEAST_BESIDE_DRAWING_MS + drawing_ms <= MOST_TRAINING_MS
        least_ms = LEAST_BESIDE_DRAWING_MS if has_room else LEAST_TRAINING_MS
        self._credit_ms += max(least_ms, self._training_ms - drawing_ms)
        steps = max(1, min(MOST_STEPS, int(self._credit_ms / self._step_ms)))
        self._credit_ms = max(0.0, self._credit_ms - steps * self._step_ms)
        return steps

    def steps_within(self, training_ms: float) -> int:
        """The number of steps that take so long, at least one; no frame's time is saved or used."""
        if self._step_ms is None:
            return 1
        return max(1, min(MOST_STEPS, int(training_ms / self._step_ms)))

    def pace(self, interval_ms: float) -> None:
        """Takes in how long after the last frame this one has come."""
        change = -LESS_MS if interval_ms > LATE_MS else MORE_MS
        training_ms = self._training_ms + change
        self._training_ms = min(max(training_ms, LEAST_TRAINING_MS), MOST_TRAINING_MS)

    def learn(self, steps: int, elapsed_ms: float) -> None:
        """Takes in what a frame's steps have cost together."""
        cost = max(elapsed_ms / steps, SHORTEST_STEP_MS)
        self._step_ms = cost if self._step_ms is None else 0.9 * self._step_ms + 0.1 * cost
        self._long_steps = self._long_steps + 1 if cost > LONGEST_STEP_MS else 0


class Loop:
    """Trains the session and draws its views until the page is closed.

    Args:
        session: the run.
        views: the panels. Those without a period are drawn in every frame; of the others that
            have something new to show the one that has waited longest beyond its period.
        clock: returns milliseconds.
        report: shows the visitor a sentence, and returns what takes it away.

    Attributes:
        drawing_ms: how long drawing has taken since the page was opened.
    """

    def __init__(
        self,
        session: Session,
        views: Sequence[View],
        clock: Callable[[], float],
        report: Callable[[str], Callable[[], None]],
    ) -> None:
        self._session = session
        self._views = list(views)
        self._clock = clock
        self._report = report
        self._withdraw: Callable[[], None] | None = None
        self._budget = StepBudget()
        self._metronome = Metronome()
        self._costs: dict[View, float] = {}  # milliseconds that each view took to draw
        self._run = session.run
        self._old = set(self._views)  # which know another network, or none
        self._began = self._ended = clock()  # the last frame
        self._trained = False  # in the last frame
        self._rehearsing = False
        self.drawing_ms = 0.0
        self.refresh()

    def add(self, view: View) -> None:
        """Draws another view from now on."""
        self._views.append(view)
        self._old.add(view)
        self._drawn[view] = NEVER

    def refresh(self) -> None:
        """Makes every view due, since the visitor has changed something."""
        self._drawn = dict.fromkeys(self._views, NEVER)
        self._shown: dict[View, int] = {}  # the session's changes that each has seen
        self._broken: set[View] = set()

    def rehearse(self) -> Steps[None]:
        """Draws every view once; no frame trains or draws meanwhile.

        What a view raises is for the caller: the network cannot be shown then.
        """
        self._rehearsing = True
        try:
            self._notice_run()
            for view in list(self._views):
                self._renewed(view).draw(self._session)
                yield
        finally:
            self._rehearsing = False

    def print(self) -> None:
        """Draws everything, since all of the page is about to be printed."""
        self._notice_run()
        for view in self._views:
            self._renewed(view).print(self._session)

    def frame(self) -> None:
        """Everything that happens in one frame.

        A fault in training pauses it; a picture that fails is left out until something is changed.
        Both are told. Faults of the page's own are raised in the end too, for the console.
        """
        faults: list[Exception] = []
        now = self._clock()
        interval_ms = self._note_time(now)
        if not self._rehearsing:
            self._notice_run()
            due = self._due(now)
            if self._session.trains:
                self._budget.pace(interval_ms)
                # Else every frame would have to leave the time that a few of them take for a
                # picture.
                drawing_ms = sum(self._costs.get(view, 0.0) for view in due)
                self._train(self._budget.steps(drawing_ms), faults)
                if self._budget.is_overrun:
                    self._session.take_less()
                    self._budget.forget()
                if self._session.paused:  # where it is told why, that has to show
                    due = self._due(self._clock())
            else:
                self._metronome.rest()
            self._draw(due, faults)
        self._ended = self._clock()
        if faults:
            raise faults[0]

    def train_unseen(self) -> bool:
        """Trains for a while and draws nothing, since the page is hidden.

        Returns:
            Whether there was anything to train now.
        """
        faults: list[Exception] = []
        taken = 0
        self._note_time(self._clock())
        if not self._rehearsing and self._session.trains:
            self._notice_run()
            taken = self._train(self._budget.steps_within(UNSEEN_MS), faults)
        self._ended = self._clock()
        if faults:
            raise faults[0]
        return taken > 0

    def _note_time(self, now: float) -> float:
        """Lets the time since the last frame count for the run, if that was trained in it.

        Where none came for long, it stood still meanwhile.

        Returns:
            That time, in milliseconds.
        """
        session, interval_ms, gap_ms = self._session, now - self._began, now - self._ended
        if self._trained and self._run is session.run:
            stood_still_ms = gap_ms if gap_ms > HIDDEN_MS else 0.0
            session.seconds += (interval_ms - stood_still_ms) / 1000
            if stood_still_ms and not session.paused:
                session.note_interruption(stood_still_ms / 1000)
        self._began, self._trained = now, False
        return interval_ms

    def _notice_run(self) -> None:
        """Lets nothing that was learnt of one network stand for another."""
        if self._run is not self._session.run:
            self._run = self._session.run
            self._trained = False
            self._budget.forget()
            self._costs.clear()
            self._old = set(self._views)

    def _renewed(self, view: View) -> View:
        """A view that is about to be drawn, and knows which network it is to show."""
        if view in self._old:
            view.renew(self._session)
            self._old.remove(view)
        return view

    def _train(self, most: int, faults: list[Exception]) -> int:
        """Takes as many steps as there is time for, or as are due, and returns how many."""
        if self._withdraw:  # what stopped training is over
            self._withdraw()
            self._withdraw = None
        session, taken, start = self._session, 0, self._clock()
        try:
            while taken < most and session.trains and self._is_due(start):
                session.step()
                taken += 1
        except Exception as error:
            session.stop()
            self.refresh()  # what was shown may be of a run that is no more
            self._withdraw = self._tell(error, "Training is paused", faults)
        else:
            self._trained = True
            if taken:
                self._budget.learn(taken, self._clock() - start)
            if not session.trains:  # all that is shown has to be of this moment
                self.refresh()
        return taken

    def _is_due(self, now: float) -> bool:
        """Whether a step is due at the pace that is set; what is half done, and asked for, is."""
        session = self._session
        rate = session.updates_per_second
        if rate == math.inf or session.paused or session.run.is_midway:
            return True
        return self._metronome.beats(now, rate)

    def _draw(self, due: list[View], faults: list[Exception]) -> None:
        """Draws the views that are due."""
        start = begun = self._clock()
        for view in due:
            self._drawn[view], self._shown[view] = start, self._session.changes
            try:
                self._renewed(view).draw(self._session)
            except Exception as error:
                self._broken.add(view)
                self._tell(error, "A part of the page is not drawn any more", faults)
            ended = self._clock()
            self._costs[view], begun = ended - begun, ended
        self.drawing_ms += begun - start

    def _due(self, now: float) -> list[View]:
        """The views to draw: what is cheap, and of the pictures the one that is most late.

        A picture that is off screen is drawn only where the visitor has changed something since,
        and one that shows all there is to show only where anything has.
        """
        due, late = [], {}
        for view in self._views:
            if view in self._broken:
                continue
            if not view.period_ms:
                due.append(view)
            elif self._drawn[view] == NEVER or (view.visible and self._has_news(view)):
                late[view] = now - self._drawn[view] - view.period_ms
        latest = max(late, key=late.__getitem__, default=None)
        if latest is not None and late[latest] >= 0:
            due.append(latest)
        return due

    def _has_news(self, view: View) -> bool:
        return view.unfinished or self._shown[view] != self._session.changes

    def _tell(
        self, error: Exception, consequence: str, faults: list[Exception]
    ) -> Callable[[], None]:
        if isinstance(error, ConvNetError):
            return self._report(str(error))
        if isinstance(error, MemoryError):
            return self._report(OUT_OF_MEMORY)
        faults.append(error)
        return self._report(
            f"{consequence} because of a fault in the page ({type(error).__name__}: {error}): save "
            "the network as JSON, then reload the page."
        )
