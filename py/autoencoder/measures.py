"""What the network is measured by on digits that it never trains on, found in steps.

measures = Measures()
measures.take_steps(session, 0.004)  # in a frame, and in later ones
measures.latest  # Measured(loss=17.2, count=10000, class_agreement=0.68), or None
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import asdict, dataclass
from time import perf_counter
from typing import TYPE_CHECKING, Any

import numpy as np

from convnet.chance import generator
from convnet.net import Net
from convnet.steps import Steps

if TYPE_CHECKING:
    from autoencoder.digits import Digits
    from autoencoder.session import Session
    from convnet.run import Run

TEST_LOSS = "test loss"
NOISY_TEST_LOSS = "test loss with noise"
"""What the loss curve calls them."""
CHUNK = 200
"""Digits that go through a network in a step, at most."""
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
        latest: what the last pass has come to. None before the first one, and where the network
            stands still and all of that pass has not been made since.
    """

    def __init__(self, clock: Callable[[], float] = perf_counter) -> None:
        self._clock = clock
        self.with_noise = False
        self.latest: Measured | None = None
        self._run: Run | None = None
        self._moment: object = None  # when the pass was begun
        self._pass: Steps[Measured] | None = None

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
        """Takes steps for so long; returns whether there are more to take as all is now."""
        until = self._clock() + seconds
        while self._clock() < until:
            if self._run is not session.run or (session.paused and not self._is_current(session)):
                self._forget()
            if self._pass is None:
                if session.test_digits.count == 0 or self._is_current(session):
                    return False
                self._run, self._moment = session.run, self._now(session)
                self._pass = measure(session.run.net, session.test_digits, self._corrupt(session))
            try:
                next(self._pass)
            except StopIteration as end:
                self._pass = None
                self._note(session, end.value)
        return True

    def _now(self, session: Session) -> object:
        run = session.run
        noise = run.corruption if self.with_noise else None
        return run.examples_seen, noise, session.test_digits.count

    def _is_current(self, session: Session) -> bool:
        """Whether the pass that was begun last is of the network as it is now."""
        return self._run is session.run and self._moment == self._now(session)

    def _forget(self) -> None:
        self.latest = self._run = self._moment = self._pass = None

    def _corrupt(self, session: Session) -> Callable[[np.ndarray], np.ndarray] | None:
        if not self.with_noise:
            return None
        run, random = session.run, generator(NOISE_SEED)
        corruption, shape, operations = run.corruption, run.shape, run.net.operations
        return lambda pixels: corruption.apply(pixels, shape, random, operations)

    def _note(self, session: Session, measured: Measured) -> None:
        """Takes in what a pass has come to; the loss curve has it too."""
        self.latest = measured
        if session.averages.loss is not None and math.isfinite(measured.loss):
            seen, loss = session.run.examples_seen, session.averages.loss
            session.curve.add(seen, loss, **{self.name: measured.loss})


def measure(
    net: Net,
    digits: Digits,
    corrupt: Callable[[np.ndarray], np.ndarray] | None = None,
    chunk: int = CHUNK,
) -> Steps[Measured]:
    """Measures a network by digits, in steps, between which it may be trained.

    Args:
        net: the network, an autoencoder.
        digits: at least one.
        corrupt: see `go_over`.
        chunk: digits in a step.
    """
    # Training does not wait for these.
    from convnet.evaluation import AGREEMENT_CODES, Codes, Losses, go_over
    from convnet.neighbours import class_agreement

    losses, codes = Losses(net), Codes(net, AGREEMENT_CODES)
    yield from go_over(net, digits, [losses, codes], chunk, corrupt)
    agreement = None
    if len(codes.values) > 1:
        agreement = yield from class_agreement(codes.values, codes.labels)
    return Measured(losses.mean, losses.count, agreement)
