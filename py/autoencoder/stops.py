"""Where training is to stop: at a number of examples, or at a loss.

stops = Stops(examples=5000)
stops.reached(examples_seen, averages)  # Stops(examples=5000), once that many were seen
"""

from __future__ import annotations

from dataclasses import dataclass

from autoencoder.history import Averages


@dataclass(frozen=True, slots=True)
class Stops:
    """Places to stop at, each None for nowhere; true where there is one.

    Attributes:
        examples: once so many examples were seen.
        loss: once the average loss of a full window is as low.
    """

    examples: int | None = None
    loss: float | None = None

    def __bool__(self) -> bool:
        return not (self.examples is None and self.loss is None)

    def reached(self, examples_seen: int, averages: Averages) -> Stops:
        """Those that a run has reached."""
        loss = averages.loss if averages.full else None
        has_seen = self.examples is not None and examples_seen >= self.examples
        is_low = self.loss is not None and loss is not None and loss <= self.loss
        return Stops(self.examples if has_seen else None, self.loss if is_low else None)

    def without(self, reached: Stops) -> Stops:
        """The others."""
        return Stops(
            self.examples if reached.examples is None else None,
            self.loss if reached.loss is None else None,
        )
