"""What principal components do with test digits: the best that a linear network could.

baseline = Baseline()
baseline.take_steps(session, 0.004)  # in a frame, and in later ones
baseline.measured(2)  # Measured(loss=21.82, count=10000, class_agreement=0.42), or None
"""

from __future__ import annotations

from collections.abc import Callable
from time import perf_counter
from typing import TYPE_CHECKING

from autoencoder.measures import Measured, measure
from convnet.net import narrowest_layer
from convnet.steps import Steps

if TYPE_CHECKING:
    from autoencoder.digits import Digits
    from autoencoder.session import Session
    from convnet.pca import Moments


class Baseline:
    """Test loss and class agreement of principal components of all training digits.

    Args:
        clock: returns seconds.
    """

    def __init__(self, clock: Callable[[], float] = perf_counter) -> None:
        self._clock = clock
        self._moments: Moments | None = None
        self._found: dict[int, Measured] = {}
        self._size = 0  # that is being looked for
        self._finding: Steps[Measured] | None = None

    def measured(self, size: int) -> Measured | None:
        """What so many components come to; None while that is not known."""
        return self._found.get(size)

    def take_steps(self, session: Session, seconds: float) -> bool:
        """Takes steps for so long, at least one, once all digits are there; returns whether there
        are more, or will be.
        """
        size = code_size(session)
        if size in self._found:
            return False
        if not (is_whole(session.digits) and is_whole(session.test_digits)):
            return True
        if self._finding is None or (self._moments is not None and size != self._size):
            self._size, self._finding = size, self._find(session)
        until = self._clock() + seconds
        try:
            next(self._finding)
            while self._clock() < until:
                next(self._finding)
        except StopIteration as end:
            self._found[self._size], self._finding = end.value, None
            session.changes += 1
        return True

    def _find(self, session: Session) -> Steps[Measured]:
        from convnet.pca import Moments, principal_components  # training does not wait for it

        backend = session.run.net.operations
        if self._moments is None:
            self._moments = yield from Moments.in_steps(session.digits.images, backend)
            self._size = code_size(session)  # it may be another one by now
        pca = yield from principal_components(self._moments, self._size, backend)
        return (yield from measure(pca.network(backend), session.test_digits))


def code_size(session: Session) -> int:
    """How many numbers the code of the session's network has."""
    net = session.run.net
    return net.layers[narrowest_layer(net)].num_outputs


def is_whole(digits: Digits) -> bool:
    """Whether no more digits will come."""
    return digits.count == digits.capacity or digits.incomplete
