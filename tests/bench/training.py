"""One round of training, timed: the same for every contender that is written in Python.

pages/training.js is the same in JavaScript.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from time import perf_counter
from typing import Any, SupportsFloat

import numpy as np

SHORTEST_WARM_UP = 0.5
"""Seconds, so that compilers have done their work."""


def read_minibatches(digits: str, size: int) -> np.ndarray:
    """The digits of digits.json as float32 (minibatches, size, pixels), from 0 to 1."""
    fields = json.loads(digits)
    images = np.frombuffer(base64.b64decode(fields["images"]), np.uint8)
    return images.reshape(-1, size, fields["pixels"]).astype(np.float32) / np.float32(255)


def timed(step: Callable[[int], SupportsFloat], warm_up: int, seconds: float) -> dict[str, Any]:
    """Takes steps, and says how many it took in how long.

    Args:
        step: trains on the minibatch of a number that grows without end; returns its mean loss.
        warm_up: steps before the clock counts.
        seconds: how long it counts.
    """
    updates = 0
    loss = 0.0
    start = perf_counter()
    while updates < warm_up or perf_counter() - start < SHORTEST_WARM_UP:
        cost = step(updates)
        updates += 1
        if updates == warm_up:
            loss = float(cost)
    first = updates
    start = perf_counter()
    while (elapsed := perf_counter() - start) < seconds:
        step(updates)
        updates += 1
    return {"updates": updates - first, "seconds": elapsed, "loss": loss}
