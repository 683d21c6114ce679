"""What computes in float32 agrees with NumPy in float64, whatever it is.

On CPython that is NumPy itself; inside Pyodide it is the SIMD kernels.
"""

from __future__ import annotations

import numpy as np
import pytest
from single_precision import LENGTHS, assert_close, doubled, operations, wide

from convnet.compute import best_backend
from convnet.compute.pixels import random_bytes

SIZES = (1, 2, 3, 4, 5, 7, 8, 9, 13, 50, 67)
SHAPES = [
    *np.random.default_rng(0).choice(SIZES, (60, 3)).tolist(),
    *([50, 784, 50], [50, 50, 784], [1, 784, 3], [7, 1031, 9], [3, 5, 1030], [1030, 5, 3]),
    *([9800, 25, 8], [17_000, 50, 2], [0, 5, 3], [5, 0, 3], [5, 3, 0], [300_000, 0, 1]),
]


# Products


@pytest.mark.usefixtures("only_kernels")
@pytest.mark.parametrize("gap", [0, 3])
@pytest.mark.parametrize("dark", [0, 0.5, 0.97, 1])
@pytest.mark.parametrize("shape", SHAPES, ids=lambda shape: "x".join(map(str, shape)))
def test_affine_and_its_gradients(guarded, shape, dark, gap):
    n, k, m = shape
    x, filters, biases = guarded(n, k, gap=gap), guarded(m, k, gap=gap), guarded(m)
    x[guarded.random.random(x.shape) < dark] = 0
    x[:, : int(k * dark)] = 0
    gradient, out, input_gradient = guarded(n, m, gap=gap), guarded(n, m, gap=gap), guarded(n, k)
    filter_gradients, bias_gradients = guarded(m, k, gap=gap), guarded(m)

    operations.affine(x, filters, biases, out=out)
    operations.affine_parameter_gradients(x, gradient, filter_gradients, bias_gradients)
    operations.affine_input_gradient(gradient, filters, out=input_gradient)

    wide_x, wide_filters, wide_biases, wide_gradient = doubled(x, filters, biases, gradient)
    assert_close(out, wide_x @ wide_filters.T + wide_biases)
    assert_close(filter_gradients, wide_gradient.T @ wide_x)
    assert_close(bias_gradients, wide_gradient.sum(0))
    assert_close(input_gradient, wide_gradient @ wide_filters)


@pytest.mark.usefixtures("only_kernels")
def test_volumes_count_as_rows(guarded):
    x, filters, biases = guarded(6, 3, 2, 2), guarded(5, 12), guarded(5)
    out, rows = guarded(6, 1, 1, 5), guarded(6, 5)
    operations.affine(x, filters, biases, out=out)
    operations.affine(x.reshape(6, 12), filters, biases, out=rows)
    np.testing.assert_array_equal(out.reshape(6, 5), rows)
    input_gradient, filter_gradients, bias_gradients = (
        guarded(6, 3, 2, 2),
        guarded(5, 12),
        guarded(5),
    )
    operations.affine_input_gradient(out, filters, out=input_gradient)
    assert_close(input_gradient.reshape(6, 12), rows @ filters)
    operations.affine_parameter_gradients(x, out, filter_gradients, bias_gradients)
    assert_close(filter_gradients, rows.T @ x.reshape(6, 12))
    assert_close(bias_gradients, rows.sum(0))


def test_products_do_not_depend_on_how_matrices_lie_in_memory(guarded):
    x, filters, biases = guarded(6, 11), guarded(5, 11), guarded(5)
    expected, out = np.empty((6, 5), np.float32), np.empty((5, 6), np.float32).T
    operations.affine(x, filters, biases, out=expected)
    across = np.ascontiguousarray(x.T).T
    backwards = filters[::-1]
    operations.affine(across, filters, biases, out=out)
    assert_close(out, expected)
    operations.affine(x[::-1], backwards[::-1], biases, out=out)
    assert_close(out, expected[::-1])


@pytest.mark.parametrize("part", [slice(0, 4), slice(2, 6), slice(1, 5)])
def test_a_product_may_share_memory_with_what_it_is_made_of(part):
    store = np.random.default_rng(2).standard_normal((6, 4), dtype=np.float32)
    filters = store[:4]
    expected = store[part].astype(np.float64) @ filters
    operations.affine_input_gradient(store[part], filters, out=store[2:6])
    assert_close(store[2:6], expected)


@pytest.mark.parametrize(
    "shapes",
    [
        [(3, 4), (2, 5), (2,), (3, 2)],
        [(3, 4), (2, 4), (3,), (3, 2)],
        [(3, 4), (2, 4), (2,), (2, 3)],
    ],
)
def test_shapes_that_do_not_fit_are_refused_and_nothing_is_written(guarded, shapes):
    x, filters, biases, out = (guarded(*shape, values=1) for shape in shapes)
    with pytest.raises(ValueError):  # noqa: PT011 - NumPy's own
        operations.affine(x, filters, biases, out=out)
    np.testing.assert_array_equal(x, 1)


def test_what_may_not_be_written_is_refused(guarded):
    x, out = guarded(4, 5), guarded(4, 5, values=1)
    out.flags.writeable = False
    with pytest.raises(ValueError, match="read-only"):
        operations.tanh(x, out=out)
    np.testing.assert_array_equal(out, 1)


# Functions of each element


@pytest.mark.usefixtures("only_kernels")
@pytest.mark.parametrize("length", LENGTHS)
@pytest.mark.parametrize("name", ["tanh", "sigmoid", "relu"])
def test_functions_and_their_gradients(guarded, name, length):
    function, derivative = getattr(operations, name), getattr(operations, f"{name}_gradient")
    x, gradient, out, in_gradient = (guarded(length) for _ in range(4))
    expected, in_expected = doubled(x, x)
    function(x, out=out)
    getattr(wide, name)(x.astype(np.float64), out=expected)
    assert_close(out, expected, 1e-6)
    derivative(out, gradient, out=in_gradient)
    getattr(wide, f"{name}_gradient")(*doubled(out, gradient), out=in_expected)
    assert_close(in_gradient, in_expected, 1e-6)
    function(x, out=x)
    np.testing.assert_array_equal(x, out)


def test_tanh_is_right_to_a_millionth_however_near_to_0_and_saturates():
    x = np.concatenate([np.geomspace(1e-37, 30, 20_001), np.linspace(0, 12, 20_001)])
    x = np.concatenate([x, -x]).astype(np.float32)
    out = np.empty_like(x)
    operations.tanh(x, out=out)
    np.testing.assert_allclose(out, np.tanh(x.astype(np.float64)), rtol=1e-6, atol=0)
    assert np.abs(out).max() == 1


def test_sigmoid_is_right_to_a_millionth_and_stays_between_0_and_1():
    x = np.concatenate([np.linspace(-100, 100, 20_001), [-np.inf, np.inf]]).astype(np.float32)
    out = np.empty_like(x)
    operations.sigmoid(x, out=out)
    expected = 1 / (1 + np.exp(-x.astype(np.float64)))
    np.testing.assert_allclose(out, expected, rtol=0, atol=1e-6)
    assert out.min() >= 0
    assert out.max() <= 1


@pytest.mark.parametrize("name", ["tanh", "sigmoid", "relu"])
def test_what_is_not_a_number_stays_so(name):
    x = np.array([0, np.nan, -np.inf, np.inf, np.nan, 3e38, -3e38], np.float32)
    out, expected = np.empty_like(x), np.empty_like(x)
    getattr(operations, name)(x, out=out)
    getattr(wide, name)(x, out=expected)
    np.testing.assert_allclose(out, expected, rtol=1e-6)


@pytest.mark.usefixtures("only_kernels")
@pytest.mark.parametrize("length", LENGTHS)
def test_dropout(guarded, length):
    x, out = guarded(length), guarded(length)
    chances = guarded(length, values=guarded.random.random(length))
    kept = chances >= np.float32(0.3)
    operations.dropout(x, chances, 0.3, out=out)
    np.testing.assert_array_equal(chances, kept)
    np.testing.assert_array_equal(out, x * kept)


# Pixels


@pytest.mark.usefixtures("only_kernels")
@pytest.mark.parametrize("n", [0, 1, 7])
@pytest.mark.parametrize("k", [0, 1, 3, 15, 16, 17, 100, 784])
@pytest.mark.parametrize(("seed", "least_kept"), [(0, 0), (1, 1), (2**32 - 1, 26), (99, 255)])
def test_gather_and_mask(guarded, n, k, seed, least_kept):
    images = guarded.random.integers(0, 256, (9, k), np.uint8)
    chosen = guarded.random.integers(0, 9, n, np.int32)
    clean, masked = guarded(n, k), guarded(n, k)
    operations.gather_and_mask(images, chosen, seed, least_kept, clean=clean, masked=masked)
    np.testing.assert_allclose(clean, images[chosen] / 255, rtol=1e-6)
    kept = random_bytes(seed, n, k) >= least_kept
    np.testing.assert_array_equal(masked, clean * kept)


@pytest.mark.usefixtures("only_kernels")
@pytest.mark.parametrize("k", [0, 1, 3, 4, 5, 100, 784])
@pytest.mark.parametrize(("seed", "least"), [(0, 0), (1, 2**28), (2**32 - 1, 2**30), (99, 2**31)])
def test_salt_and_pepper(guarded, k, seed, least):
    x = guarded(7, k)
    expected = x.astype(np.float64)
    operations.salt_and_pepper(x, seed, least)
    wide.salt_and_pepper(expected, seed, least)
    np.testing.assert_array_equal(x, expected)


@pytest.mark.usefixtures("only_kernels")
@pytest.mark.parametrize("k", [0, 1, 3, 4, 5, 100, 784])
@pytest.mark.parametrize(("seed", "deviation"), [(0, 0), (1, 0.05), (2**32 - 1, 0.3), (99, 1)])
def test_add_normal(guarded, k, seed, deviation):
    x = guarded(7, k)
    expected = x.astype(np.float64)
    operations.add_normal(x, seed, deviation)
    wide.add_normal(expected, seed, deviation)
    np.testing.assert_allclose(x, expected, atol=1e-6)


@pytest.mark.parametrize("seed", [0, 2**31, 2**32 - 5])
def test_random_bytes_are_all_alike_and_know_nothing_of_each_other(seed):
    several = random_bytes(seed, 500, 784).astype(float)
    counts = np.bincount(several.astype(int).ravel(), minlength=256)
    expected = several.size / 256
    assert ((counts - expected) ** 2 / expected).sum() < 255 + 5 * np.sqrt(2 * 255)  # chi squared
    other = random_bytes((seed + 1) % 2**32, 500, 784)
    for a, b in [
        (several[:, 1:], several[:, :-1]),
        (several[:, 4:], several[:, :-4]),
        (several[1:], several[:-1]),
        (several, other),
    ]:
        assert abs(np.corrcoef(a.ravel(), b.ravel())[0, 1]) < 5 / np.sqrt(a.size)


@pytest.mark.parametrize("beyond", [9, 2**31 - 1])
def test_images_that_are_not_there_are_refused(guarded, beyond):
    images = np.ones((9, 20), np.uint8)
    chosen = np.array([0, 8, beyond], np.int32)
    clean, masked = guarded(3, 20, values=5), guarded(3, 20, values=5)
    with pytest.raises(IndexError):
        operations.gather_and_mask(images, chosen, 0, 1, clean=clean, masked=masked)
    np.testing.assert_array_equal(clean, 5)


# Losses


@pytest.mark.usefixtures("only_kernels")
@pytest.mark.parametrize("k", [1, 2, 3, 4, 5, 10, 50, 67])
@pytest.mark.parametrize("scale", [1, 30, 1e30])
def test_softmax(guarded, k, scale):
    x, out = guarded(9, k), guarded(9, k)
    x *= np.float32(scale)
    expected = np.empty((9, k))
    operations.softmax(x, out=out)
    wide.softmax(x.astype(np.float64), out=expected)
    np.testing.assert_allclose(out, expected, rtol=1e-5, atol=1e-37)


@np.errstate(over="ignore")
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_the_losses_of_classifiers_are_finite_wherever_scores_are(dtype):
    scores = np.array([[3e38, -3e38, 0], [0, 800, 800], [1, 2, 3]], dtype)
    classes, out, gradient = np.array([1, 0, 2]), np.empty_like(scores), np.empty_like(scores)
    chosen = best_backend(dtype)
    chosen.softmax(scores[1:], out=out[1:])
    loss = chosen.softmax_loss(scores[1:], out[1:], classes[1:], gradient=gradient[1:])
    last = np.log(np.exp([-2, -1, 0]).sum())
    assert loss == pytest.approx(800 + np.log(2) + last, rel=1e-7)
    np.testing.assert_allclose(gradient[1], [-1, 0.5, 0.5], rtol=1e-6)
    chosen.softmax(scores, out=out)
    assert chosen.softmax_loss(scores, out, classes, gradient) == pytest.approx(6e38, rel=1e-6)
    assert chosen.hinge_loss(scores, classes, gradient) == pytest.approx(9e38, rel=1e-6)
    np.testing.assert_array_equal(gradient[0], [1, -2, 1])


def test_softmax_of_what_is_not_a_number_is_none():
    x = np.array([[1, np.nan, 2], [1, 2, 3]], np.float32)
    out = np.empty_like(x)
    operations.softmax(x, out=out)
    assert np.isnan(out[0]).all()
    assert np.isfinite(out[1]).all()


@pytest.mark.usefixtures("only_kernels")
@pytest.mark.parametrize("shape", [(1, 1), (3, 7), (50, 784), (2, 1025), (0, 4), (4, 0)])
def test_squared_loss(guarded, shape):
    x, targets, gradient = guarded(*shape), guarded(*shape), guarded(*shape)
    loss = operations.squared_loss(x, targets, gradient=gradient)
    difference = np.subtract(*doubled(x, targets))
    assert loss == pytest.approx((difference**2).sum() / 2, rel=1e-6)
    np.testing.assert_array_equal(gradient, x - targets)


def test_the_loss_of_what_is_not_a_number_is_none():
    x, targets = np.full((2, 5), np.nan, np.float32), np.zeros((2, 5), np.float32)
    assert np.isnan(operations.squared_loss(x, targets, gradient=np.empty_like(x)))


# Windows


@pytest.mark.usefixtures("only_kernels")
@pytest.mark.parametrize("depth", [1, 2, 3, 4, 8])
@pytest.mark.parametrize(("sy", "sx", "stride"), [(1, 1, 1), (2, 3, 1), (3, 3, 2), (5, 5, 2)])
def test_windows(guarded, sy, sx, stride, depth):
    padded, scattered = guarded(3, 9, 8, depth), guarded(3, 9, 8, depth)

    def over(array):
        every = np.lib.stride_tricks.sliding_window_view(array, (sy, sx), (1, 2), writeable=True)
        return np.moveaxis(every[:, ::stride, ::stride], 3, 5)

    patches = guarded(*over(padded).shape)
    expected = scattered.astype(np.float64)
    reference_patches = patches.astype(np.float64)
    operations.scatter_windows(patches, over(scattered))
    for place in np.ndindex(patches.shape[:3]):
        over(expected)[place] += reference_patches[place]
    assert_close(scattered, expected, 1e-6)
    operations.gather_windows(over(padded), out=patches)
    np.testing.assert_array_equal(patches, over(padded))
