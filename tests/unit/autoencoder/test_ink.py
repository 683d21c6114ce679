"""What is drawn or photographed becomes an image like MNIST's."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from serve import ROOT

from autoencoder.ink import FAINTEST, ink_of, like_mnist, resampled
from convnet.mnist import read_digits

FOLDER = Path(ROOT) / "assets/mnist"
SIZE, ENLARGED = 440, 10


@pytest.fixture(scope="module")
def test_digits():
    return read_digits(FOLDER, "test")


@pytest.fixture(scope="module")
def nearest_class():
    """The classes of the training digits that are nearest to images, pixel by pixel."""
    digits = read_digits(FOLDER, "train")
    known = digits.images[:20_000].reshape(20_000, -1).astype(np.float32) / 255
    squares = (known * known).sum(axis=1)

    def nearest_class(images):
        images = np.asarray(images, np.float32).reshape(len(images), -1)
        return digits.labels[np.argmin(squares - 2 * images @ known.T, axis=1)]

    return nearest_class


def interpolated(values, places):
    """Values (28, ...) at places along the first axis; beyond them lies 0."""
    padded = np.pad(values, ((1, 2), (0, 0)))
    places = np.clip(places, -1, 28) + 1
    below = places.astype(int)
    share = (places - below)[:, None]
    return padded[below] * (1 - share) + padded[below + 1] * share


def rendered(image, scale=1.0, down=0.0, right=0.0):
    """A digit on a large canvas, anti-aliased: scaled, and shifted by so many of its pixels."""
    places = (np.arange(SIZE) + 0.5 - SIZE / 2) / ENLARGED
    across, along = ((places - shift) / scale + 13.5 for shift in (right, down))
    ink = interpolated(interpolated(image.astype(float), along).T, across).T
    return ink.round().astype(np.uint8)


def extent(image):
    """How many rows and columns hold ink."""
    return tuple(np.ptp(np.flatnonzero(image.any(axis=axis))) + 1 for axis in (1, 0))


def centre(image):
    """Where the centre of mass lies, down and across, the pixels reaching from 0 to 28."""
    places = np.arange(28) + 0.5
    return tuple(np.average(places, weights=image.sum(axis=axis)) for axis in (1, 0))


def check(image):
    """An image is one of MNIST's form."""
    assert image.shape == (28, 28)
    assert image.dtype == np.float32
    assert image.min() >= 0
    assert image.max() == pytest.approx(1)


def test_digits_of_mnist_stay_as_they_are(test_digits):
    """All but the few that have a row at their edge which is fainter than a blur."""
    images = test_digits.images[:1000]
    errors = [np.abs(like_mnist(image) - image / image.max()).max() for image in images]
    assert np.mean(np.array(errors) <= FAINTEST) >= 0.98


def test_a_digit_that_is_moved_and_scaled_comes_back(test_digits):
    for image in test_digits.images[:20]:
        back = like_mnist(rendered(image, 0.9, 4, -3))
        assert np.corrcoef(back.ravel(), image.ravel())[0, 1] > 0.8


def test_digits_that_are_moved_and_scaled_keep_their_nearest_neighbours_class(
    test_digits, nearest_class
):
    random = np.random.default_rng(5)
    images = test_digits.images[random.choice(len(test_digits.images), 200, replace=False)]
    drawn = [
        like_mnist(rendered(image, random.uniform(0.8, 1.2), *random.uniform(-6, 6, 2)))
        for image in images
    ]
    same = nearest_class(drawn) == nearest_class(images / 255)
    assert same.mean() >= 0.95


def test_where_a_digit_was_drawn_and_how_large_makes_no_difference():
    small, large = np.zeros((300, 200), np.uint8), np.zeros((300, 200), np.uint8)
    small[20:40, 10:20] = small[40:45, 10:30] = 255
    large[100:180, 50:90] = large[180:200, 50:130] = 90
    assert like_mnist(large) == pytest.approx(like_mnist(small), abs=1e-6)


@pytest.mark.parametrize("dtype", [np.uint8, np.float32, np.float64])
def test_ink_may_be_of_any_kind_of_number(test_digits, dtype):
    ink = rendered(test_digits.images[0])
    assert like_mnist(ink.astype(dtype)) == pytest.approx(like_mnist(ink), abs=1e-6)


def test_no_ink_is_no_digit():
    assert like_mnist(np.zeros((280, 280), np.uint8)) is None
    assert like_mnist(np.zeros((1, 1))) is None


@pytest.mark.parametrize("size", [(1, 1), (28, 28), (2000, 3000)])
def test_full_ink_is_a_full_box(size):
    image = like_mnist(np.full(size, 255, np.uint8))
    check(image)
    height, _ = size
    assert image.sum() == pytest.approx(400 * height / max(size))


@pytest.mark.parametrize("size", [28, 280, 2800])
def test_a_single_pixel_and_a_dot_fill_the_box(size):
    ink = np.zeros((size, size), np.uint8)
    ink[size - 1, 0] = 3
    check(like_mnist(ink))
    assert like_mnist(ink)[4:24, 4:24] == pytest.approx(1)
    y, x = np.ogrid[:size, :size]
    dot = like_mnist(255 * ((x - size / 3) ** 2 + (y - size / 2) ** 2 < (size / 10) ** 2))
    check(dot)
    assert max(extent(dot)) == 20
    assert centre(dot) == pytest.approx((14.5, 14.5), abs=0.5)


def test_a_line_is_as_long_as_a_digit_and_stands_in_the_middle():
    ink = np.zeros((280, 280), np.uint8)
    ink[30:250, 5:30] = 255
    line = like_mnist(ink)
    check(line)
    assert extent(line)[0] == 20
    assert line.sum() == pytest.approx(20 * 20 * 25 / 220, rel=0.1)
    assert 14 <= centre(line)[1] < 15
    hair = np.zeros((3000, 3000), np.uint8)
    hair[7] = 255
    check(like_mnist(hair))
    assert like_mnist(hair).sum() == pytest.approx(20)


def test_the_centre_of_mass_lies_where_mnist_has_it(test_digits):
    random = np.random.default_rng(3)
    for image in test_digits.images[:50]:
        stretched = rendered(image, random.uniform(0.5, 1.5), *random.uniform(-6, 6, 2))
        assert centre(like_mnist(stretched)) == pytest.approx((14.5, 14.5), abs=0.5)


def test_ink_all_on_one_side_stays_on_the_image():
    ink = np.zeros((400, 400), np.uint8)
    ink[:, :10] = 255
    ink[200, :] = 40  # faint, and far to the right
    check(like_mnist(ink))


@pytest.mark.parametrize("step", [0.3, 1, 2, 7.3])
def test_resampling_keeps_the_mean(step):
    values = np.pad(np.random.default_rng(1).random((60, 3)), ((20, 20), (0, 0)))
    again = resampled(values, step)
    assert len(again) == np.ceil(100 / step)
    assert again.sum(axis=0) * step == pytest.approx(values.sum(axis=0), rel=0.01)


# Pictures

OPAQUE = np.full((SIZE, SIZE), 255, np.uint8)


def test_ink_on_a_picture_is_found_dark_on_light_and_light_on_dark(test_digits):
    ink = rendered(test_digits.images[0])
    assert np.abs(ink_of(ink, OPAQUE).astype(int) - ink).max() <= 26  # the faintest is left out
    assert (ink_of(255 - ink, OPAQUE) == ink_of(ink, OPAQUE)).all()


def test_paper_that_is_grey_uneven_and_noisy_is_no_ink(test_digits):
    ink = rendered(test_digits.images[0]) / 255
    random = np.random.default_rng(0)
    shadow = np.linspace(210, 190, SIZE) + random.normal(0, 2, (SIZE, SIZE))
    photograph = (shadow * (1 - ink) + 60 * ink).astype(np.uint8)
    found = like_mnist(ink_of(photograph, OPAQUE))
    assert np.corrcoef(found.ravel(), like_mnist(ink).ravel())[0, 1] > 0.9


@pytest.mark.parametrize("colour", [0, 255])
def test_on_a_picture_without_a_ground_ink_is_what_hides_it(test_digits, colour):
    ink = rendered(test_digits.images[0])
    brightness = np.where(ink > 0, colour, 0).astype(np.uint8)
    assert (ink_of(brightness, ink) == ink_of(ink, OPAQUE)).all()


@pytest.mark.parametrize("shade", [0, 128, 255])
def test_a_picture_of_one_shade_has_no_ink(shade):
    picture = np.full((30, 40), shade, np.uint8)
    opaque = np.full((30, 40), 255, np.uint8)
    assert ink_of(picture, opaque) is None
    assert ink_of(picture[:1, :1], opaque[:1, :1]) is None
