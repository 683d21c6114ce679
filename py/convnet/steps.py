"""Work in steps, which a page does between its frames, and everyone else all at once.

    def total(numbers: list[int]) -> Steps[int]:
        result = 0
        for number in numbers:
            result += number
            yield
        return result

    finish(total([1, 2, 3]))  # 6

What `yield`s within other work in steps is done by `yield from`.
"""

from __future__ import annotations

from collections.abc import Generator
from typing import TypeVar

T = TypeVar("T")

Steps = Generator[float | None, None, T]
"""Work that pauses at each `yield`, none of which is far from the next, and returns a T.

Where it knows what share of it is done, from 0 to 1, it yields that.
"""


def finish(steps: Steps[T]) -> T:
    """Takes all steps that are left, and returns what comes of them."""
    while True:
        try:
            next(steps)
        except StopIteration as end:
            return end.value
