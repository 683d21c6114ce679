"""Numbers become pixels."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest

from autoencoder.views.palette import CLASS_COLOURS, CLASS_PIXELS, CLASS_SHAPES
from autoencoder.views.pictures import (
    DIVERGING,
    GREY,
    bordered,
    colour,
    enlarge,
    halved,
    rgb,
    scatter,
    shade,
    sheet,
    signed_range,
    stamp,
    trimmed,
)


def parts(pixels):
    """Red, green, blue and opacity, on a last axis, as a canvas reads them."""
    return np.ascontiguousarray(pixels, "<u4").view(np.uint8).reshape(*np.shape(pixels), 4)


def shade_signed(values):
    return shade(values, *signed_range(values), DIVERGING)


def test_a_colour_is_the_pixel_that_a_canvas_shows_it_with():
    assert parts(rgb("#3f90da")).ravel().tolist() == [0x3F, 0x90, 0xDA, 255]
    assert colour(rgb("#3f90da")) == "#3f90da"


# Shades


def test_grey_runs_from_black_to_white():
    shades = parts(shade(np.array([0, 0.25, 0.5, 1]), 0, 1))
    assert (shades[:, 3] == 255).all()
    assert (shades[:, :3] == shades[:, :1]).all()
    assert shades[:, 0].tolist() == [0, 63, 127, 255] or shades[:, 0].tolist() == [0, 64, 128, 255]


def test_what_lies_outside_looks_like_what_is_nearest():
    shades = shade(np.array([-5.0, 2, 3, 99]), 2, 3)
    assert shades[0] == shades[1] == GREY[0]
    assert shades[2] == shades[3] == GREY[-1]


def test_shades_are_evenly_spread():
    counts = np.unique(shade(np.linspace(0, 1, 25_600), 0, 1), return_counts=True)[1]
    assert len(counts) == 256
    assert counts.min() >= 99
    assert counts.max() <= 101


@pytest.mark.parametrize(("low", "high"), [(1, 1), (2, 1), (np.nan, np.nan), (0, np.nan)])
def test_without_a_range_all_is_the_middle_shade(low, high):
    shades = shade(np.array([[1.0, 2, 3]]), low, high)
    assert shades.shape == (1, 3)
    assert shades.dtype == np.uint32
    assert (shades == GREY[128]).all()


def test_what_is_no_number_has_a_shade_too():
    shades = shade(np.array([np.nan, np.inf, -np.inf]), 0, 1)
    assert set(shades.tolist()) <= set(GREY.tolist())
    assert shades[1] == GREY[-1]
    assert shades[2] == GREY[0]


def test_a_shade_keeps_the_shape():
    assert shade(np.zeros((3, 4, 5), np.float32), 0, 1).shape == (3, 4, 5)


def test_signed_shades_are_pale_at_0_and_as_deep_on_either_side():
    negative, zero, positive = parts(shade_signed(np.array([-2.0, 0, 2])))[:, :3].astype(int)
    assert zero.min() > 235
    assert negative[0] > negative[2] + 60  # orange
    assert positive[2] > positive[0] + 60  # blue
    assert (shade_signed(np.array([-2.0, 2])) == DIVERGING[[0, 255]]).all()


def test_signed_shades_are_scaled_by_the_largest_of_either_sign():
    assert (shade_signed(np.array([-8.0, 1])) == shade_signed(np.array([-16.0, 2]))).all()
    weak, strong = parts(shade_signed(np.array([1.0, -8])))[:, :3].astype(int)
    assert np.ptp(weak) < np.ptp(strong)


def test_nothing_but_zeros_is_pale():
    assert (shade_signed(np.zeros((2, 2))) == DIVERGING[128]).all()
    assert parts(DIVERGING[128])[..., :3].min() > 235


def test_signed_shades_of_nothing_are_nothing():
    assert shade_signed(np.zeros((0, 3))).shape == (0, 3)


# Tiles


def tiles(count, height=2, width=3):
    """Tiles whose pixels tell which tile they are of."""
    return (
        np.arange(1, count + 1, dtype=np.uint32)[:, None, None].repeat(height, 1).repeat(width, 2)
    )


def test_a_sheet_has_its_tiles_in_rows_with_transparent_gaps():
    picture = sheet(tiles(5), columns=3)
    assert picture.tolist() == [
        [1, 1, 1, 0, 2, 2, 2, 0, 3, 3, 3],
        [1, 1, 1, 0, 2, 2, 2, 0, 3, 3, 3],
        [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0],
        [4, 4, 4, 0, 5, 5, 5, 0, 0, 0, 0],
        [4, 4, 4, 0, 5, 5, 5, 0, 0, 0, 0],
    ]


def test_a_sheet_of_one_tile_is_that_tile():
    assert sheet(tiles(1), columns=1).tolist() == tiles(1)[0].tolist()


def test_a_sheet_keeps_each_tile_the_right_way_up():
    tile = np.arange(1, 7, dtype=np.uint32).reshape(1, 2, 3)
    assert sheet(tile.repeat(2, 0), columns=2, gap=2).tolist() == [
        [1, 2, 3, 0, 0, 1, 2, 3],
        [4, 5, 6, 0, 0, 4, 5, 6],
    ]


def test_enlarging_repeats_each_pixel_both_ways():
    tile = np.array([[[1, 2], [3, 4]]], np.uint32)
    assert enlarge(tile, 2).tolist() == [[[1, 1, 2, 2], [1, 1, 2, 2], [3, 3, 4, 4], [3, 3, 4, 4]]]


def test_each_tile_gets_a_border_of_its_own_colour():
    framed = bordered(tiles(2, 1, 1), np.array([8, 9], np.uint32), 2)
    assert framed.shape == (2, 5, 5)
    assert framed.dtype == np.uint32
    assert framed[0, 2, 2] == 1
    assert framed[1, 2, 2] == 2
    assert (framed[0] == 8).sum() == (framed[1] == 9).sum() == 24


# The map


def empty(size):
    return np.zeros((size, size), np.uint32)


def test_tiles_lie_with_their_middles_rightward_and_upward():
    places = np.array([[0.1, 0.1], [0.9, 0.1], [0.1, 0.9], [0.9, 0.9], [0.5, 0.5]])
    picture = scatter(tiles(5, 2, 2), places, empty(10))
    assert picture.shape == (10, 10)
    assert picture[9, 0] == picture[8, 1] == 1
    assert picture[9, 9] == 2
    assert picture[0, 0] == 3
    assert picture[0, 9] == 4
    assert (picture[4:6, 4:6] == 5).all()
    assert (picture == 0).sum() == 100 - 5 * 4


def test_tiles_are_cut_off_at_the_edge_and_left_out_beyond_it():
    places = np.array([[0, 0], [1, 0.5], [0.5, 1.3], [-7, 0.5], [0.5, 1e9]])
    picture = scatter(tiles(5, 4, 4), places, empty(10))
    assert (picture[8:, :2] == 1).all()
    assert (picture[3:7, 8:] == 2).all()
    assert np.count_nonzero(picture) == 2 * 2 + 4 * 2


def test_later_tiles_cover_earlier_ones_and_all_cover_the_ground():
    picture = scatter(tiles(3, 2, 2), np.full((3, 2), 0.5), empty(6) + np.uint32(9))
    assert set(np.unique(picture)) == {9, 3}


def test_tiles_need_not_be_square():
    places = np.array([[1.5, 1], [6.5, 7]]) / 8
    picture = scatter(tiles(2, height=2, width=3), places, empty(8))
    assert (picture[6:, :3] == 1).all()
    assert (picture[:2, 5:] == 2).all()
    assert np.count_nonzero(picture) == 2 * 2 * 3


def test_shapes_let_the_ground_be_seen_between_their_pixels():
    shape = np.array([[0, 1, 0], [1, 1, 1], [0, 1, 0]], bool)
    picture = empty(9) + np.uint32(7)
    stamp(shape, np.uint32(5), np.array([[4.5, 4.5], [0.5, 0.5], [18, 18]]) / 9, picture)
    assert (picture[3:6, 3:6] == np.where(shape, 5, 7)).all()
    assert picture[8, 0] == 5
    assert (picture == 5).sum() == 5 + 3


def test_the_shapes_of_the_classes_can_be_told_apart():
    for one, other in combinations(CLASS_SHAPES, 2):
        assert (one != other).sum() >= 9


def test_halving_takes_the_mean_of_four_pixels():
    images = np.array([[[0, 100, 8, 8, 1], [200, 103, 8, 8, 1], [9, 9, 9, 9, 9]]], np.uint8)
    assert halved(images).tolist() == [[[101, 8]]]


def test_images_are_trimmed_by_what_is_all_but_empty_in_all_of_them():
    images = np.zeros((50, 8, 10), np.float32)
    images[:, 2:6, 3:8] = 1
    images[0, 1, 5] = 1
    assert trimmed(images).shape == (50, 4, 6)
    assert (trimmed(images) == images[:, 2:6, 2:8]).all()


@pytest.mark.parametrize("images", [np.ones((3, 6, 5)), np.ones((3, 1, 1)), np.zeros((3, 1, 4))])
def test_images_without_a_margin_stay_whole(images):
    assert trimmed(images).shape == images.shape


def test_of_images_that_are_empty_something_is_left():
    assert min(trimmed(np.zeros((3, 4, 7))).shape) > 0


# The palette


def test_ten_classes_have_ten_colours_and_their_pixels():
    assert len(set(CLASS_COLOURS)) == 10
    expected = [[*bytes.fromhex(colour[1:]), 255] for colour in CLASS_COLOURS]
    assert parts(CLASS_PIXELS).tolist() == expected
