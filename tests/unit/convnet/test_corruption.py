"""Corruption: each kind does to images what it says, as strongly as it says, and the same again."""

from __future__ import annotations

import hashlib
import json
import math

import numpy as np
import pytest

from convnet.chance import generator
from convnet.compute import NumPy, Reproducible, best_backend
from convnet.corruption import KINDS, MASKING, NO_CORRUPTION, Corruption
from convnet.errors import ConvNetError
from convnet.fields import Fields
from convnet.json_text import json_pieces
from convnet.minibatch import Minibatch, to_pixels
from convnet.mnist import Digits
from convnet.run import Run
from convnet.steps import finish

SHAPE = (12, 10)
PIXELS = 120
CORRUPTIONS = [
    *(NO_CORRUPTION, Corruption("masking", 0.3), Corruption("salt_and_pepper", 0.2)),
    *(Corruption("gaussian", 0.25), Corruption("square", 4)),
]
OF_EACH_KIND = pytest.mark.parametrize("corruption", CORRUPTIONS, ids=lambda each: each.kind)

DEFINITION = """
net = Net([
    dict(type="input", out_sx=10, out_sy=12, out_depth=1),
    dict(type="fc", num_neurons=8, activation="tanh", drop_prob=0.3),
    dict(type="regression", num_neurons=120),
])
trainer = Trainer(net, method="adam", batch_size=10)
"""


@pytest.fixture
def dataset():
    images = np.random.default_rng(0).integers(1, 255, (50, *SHAPE), np.uint8)
    return Digits(images, np.zeros(50, np.uint8))


def grey(count, light=0.5):
    return np.full((count, PIXELS), light, np.float32)


def applied(corruption, clean, seed=0, operations=None):
    return corruption.apply(clean, SHAPE, generator(seed), operations or best_backend())


def bound(probability, count):
    """How far a share may lie from its probability: four and a half standard deviations."""
    return 4.5 * math.sqrt(probability * (1 - probability) / count)


# What each kind does


@pytest.mark.parametrize("share", [0.05, 0.1, 0.5, 0.9])
def test_masking_blackens_its_share_of_pixels_and_leaves_the_others(share):
    corrupted = applied(Corruption("masking", share), grey(3000))
    assert set(np.unique(corrupted)) == {0, 0.5}
    black = (corrupted == 0).mean()
    assert abs(black - share) < 1 / 512 + bound(share, corrupted.size)


@pytest.mark.parametrize("share", [0.05, 0.2, 0.5, 0.9])
def test_salt_and_pepper_are_half_of_its_share_each_and_leave_the_other_pixels(share):
    corrupted = applied(Corruption("salt_and_pepper", share), grey(3000))
    assert set(np.unique(corrupted)) == {0, 0.5, 1}
    for value in (0, 1):
        assert abs((corrupted == value).mean() - share / 2) < bound(share / 2, corrupted.size)


def test_salt_and_pepper_fall_anywhere():
    corrupted = applied(Corruption("salt_and_pepper", 0.5), grey(3000))
    for value in (0, 1):
        shares = (corrupted == value).mean(axis=0)
        assert abs(shares - 0.25).max() < bound(0.25, len(corrupted))
    assert len(np.unique(corrupted, axis=0)) == len(corrupted)


@pytest.mark.parametrize("deviation", [0.01, 0.05, 0.14])
def test_gaussian_noise_has_no_mean_its_deviation_and_the_shape_of_a_bell(deviation):
    noise = applied(Corruption("gaussian", deviation), grey(3000)).astype(np.float64) - 0.5
    count = noise.size
    assert abs(noise.mean()) < 4.5 * deviation / math.sqrt(count)
    assert noise.std() == pytest.approx(deviation, rel=4.5 / math.sqrt(2 * count))
    for within, share in ((1, 0.683), (2, 0.954)):
        assert abs((abs(noise) < within * deviation).mean() - share) < 0.02
    neighbours = np.corrcoef(noise[:, 1:].ravel(), noise[:, :-1].ravel())[0, 1]
    assert abs(neighbours) < 4.5 / math.sqrt(count)


def test_gaussian_noise_never_leaves_0_to_1():
    for light in (0, 1):  # what would have gone beyond stays there
        corrupted = applied(Corruption("gaussian", 1), grey(3000, light))
        assert (corrupted.min(), corrupted.max()) == (0, 1)
        assert abs((corrupted == light).mean() - 0.5) < 0.01


@pytest.mark.parametrize("side", [1, 4, 10])
def test_a_square_of_its_side_is_black_in_each_image_at_every_place_alike(side):
    images = applied(Corruption("square", side), grey(5000)).reshape(-1, *SHAPE)
    black = images == 0
    assert set(np.unique(images)) <= {0, 0.5}
    assert (black.sum(axis=(1, 2)) == side * side).all()
    assert (black.any(axis=1).sum(axis=1) == side).all()
    assert (black.any(axis=2).sum(axis=1) == side).all()
    top, left = black.any(axis=2).argmax(axis=1), black.any(axis=1).argmax(axis=1)
    places = np.zeros((SHAPE[0] - side + 1, SHAPE[1] - side + 1))
    np.add.at(places, (top, left), 1)
    probability = 1 / places.size
    assert places.min() > 0
    assert abs(places / len(images) - probability).max() <= bound(probability, len(images))


def test_a_square_that_is_larger_than_an_image_is_as_large_as_fits():
    images = applied(Corruption("square", 20), grey(3)).reshape(-1, *SHAPE)
    assert ((images == 0).sum(axis=(1, 2)) == 100).all()


@pytest.mark.parametrize("kind", KINDS)
def test_nothing_of_it_leaves_all_as_it_is(kind):
    clean = np.random.default_rng(1).random((20, PIXELS), np.float32)
    corrupted = applied(Corruption(kind, 0), clean)
    np.testing.assert_array_equal(corrupted, clean)
    assert not np.shares_memory(corrupted, clean)


# The same again


@OF_EACH_KIND
def test_the_same_seed_corrupts_alike_and_another_otherwise(corruption):
    clean = np.random.default_rng(1).random((20, PIXELS), np.float32)
    before = clean.copy()
    first, same, other = (applied(corruption, clean, seed) for seed in (7, 7, 8))
    np.testing.assert_array_equal(first, same)
    assert (first != other).any() == (corruption.kind != "none")
    np.testing.assert_array_equal(clean, before)


@OF_EACH_KIND
def test_one_number_is_drawn_for_a_minibatch_whatever_the_kind(corruption):
    random, expected = generator(3), generator(3)
    corruption.apply(grey(20), SHAPE, random)
    expected.integers(2**32)
    assert random.integers(2**32) == expected.integers(2**32)


DIGESTS = {
    "none": "c7b704eaa52ae12f",
    "masking": "5282da9c86cbd7c0",
    "salt_and_pepper": "117e229edae206ba",
    "gaussian": "c87c23db893cf263",
    "square": "a02fee07269f745e",
}


@OF_EACH_KIND
def test_numpy_gives_the_same_bits_on_every_machine(corruption):
    clean = to_pixels((np.arange(20 * PIXELS) % 256).astype(np.uint8).reshape(20, PIXELS))
    corrupted = applied(corruption, clean, seed=5, operations=NumPy())
    digest = hashlib.sha256(corrupted.astype("<f4").tobytes()).hexdigest()
    assert digest[:16] == DIGESTS[corruption.kind]


@OF_EACH_KIND
def test_a_minibatch_is_corrupted_as_its_images_are(corruption, dataset):
    minibatch = Minibatch(20, PIXELS, best_backend())
    minibatch.draw(dataset.images, corruption, generator(1), generator(2))
    np.testing.assert_allclose(
        minibatch.corrupted, applied(corruption, minibatch.clean, seed=2), atol=1e-6
    )


# Runs


def new(dataset, corruption):
    choices = {"seed": 1, "corruption": corruption, "backend": Reproducible()}
    return finish(Run.in_steps(DEFINITION, dataset, **choices))


def train(run, updates):
    for _ in range(updates):
        while run.step() is None:
            pass
    return run


def saved(run):
    return "".join(json_pieces(run.to_json()))


@OF_EACH_KIND
def test_a_run_can_be_had_again_and_goes_on_from_a_snapshot_and_a_record(corruption, dataset):
    run = train(new(dataset, corruption), 5)
    assert saved(train(new(dataset, corruption), 5)) == saved(run)
    pieces, backend = [bytes(piece) for piece in run.to_record()], run.net.operations
    others = [
        finish(Run.from_json_in_steps(saved(run), dataset, backend=backend)),
        finish(Run.from_record_in_steps(pieces, dataset, backend=backend)),
    ]
    train(run, 5)
    for other in others:
        assert other.corruption == corruption
        train(other, 5)
        np.testing.assert_array_equal(other.net.parameters, run.net.parameters)


@OF_EACH_KIND
def test_a_minibatch_in_parts_is_corrupted_as_a_whole_one(corruption, dataset):
    whole, parts = new(dataset, corruption), new(dataset, corruption)
    parts.stretch = 3
    for run in (whole, parts):
        train(run, 3)
    np.testing.assert_array_equal(whole.minibatch.corrupted, parts.minibatch.corrupted)


@OF_EACH_KIND
def test_a_run_goes_back_to_a_state_with_the_same_corruption(corruption, dataset):
    run = train(new(dataset, corruption), 2)
    state = finish(run.copy_state_in_steps())
    after = saved(train(run, 2))
    run.restore(state)
    assert saved(train(run, 2)) == after


def test_a_snapshot_tells_its_kind_and_one_without_a_kind_was_masked(dataset):
    snapshot = json.loads(saved(new(dataset, Corruption("gaussian", 0.3))))
    session = snapshot["convnet_py"]["session"]
    assert (session["corruption"], session["noise"]) == ("gaussian", 0.3)
    del session["corruption"]
    run = finish(Run.from_json_in_steps(snapshot, dataset))
    assert run.corruption == Corruption("masking", 0.3)
    del session["noise"]
    run = finish(Run.from_json_in_steps(snapshot, dataset, corruption=MASKING))
    assert run.corruption is MASKING


@pytest.mark.parametrize(
    ("session", "fault"),
    [
        ({"noise": 0.95}, "noise must be a number from 0 to 0.9, but it is 0.95"),
        ({"corruption": "fog", "noise": 0.1}, "corruption must be one of none, masking"),
        ({"corruption": ["square"], "noise": 1}, "corruption must be one of"),
        ({"corruption": "square", "noise": 2.5}, "noise must be a whole number"),
        ({"corruption": "none", "noise": 0.1}, "noise must be"),
    ],
)
def test_a_snapshot_of_a_corruption_that_cannot_be_is_refused(session, fault):
    with pytest.raises(ConvNetError, match=fault):
        Corruption.from_json(Fields(session, "The snapshot"), NO_CORRUPTION)


# What it is


@pytest.mark.parametrize(
    ("kind", "strength", "fault"),
    [
        ("fog", 0.1, 'must be one of none, masking, .*square, but it is "fog"'),
        ("masking", 0.91, "noise must be from 0 to 0.9, but it is 0.91"),
        ("masking", -0.1, "noise must be from 0"),
        ("gaussian", 1.1, "noise must be from 0 to 1, but"),
        ("gaussian", math.nan, "noise must be from 0 to 1, but it is not a number"),
        ("salt_and_pepper", "a lot", "noise must be from 0"),
        ("square", 21, "noise must be from 0 to 20"),
        ("square", 2.5, "noise must be whole pixels"),
        ("none", 0.1, "noise must be 0, but it is 0.1"),
    ],
)
def test_what_cannot_be_is_refused_in_a_sentence(kind, strength, fault):
    with pytest.raises(ConvNetError, match=rf"^The .*{fault}.*\.$"):
        Corruption(kind, strength)


def test_people_read_its_kind_and_strength():
    read = ["none", "30%", "Salt and pepper 20%", "Gaussian 0.25", "Square 4 px"]
    assert [str(each) for each in CORRUPTIONS] == read
    assert [each.amount for each in CORRUPTIONS] == ["none", "30%", "20%", "0.25", "4 px"]


def test_each_kind_may_be_as_strong_as_its_default():
    for name, kind in KINDS.items():
        assert Corruption(name, kind.default).strength <= kind.most
