"""What the network is measured by on digits that it never trains on, found in steps.

measures = Measures()
measures.take_steps(session, 0.004)  # in a frame, and in later ones
measures.latest  # Measured(loss=17.2, count=10000, class_agreement=0.68), or None
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from functools import partial
from time import perf_counter
from typing import TYPE_CHECKING, Any

import numpy as np

from convnet.chance import generator
from convnet.mnist import Digits
from convnet.net import Net
from convnet.steps import Steps

if TYPE_CHECKING:
    from autoencoder.session import Session
    from convnet.corruption import Corruption
    from convnet.requirements import Dataset
    from convnet.run import Run

TEST_LOSS = "test loss"
NOISY_TEST_LOSS = "test loss with noise"
"""What the loss curve calls them."""
CHUNK = 200
"""Digits that go through a network in a step, at most."""
FIRST = 500
"""Digits in the first pass, while the network trains; each of the next has twice as many. It learns
fastest at the beginning, where a long pass would be of many networks."""
NOISE_SEED = 0
"""In each pass the noise is the same, so that only the network differs."""


@dataclass(frozen=True, slots=True)
class Measured:
    """What came of a pass over test digits.

    Attributes:
        loss: half the squared error of an image, in the mean.
        count: of how many images.
        class_agreement: see `convnet.neighbours`; None of fewer than two.
    """

    loss: float
    count: int
    class_agreement: float | None


class Measures:
    """The network's test loss and class agreement, pass after pass while it trains.

    Args:
        clock: returns seconds.

    Attributes:
        with_noise: whether the network sees test digits with the noise that it is trained with.
        latest: what the passes have come to by now. None before the first loss, and where the
            network stands still and its loss has not been found since; so it is with class
            agreement, which follows a loss and meanwhile is the one of the pass before.
    """

    def __init__(self, clock: Callable[[], float] = perf_counter) -> None:
        self._clock = clock
        self.with_noise = False
        self.latest: Measured | None = None
        self._run: Run | None = None
        self._moment: tuple | None = None  # of which the last pass is
        self._pass: Steps[Measured] | None = None
        self._count = FIRST

    @property
    def name(self) -> str:
        """What the loss curve calls the loss that is measured now."""
        return NOISY_TEST_LOSS if self.with_noise else TEST_LOSS

    def to_json(self, run: Run) -> dict[str, Any]:
        """What a run came to without noise, as a dict for JSON; an empty one if that is nothing."""
        latest = self.latest
        if latest is None or self.with_noise or self._run is not run:
            return {}
        if not math.isfinite(latest.loss):
            return {}
        return {name: value for name, value in asdict(latest).items() if value is not None}

    def set_with_noise(self, with_noise: bool) -> None:
        """Lets the network see test digits with noise, or without."""
        self.with_noise = with_noise
        self._forget()

    def take_steps(self, session: Session, seconds: float) -> bool:
        """Takes steps for so long, at least one; returns whether there are more as all is now."""
        until = self._clock() + seconds
        while self._take_step(session):
            if self._clock() >= until:
                return True
        return False

    def _take_step(self, session: Session) -> bool:
        """Takes one, if there is one to take."""
        if self._run is not session.run:
            self._run, self._count = session.run, FIRST
            self._forget()
        elif session.paused and not self._is_current(session):
            self._forget()
        if self._pass is None:
            if session.test_digits.count == 0 or self._is_current(session):
                return False
            self._begin(session)
        try:
            next(self._pass)
        except StopIteration as end:
            self._pass = None
            self._note(session, end.value)
        return True

    def _begin(self, session: Session) -> None:
        """Begins a pass, over all digits where the network stands still."""
        digits = session.test_digits
        self._moment = *_, count = self._now(session)
        some = Digits(digits.images[:count], digits.labels[:count])
        tell = partial(self._note_loss, session)
        self._pass = measure(session.run.net, some, self._corrupt(session), tell=tell)
        self._count *= 2

    def _now(self, session: Session) -> tuple[int, Corruption | None, int]:
        """The network's moment, the noise, and how many digits it would see."""
        run, here = session.run, session.test_digits.count
        noise = run.corruption if self.with_noise else None
        return run.examples_seen, noise, here if session.paused else min(self._count, here)

    def _is_current(self, session: Session) -> bool:
        """Whether the pass that was begun last is of the network as it is now."""
        return self._moment == self._now(session)

    def _forget(self) -> None:
        self.latest = self._moment = self._pass = None

    def _corrupt(self, session: Session) -> Callable[[np.ndarray], np.ndarray] | None:
        if not self.with_noise:
            return None
        run, random = session.run, generator(NOISE_SEED)
        corruption, shape, operations = run.corruption, run.shape, run.net.operations
        return lambda pixels: corruption.apply(pixels, shape, random, operations)

    def _note_loss(self, session: Session, measured: Measured) -> None:
        """Takes in a loss at once, and puts it on the curve: class agreement takes longer."""
        known = self.latest.class_agreement if self.latest else None
        self._note(session, replace(measured, class_agreement=known))
        if session.averages.loss is not None and math.isfinite(measured.loss):
            seen, trained = session.run.examples_seen, session.averages.loss
            session.curve.add(seen, trained, **{self.name: measured.loss})

    def _note(self, session: Session, measured: Measured) -> None:
        self.latest = measured
        session.changes += 1


def measure(
    net: Net,
    digits: Dataset,
    corrupt: Callable[[np.ndarray], np.ndarray] | None = None,
    chunk: int = CHUNK,
    tell: Callable[[Measured], None] = lambda _: None,
) -> Steps[Measured]:
    """Measures a network by digits, in steps, between which it may be trained.

    Args:
        net: the network, an autoencoder.
        digits: at least one.
        corrupt: see `go_over`.
        chunk: digits in a step.
        tell: is given the loss as soon as it is known, before class agreement is.
    """
    # Training does not wait for these.
    from convnet.evaluation import AGREEMENT_CODES, Codes, Losses, go_over
    from convnet.neighbours import class_agreement

    losses, codes = Losses(net), Codes(net, AGREEMENT_CODES)
    yield from go_over(net, digits, [losses, codes], chunk, corrupt)
    measured = Measured(losses.mean, losses.count, class_agreement=None)
    tell(measured)
    if len(codes.values) < 2:
        return measured
    agreement = yield from class_agreement(codes.values, codes.labels)
    return replace(measured, class_agreement=agreement)
