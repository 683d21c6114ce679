"""A progress bar on a terminal, or a line now and then where the output is none."""

from __future__ import annotations

import math
from collections.abc import Callable
from time import perf_counter
from typing import TextIO

WIDTH = 30
SECONDS_BETWEEN_DRAWINGS = 0.1
SECONDS_BETWEEN_LINES = 10.0
MEMORY = 0.98


class Progress:
    """Shows examples, loss and speed of a training run.

    Args:
        total: examples that the run will see.
        stream: where to show it.
        clock: returns seconds.
    """

    def __init__(
        self, total: int, stream: TextIO, clock: Callable[[], float] = perf_counter
    ) -> None:
        self._total = total
        self._stream = stream
        self._clock = clock
        self._on_terminal = stream.isatty()
        self._start = clock()
        self._drawn = -math.inf
        self._loss: float | None = None

    def update(self, examples: int, loss: float) -> None:
        """Takes in an update's loss, and draws if it is time to.

        Args:
            examples: examples seen in this run.
            loss: loss of the last update; a running average is shown.
        """
        before = loss if self._loss is None else self._loss
        self._loss = MEMORY * before + (1 - MEMORY) * loss
        wait = SECONDS_BETWEEN_DRAWINGS if self._on_terminal else SECONDS_BETWEEN_LINES
        if examples >= self._total or self._clock() - self._drawn >= wait:
            self._draw(examples)

    def close(self) -> None:
        """Leaves the bar behind on a line of its own."""
        if self._on_terminal:
            self._stream.write("\n")

    def _draw(self, examples: int) -> None:
        self._drawn = self._clock()
        speed = examples / max(self._drawn - self._start, 1e-9)
        done = min(WIDTH, WIDTH * examples // self._total)
        line = (
            f"[{'#' * done}{'.' * (WIDTH - done)}] {examples:,} of {self._total:,} examples, "
            f"loss {self._loss:.3f}, {speed:,.0f} examples/s"
        )
        self._stream.write(f"\r{line}\033[K" if self._on_terminal else f"{line}\n")
        self._stream.flush()
