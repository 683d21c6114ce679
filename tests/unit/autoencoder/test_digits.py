"""The store of digits that grows while shards come, and the minibatches drawn from it."""

from __future__ import annotations

import numpy as np
import pytest

from autoencoder.digits import Digits
from convnet import ConvNetError
from convnet.chance import CORRUPTION, ORDER, generator
from convnet.compute import best_backend
from convnet.corruption import Corruption
from convnet.minibatch import Minibatch

PIXELS = 28 * 28


def shard(*values):
    """Images uint8 (n, 28, 28), each of one grey, and their labels."""
    images = np.empty((len(values), 28, 28), np.uint8)
    images[:] = np.array(values).reshape(-1, 1, 1)
    return images, np.array(values, np.uint8) % 10


def store(*values, capacity=None):
    digits = Digits(capacity or len(values))
    digits.add(*shard(*values))
    return digits


def draw(minibatch, images, noise, seed=0):
    masking = Corruption("masking", noise)
    minibatch.draw(images, masking, generator(seed, ORDER), generator(seed, CORRUPTION))


def drawn(size, images, noise, seed=0):
    minibatch = Minibatch(size, PIXELS, best_backend())
    draw(minibatch, images, noise, seed)
    return minibatch


# The store


def test_digits_come_shard_by_shard_in_order():
    digits = Digits(5)
    assert (digits.count, digits.capacity) == (0, 5)
    assert digits.images.shape == (0, 28, 28)
    digits.add(*shard(11, 22))
    first = digits.images.copy()
    digits.add(*shard(33, 44, 55))
    assert digits.count == digits.capacity == 5
    assert digits.images.shape == (5, 28, 28)
    assert digits.images.dtype == np.uint8
    assert (
        digits.images[:, 0, 0].tolist() == digits.images[:, -1, -1].tolist() == [11, 22, 33, 44, 55]
    )
    assert digits.labels.tolist() == [1, 2, 3, 4, 5]
    assert (digits.images[:2] == first).all()


def test_rows_of_an_image_follow_each_other():
    image = np.arange(PIXELS).reshape(1, 28, 28).astype(np.uint8)
    digits = Digits(1)
    digits.add(image, np.zeros(1, np.uint8))
    assert (digits.images[0] == image[0]).all()


def test_digits_may_have_any_shape():
    digits = Digits(3, shape=(4, 6))
    digits.add(np.full((2, 4, 6), 51, np.uint8), np.zeros(2, np.uint8))
    assert digits.shape == (4, 6)
    assert digits.images.shape == (2, 4, 6)
    minibatch = Minibatch(5, 24, best_backend())
    draw(minibatch, digits.images, 0)
    np.testing.assert_allclose(minibatch.clean, 0.2, rtol=1e-6)


def test_a_shard_too_many_is_refused_and_changes_nothing():
    digits = store(1, 2, capacity=3)
    with pytest.raises(ConvNetError, match=r"3 digits.*at least 4"):
        digits.add(*shard(3, 4))
    assert digits.count == 2
    digits.add(*shard(5))
    assert digits.labels.tolist() == [1, 2, 5]


# Minibatches


def test_pixels_are_scaled_from_0_to_1():
    minibatch = drawn(400, store(0, 51, 255).images, 0)
    assert minibatch.clean.shape == minibatch.corrupted.shape == (400, PIXELS)
    assert minibatch.clean.dtype == minibatch.corrupted.dtype == np.float32
    levels = np.unique(minibatch.clean)
    np.testing.assert_allclose(levels, [0, 0.2, 1], rtol=1e-6)
    assert levels[-1] == 1


def test_each_example_is_one_whole_digit_and_all_digits_are_drawn_alike():
    images = np.random.default_rng(1).integers(0, 256, (10, PIXELS), np.uint8)
    minibatch = drawn(5000, images, 0)
    np.testing.assert_allclose(minibatch.clean, images[minibatch.chosen] / 255, rtol=1e-6)
    counts = np.bincount(minibatch.chosen, minlength=10)
    assert counts.min() > 400
    assert counts.max() < 600


def test_only_digits_that_have_come_are_drawn():
    digits = store(100, 100, capacity=1000)
    np.testing.assert_allclose(drawn(500, digits.images, 0).clean, 100 / 255, rtol=1e-6)
    digits.add(*shard(200))
    assert len(np.unique(drawn(500, digits.images, 0).clean)) == 2


@pytest.mark.parametrize("noise", [0.05, 0.1, 0.5, 0.9])
def test_noise_blacks_out_its_share_of_pixels_and_leaves_the_others(noise):
    minibatch = drawn(400, store(255, 128).images, noise)
    black = minibatch.corrupted == 0
    # To the nearest 1/256, and four standard deviations of 313,600 draws.
    assert abs(black.mean() - noise) < 1 / 512 + 4 * 0.5 / np.sqrt(black.size)
    assert (minibatch.corrupted[~black] == minibatch.clean[~black]).all()
    assert (minibatch.clean > 0).all()


def test_noise_is_everywhere_and_another_in_each_example():
    black = drawn(400, store(255).images, 0.5).corrupted == 0
    assert black.mean(axis=0).min() > 0.3
    assert black.mean(axis=0).max() < 0.7
    assert len(np.unique(black, axis=0)) == 400


def test_without_noise_nothing_is_corrupted():
    minibatch = drawn(10, np.random.default_rng(2).integers(0, 256, (9, PIXELS), np.uint8), 0)
    assert (minibatch.corrupted == minibatch.clean).all()
    assert not np.shares_memory(minibatch.corrupted, minibatch.clean)


def test_the_same_seed_draws_the_same():
    images = np.random.default_rng(3).integers(0, 256, (50, PIXELS), np.uint8)
    first, same, other = (drawn(20, images, 0.3, seed) for seed in (7, 7, 8))
    assert (first.clean == same.clean).all()
    assert (first.corrupted == same.corrupted).all()
    assert (first.corrupted != other.corrupted).any()


def test_each_draw_is_another():
    images = np.random.default_rng(4).integers(0, 256, (50, PIXELS), np.uint8)
    minibatch, streams = Minibatch(20, PIXELS, best_backend()), (generator(0), generator(1))
    minibatch.draw(images, Corruption("masking", 0.3), *streams)
    first = minibatch.corrupted.copy()
    minibatch.draw(images, Corruption("masking", 0.3), *streams)
    assert (first != minibatch.corrupted).any()
