"""The manifold: pictures all over the map, each of the code that lies in its middle."""

from __future__ import annotations

import numpy as np
import pytest
from sessions import definition, reload, train

from autoencoder.manifold import Manifold

SIZE = 640
SHAPE = (28, 28)


@pytest.fixture
def digit_map(session):
    train(session, 3)
    while not session.digit_map.place_next(200):
        pass
    return session.digit_map


def whole(digit_map, count=10_000):
    manifold = Manifold(SIZE)
    while not manifold.decode_next(digit_map, SHAPE, count):
        pass
    return manifold


def picture_of(digit_map, across, down):
    """What the decoder draws for the code at a pixel of the whole."""
    code = digit_map.window.codes_at((across / SIZE, 1 - down / SIZE))
    levels = 255.999 * digit_map.decode([code]).reshape(SHAPE)
    return levels.clip(0, 255).astype(np.uint8)


def test_each_picture_is_of_the_code_in_its_middle(digit_map):
    picture = whole(digit_map).picture
    assert picture.shape == (SIZE, SIZE)
    first = (23 * 28 - SIZE) // 2
    for column, row in ((1, 1), (5, 20), (21, 3), (11, 11)):
        left, top = 28 * column - first, 28 * row - first
        tile = picture[top : top + 28, left : left + 28].astype(int)
        expected = picture_of(digit_map, left + 14, top + 14).astype(int)
        assert np.abs(tile - expected).max() <= 1
    assert len(np.unique(picture)) > 20


def test_in_steps_it_is_the_same(digit_map):
    in_one_go = whole(digit_map)
    manifold = Manifold(SIZE)
    steps = 1
    while not manifold.decode_next(digit_map, SHAPE, 50):
        assert manifold.picture is None
        assert not manifold.is_whole
        steps += 1
    assert steps == 12
    assert np.abs(manifold.picture.astype(int) - in_one_go.picture).max() <= 1


def test_of_another_part_of_the_plane_nothing_of_before_is_seen(digit_map):
    manifold = whole(digit_map)
    assert manifold.shows(digit_map.window)
    digit_map.window.zoom(2)
    assert not manifold.shows(digit_map.window)
    before = manifold.changes
    manifold.decode_next(digit_map, SHAPE, 30)
    assert manifold.picture is None
    assert manifold.changes > before


def test_an_old_picture_stays_until_the_next_is_whole(session, digit_map):
    manifold = whole(digit_map)
    before = manifold.picture.copy()
    train(session, 20)
    manifold.decode_next(digit_map, SHAPE, 30)
    assert (manifold.picture == before).all()
    while not manifold.decode_next(digit_map, SHAPE, 100):
        pass
    assert (manifold.picture != before).any()


def test_other_neurons_stay_at_their_mean_below_it(session):
    reload(session, definition('{type:"fc", num_neurons:6}'))
    while not session.digit_map.place_next(200):
        pass
    assert session.digit_map.others_at_mean == 4
    assert len(np.unique(whole(session.digit_map).picture)) > 5


def test_pictures_of_any_shape_cover_the_map(digit_map):
    manifold = Manifold(100)
    while not manifold.decode_next(digit_map, (49, 16), 10):
        pass
    assert manifold.picture.shape == (100, 100)


def test_what_is_no_number_is_black(session, digit_map):
    session.run.net.layers[-2].biases[:] = np.nan
    assert (whole(digit_map).picture == 0).all()
