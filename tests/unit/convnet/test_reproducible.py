"""NumPy that rounds sums once gives the same bits whatever adds them up."""

from __future__ import annotations

import numpy as np
import pytest

from convnet.compute import NumPy, Reproducible, matrix, reproducible
from convnet.mnist import Digits
from convnet.run import Run
from convnet.steps import finish

DEFINITION = """
net = Net([
    dict(type="input", out_sx=6, out_sy=6, out_depth=1),
    dict(type="conv", sx=3, filters=4, pad=1, activation="tanh"),
    dict(type="pool", sx=2),
    dict(type="fc", num_neurons=20, activation="sigmoid", drop_prob=0.2),
    dict(type="fc", num_neurons=20, activation="tanh"),
    dict(type="regression", num_neurons=36),
])
trainer = Trainer(net, method="adadelta", batch_size=10, l1_decay=0.001, l2_decay=0.001)
"""
SHAPES = [(50, 784, 50), (50, 50, 784), (1, 784, 3), (300, 9, 4), (3, 0, 2), (0, 0, 2), (2, 5, 0)]


def random_matrix(rows, columns, across=False):
    values = np.random.default_rng(0).normal(size=(columns, rows) if across else (rows, columns))
    values = values.astype(np.float32)
    return values.T if across else values


@pytest.mark.parametrize("across", [False, True])
@pytest.mark.parametrize("widened", [reproducible.WIDENED, 100])
@pytest.mark.parametrize("shape", SHAPES, ids=lambda shape: "x".join(map(str, shape)))
def test_products_and_sums_are_those_in_double_precision_rounded(
    monkeypatch, shape, widened, across
):
    monkeypatch.setattr(reproducible, "WIDENED", widened)
    n, k, m = shape
    x, filters = random_matrix(n, k, across), random_matrix(m, k, across)
    gradient, biases = random_matrix(n, m, across), np.zeros(m, np.float32)
    out, input_gradient = np.empty((n, m), np.float32), np.empty((n, k), np.float32)
    filter_gradients, bias_gradients = np.empty((m, k), np.float32), np.empty(m, np.float32)
    operations = Reproducible()
    operations.affine(x, filters, biases, out=out)
    operations.affine_parameter_gradients(x, gradient, filter_gradients, bias_gradients)
    operations.affine_input_gradient(gradient, filters, out=input_gradient)

    x, filters, gradient = (each.astype(np.float64) for each in (x, filters, gradient))
    for result, expected in (
        (out, x @ filters.T),
        (filter_gradients, gradient.T @ x),
        (bias_gradients, gradient.sum(axis=0)),
        (input_gradient, gradient @ filters),
    ):
        np.testing.assert_array_equal(result, expected.astype(np.float32))


def test_tanh_and_sigmoid_are_those_in_double_precision_rounded():
    x = np.linspace(-20, 20, 10_001, dtype=np.float32)
    out = np.empty_like(x)
    Reproducible().tanh(x, out)
    np.testing.assert_array_equal(out, np.tanh(x.astype(np.float64)).astype(np.float32))
    Reproducible().sigmoid(x, out)
    np.testing.assert_allclose(out, 1 / (1 + np.exp(-x.astype(np.float64))), atol=1e-7)


def test_double_precision_is_computed_as_ever():
    x, filters = (random_matrix(*shape).astype(np.float64) for shape in ((5, 7), (3, 7)))
    results = []
    for operations in (NumPy(), Reproducible()):
        results.append(np.empty((5, 3)))
        operations.affine(x, filters, np.ones(3), out=results[-1])
        operations.tanh(results[-1], out=results[-1])
    np.testing.assert_array_equal(*results)


def test_a_run_has_the_same_bits_with_a_blas_and_without(monkeypatch):
    """As on CPython, and as in a browser."""
    images = np.random.default_rng(0).integers(0, 256, (100, 6, 6), np.uint8)
    dataset = Digits(images, np.zeros(100, np.uint8))
    runs = []
    for has_blas in (matrix.HAS_BLAS, not matrix.HAS_BLAS):
        monkeypatch.setattr(matrix, "HAS_BLAS", has_blas)
        run = finish(Run.in_steps(DEFINITION, dataset, seed=1, backend=Reproducible()))
        for _ in range(100):
            run.step()
        runs.append(run)
    here, elsewhere = (run.net.parameters for run in runs)
    assert (here == elsewhere).all()
