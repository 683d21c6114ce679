"""Nearest neighbours among codes, and whether codes of one class lie together.

    finish(nearest(codes, queries, 5))  # codes (n, k), queries (m, k): indices (m, 5)
    finish(class_agreement(codes, labels))  # from 0 to 1

Distances are Euclidean, in double precision.
"""

from __future__ import annotations

import numpy as np

from convnet.errors import ConvNetError
from convnet.steps import Steps

NEIGHBOURS = 5
"""Of a code, that are asked for its class."""

AT_ONCE = 32_000
"""Distances that are computed together."""

STEP_DIFFERENCES = 300_000
"""Differences of two numbers that are squared and added up in a step."""

FARTHEST = np.finfo(np.float64).max
"""What counts as the squared distance where that is no finite number."""


def nearest(
    codes: np.ndarray, queries: np.ndarray, count: int, others: bool = False
) -> Steps[np.ndarray]:
    """The nearest codes to each query, in steps: indices int64 (m, count), the nearest first.

    Of those that are equally far the first come first. A code that is not of finite numbers is
    farther away than every other.

    Args:
        codes: (n, k).
        queries: (m, k).
        count: how many are wanted of each; where there are fewer, all.
        others: whether queries are the codes themselves, none of which is its own neighbour.

    Raises:
        ConvNetError: queries have another length than codes.
    """
    if codes.shape[1:] != queries.shape[1:]:
        raise ConvNetError(
            f"Codes of {codes.shape[1]} numbers have no distance to one of {queries.shape[1]}."
        )
    n, k = codes.shape
    values = np.ascontiguousarray(codes.T, np.float64)
    neighbours = np.empty((len(queries), min(count, n - others)), np.int64)
    rows = max(1, AT_ONCE // max(n, 1))
    together = max(1, STEP_DIFFERENCES // (rows * max(n, 1)))
    for start in range(0, len(queries), rows):
        some = queries[start : start + rows].astype(np.float64)
        distances, room = np.zeros((len(some), n)), np.empty((len(some), n))
        for first in range(0, k, together):
            part = slice(first, first + together)
            _add_squares(values[part], some[:, part], distances, room)
            yield start / len(queries)
        np.fmin(distances, FARTHEST, out=distances)
        if others:
            np.fill_diagonal(distances[:, start:], np.inf)
        for place in range(neighbours.shape[1]):
            least = distances.argmin(axis=1)
            neighbours[start : start + rows, place] = least
            distances[np.arange(len(some)), least] = np.inf
    return neighbours


def class_agreement(codes: np.ndarray, labels: np.ndarray) -> Steps[float]:
    """The share of codes with the commonest class of their five nearest neighbours, in steps.

    It is the accuracy of a classifier by nearest neighbours when each code in turn is left out
    (Cover and Hart, Nearest neighbor pattern classification, 1967). Of classes with as many
    neighbours the lowest counts.

    Args:
        codes: (n, k), at least two.
        labels: their classes, unsigned (n,).

    Raises:
        ConvNetError: there are fewer than two codes.
    """
    if len(codes) < 2:
        raise ConvNetError(f"Class agreement needs at least 2 codes, but there are {len(codes)}.")
    neighbours = yield from nearest(codes, codes, NEIGHBOURS, others=True)
    votes = np.zeros((len(codes), int(labels.max()) + 1), np.int64)
    for voters in labels[neighbours].T:
        votes[np.arange(len(codes)), voters] += 1
    return float((votes.argmax(axis=1) == labels).mean())


@np.errstate(over="ignore", invalid="ignore")
def _add_squares(
    values: np.ndarray, queries: np.ndarray, distances: np.ndarray, room: np.ndarray
) -> None:
    """Adds squared differences of values (k, n) and queries (m, k) to distances (m, n)."""
    for value, query in zip(values, queries.T, strict=True):
        np.subtract(value, query[:, np.newaxis], out=room)
        np.multiply(room, room, out=room)
        distances += room
