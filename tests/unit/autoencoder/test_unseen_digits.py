"""The digits of map and measures are none that the network is trained on."""

from __future__ import annotations

import numpy as np
from serve import ROOT
from sessions import train, unseen

from convnet.minibatch import to_pixels
from convnet.mnist import read_digits


def images_of(part):
    """Each digit's bytes."""
    return [image.tobytes() for image in read_digits(ROOT / "assets/mnist", part).images]


def test_no_test_digit_is_among_the_training_digits():
    assert not set(images_of("train")) & set(images_of("test"))


def test_no_minibatch_has_a_test_digit_whatever_the_map_and_the_measures_do(session):
    test = set(images_of("test"))
    seen = set()
    for step in range(60):
        session.digit_map.place_next(200)
        session.measures.take_steps(session, 1e-9)
        if step == 20:
            session.pick(7)
        train(session, 1)
        clean = np.round(255 * session.run.minibatch.clean).astype(np.uint8)
        seen |= {image.tobytes() for image in clean}
    assert len(seen) > 1000
    assert not seen & test
    assert session.run.dataset is session.digits


def test_what_the_map_shows_are_test_digits(session):
    test = set(images_of("test"))
    assert all(image.tobytes() in test for image in session.digit_map.images)
    session.pick(11)
    session.example.forward(session)
    np.testing.assert_array_equal(session.example.clean, to_pixels(unseen().images[11:12])[0])
