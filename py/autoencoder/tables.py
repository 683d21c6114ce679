"""Numbers of the run as CSV, for other programs.

curve_csv(session.curve)  # "examples,loss\n200,52.3\n..."
codes = yield from codes_in_steps(session)
codes_csv(session.digit_map.labels, codes)  # "index,class,neuron 0,neuron 1\n0,5,0.25,-1.5\n..."
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from io import StringIO

import numpy as np

from autoencoder.history import LossCurve
from autoencoder.session import Session
from convnet.minibatch import to_pixels
from convnet.steps import Steps

FORMULA = ("=", "+", "-", "@")
"""What a spreadsheet takes for the beginning of something to compute."""


def curve_csv(curve: LossCurve) -> str:
    """The loss graph's points, one a line: examples seen, loss, and the other series."""
    columns = [curve.examples, *curve.series.values()]
    return _csv(["examples", *curve.series], zip(*columns, strict=True))


def codes_in_steps(session: Session) -> Steps[np.ndarray]:
    """What the map's layer says of the map's digits, float32 (n, depth), all of one moment."""
    digit_map, size = session.digit_map, session.run.stretch
    images = digit_map.images
    parts = [np.zeros((0, digit_map.depth), np.float32)]
    with session.standstill():
        for start in range(0, len(images), size):
            parts.append(digit_map.codes_of(to_pixels(images[start : start + size])))
            yield start / len(images)
    return np.concatenate(parts)


def codes_csv(labels: np.ndarray, codes: np.ndarray) -> str:
    """The map's digits, one a line: index, class, and what each neuron says, exactly.

    Args:
        labels: their classes (n,).
        codes: (n, depth).
    """
    names = ["index", "class", *(f"neuron {i}" for i in range(codes.shape[1]))]
    rows = zip(labels.tolist(), codes.tolist(), strict=True)
    return _csv(names, ([index, label, *code] for index, (label, code) in enumerate(rows)))


def _csv(names: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """A table with a header; gaps are empty. Names may come from a file that anyone wrote."""
    text = StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(f"'{name}" if name.startswith(FORMULA) else name for name in names)
    writer.writerows(rows)
    return text.getvalue()
