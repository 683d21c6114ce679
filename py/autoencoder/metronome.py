"""When the next update is due, where there are to be so many a second.

metronome = Metronome()
while metronome.beats(clock(), rate=10):
    ...  # take an update
"""

from __future__ import annotations

import math

MOST_BEHIND_MS = 1000.0


class Metronome:
    """Beats at even intervals: exactly so many times a second on average.

    What is late is made up for, unless it is later than `MOST_BEHIND_MS`: a network may be too
    slow for the rate.
    """

    def __init__(self) -> None:
        self.rest()

    def rest(self) -> None:
        """Stops; when it goes on, the first beat comes at once."""
        self._next_ms = -math.inf

    def beats(self, now_ms: float, rate: float) -> bool:
        """Whether another beat is due; it counts as done then.

        Args:
            now_ms: the time.
            rate: beats a second.
        """
        interval_ms = 1000 / rate
        if now_ms - self._next_ms > MOST_BEHIND_MS:
            self._next_ms = now_ms
        self._next_ms = min(self._next_ms, now_ms + interval_ms)  # the rate may have been lower
        if now_ms < self._next_ms:
            return False
        self._next_ms += interval_ms
        return True
