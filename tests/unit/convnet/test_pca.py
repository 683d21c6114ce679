"""Principal components: right, exact, the same with every backend, found whatever images are."""

from __future__ import annotations

import numpy as np
import pytest
from single_precision import operations

from convnet import ConvNetError
from convnet.compute import NumPy, Reproducible
from convnet.pca import SUMMED, Moments, principal_components
from convnet.steps import finish

BACKENDS = [operations, NumPy(), Reproducible()]


def blots(n, size=28, seed=0):
    """Images uint8 (n, size, size), each of two blots somewhere, black elsewhere."""
    random = np.random.default_rng(seed)
    y, x = np.mgrid[:size, :size] / size
    places = random.uniform(0.2, 0.8, (n, 2, 2, 1, 1))
    distances = np.square(places - np.stack([y, x])).sum(axis=2)
    shades = np.clip(300 * np.exp(-60 * distances).sum(axis=1) - 20, 0, 255)
    return shades.astype(np.uint8)


def moments_of(images, backend=operations, **named):
    return finish(Moments.in_steps(images, backend, **named))


def components_of(images, size, backend=operations):
    return finish(principal_components(moments_of(images, backend), size, backend))


def pixels_of(images):
    return images.reshape(len(images), -1) / 255


def loss(pca, pixels):
    return 0.5 * np.square(pca.reconstruct(pca.encode(pixels)) - pixels).sum(axis=1).mean()


@pytest.mark.parametrize("n", [1, SUMMED, SUMMED + 1, 700])
def test_moments_are_those_of_all_images(n):
    images = blots(n)
    pixels = pixels_of(images)
    moments = moments_of(images)
    np.testing.assert_allclose(moments.mean, pixels.mean(axis=0), atol=1e-14)
    expected = np.cov(pixels, rowvar=False, bias=True) if n > 1 else np.zeros((784, 784))
    np.testing.assert_allclose(moments.covariance, expected, atol=1e-14)


def test_moments_have_the_same_bits_with_every_backend_however_long_steps_are():
    images = np.random.default_rng(0).choice([0, 254, 255], (600, 28, 28)).astype(np.uint8)
    first, *others = (
        moments_of(images, backend, step_s=step_s)
        for backend in BACKENDS
        for step_s in (0.001, 0.004, 10)
    )
    for other in others:
        np.testing.assert_array_equal(other.mean, first.mean)
        np.testing.assert_array_equal(other.covariance, first.covariance)


def test_moments_need_images():
    with pytest.raises(ConvNetError, match="need images"):
        moments_of(np.empty((0, 28, 28), np.uint8))


@pytest.mark.parametrize("size", [1, 2, 16, 17, 40])
def test_components_are_the_leading_eigenvectors_of_the_covariance(size):
    images = blots(500)
    moments = moments_of(images)
    values, vectors = np.linalg.eigh(moments.covariance)
    pca = finish(principal_components(moments, size, operations))
    np.testing.assert_allclose(pca.components @ pca.components.T, np.eye(size), atol=1e-12)
    expected = vectors[:, ::-1][:, :size].T
    gaps = values[::-1][:size] - values[::-1][1 : size + 1]
    along = np.abs((pca.components * expected).sum(axis=1))
    assert (along[gaps > 1e-6] > 1 - 1e-7).all()
    assert (gaps > 1e-6).any()
    kept = np.square(pca.encode(pixels_of(images))).mean(axis=0)
    np.testing.assert_allclose(kept, values[::-1][:size], atol=1e-8)


def test_components_point_to_where_their_largest_element_is_positive():
    components = components_of(blots(300), 5).components
    assert (components.max(axis=1) == np.abs(components).max(axis=1)).all()


@pytest.mark.parametrize("size", [2, 20])
def test_every_backend_finds_the_same(size):
    images, others = blots(400), pixels_of(blots(50, seed=1))
    first, *rest = (components_of(images, size, backend) for backend in BACKENDS)
    for other in rest:
        assert loss(other, others) == pytest.approx(loss(first, others), abs=1e-9)
    again = components_of(images, size)
    np.testing.assert_array_equal(again.components, first.components)


@pytest.mark.parametrize("distinct", [1, 2, 10])
@pytest.mark.parametrize("size", [2, 12, 35, 48, 49, 60])
def test_images_that_differ_in_fewer_ways_than_there_are_components_are_kept_whole(distinct, size):
    images = np.repeat(blots(distinct, size=7), 30, axis=0)
    pca = components_of(images, size)
    count = min(size, 49)
    np.testing.assert_allclose(pca.components @ pca.components.T, np.eye(count), atol=1e-12)
    if size >= distinct - 1:
        assert loss(pca, pixels_of(images)) < 1e-12


def test_with_as_many_components_as_pixels_nothing_is_lost_of_any_image():
    pca = components_of(blots(3, size=5), 25)
    assert loss(pca, np.random.default_rng(0).random((20, 25))) < 1e-25


def test_components_are_one_at_least():
    with pytest.raises(ConvNetError, match="at least 1, but it is 0"):
        components_of(blots(3), 0)


def test_its_network_does_the_same():
    images = blots(300)
    pca, pixels = components_of(images, 3), pixels_of(images)
    net = pca.network(operations)
    reconstructions = net.forward(pixels).reshape(pixels.shape)
    codes = net.layers[1].out_act.reshape(-1, 3)
    np.testing.assert_allclose(codes, pca.encode(pixels), atol=1e-5)
    np.testing.assert_allclose(reconstructions, pca.reconstruct(codes), atol=1e-5)
