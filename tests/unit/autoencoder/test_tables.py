"""Tables for other programs: every number comes back as it was, and names compute nothing."""

from __future__ import annotations

import csv
import io

import numpy as np
import pytest
from sessions import train

from autoencoder.history import LossCurve
from autoencoder.tables import codes_csv, codes_in_steps, curve_csv
from convnet.minibatch import to_pixels
from convnet.steps import finish


def rows_of(text):
    return list(csv.reader(io.StringIO(text)))


def test_a_curve_is_one_line_a_point_with_gaps_where_a_series_has_none():
    curve = LossCurve()
    curve.add(200, 1 / 3)
    curve.add(400, 0.25, test=1e-7)
    rows = rows_of(curve_csv(curve))
    assert rows == [
        ["examples", "loss", "test"],
        ["200", repr(1 / 3), ""],
        ["400", "0.25", "1e-07"],
    ]


@pytest.mark.parametrize("name", ["=1+1", "+1", "-1", "@SUM(A1)", 'a,"b"\nc'])
def test_a_name_from_a_file_is_neither_computed_nor_breaks_the_table(name):
    curve = LossCurve()
    curve.add(200, 1.0, **{name: 2.0})
    header, values = rows_of(curve_csv(curve))
    assert header[2].removeprefix("'") == name
    assert not header[2].startswith(("=", "+", "-", "@"))
    assert values == ["200", "1.0", "2.0"]


def test_codes_are_of_one_moment_and_exact(session):
    session.digit_map.choose_layer(1)
    session.run.stretch = 64
    train(session, 2)
    steps = codes_in_steps(session)
    next(steps)
    assert not session.trains
    steps.close()
    assert session.trains
    codes = finish(codes_in_steps(session))
    session.run.net.forward(to_pixels(session.digit_map.images))
    expected = session.run.net.layers[1].out_act.reshape(200, -1)
    np.testing.assert_allclose(codes, expected, atol=1e-5)
    header, *rows = rows_of(codes_csv(session.digit_map.labels, codes))
    assert header == ["index", "class", *(f"neuron {i}" for i in range(50))]
    read = np.array([row[2:] for row in rows], float)
    assert (read == codes).all()
    assert [int(row[1]) for row in rows] == session.digit_map.labels.tolist()
