"""Nearest neighbours: exact, in a settled order, and whatever codes are."""

from __future__ import annotations

import numpy as np
import pytest

from convnet import ConvNetError
from convnet.neighbours import class_agreement, nearest
from convnet.steps import finish

random = np.random.default_rng(0)


def in_order(distances):
    """Indices by distance, those that are equally far in their own order."""
    return sorted(range(len(distances)), key=lambda index: (distances[index], index))


@pytest.mark.parametrize("k", [1, 2, 30])
@pytest.mark.parametrize("n", [4, 700])
def test_the_nearest_come_in_their_order(n, k):
    codes, queries = random.standard_normal((n, k)), random.standard_normal((90, k))
    found = finish(nearest(codes, queries, 3))
    for query, neighbours in zip(queries, found, strict=True):
        assert neighbours.tolist() == in_order(np.linalg.norm(codes - query, axis=1))[:3]


def test_of_those_that_are_equally_far_the_first_come_first():
    codes = np.array([[3, 4], [0, 5], [1, 0], [-1, 0], [5, 0], [0, 1]], np.float32)
    assert finish(nearest(codes, np.zeros((1, 2)), 6)).tolist() == [[2, 3, 5, 0, 1, 4]]


def test_no_code_is_its_own_neighbour_but_others_like_it_are():
    codes = np.array([[0.0], [7], [0], [8]])
    assert finish(nearest(codes, codes, 2, others=True)).tolist() == [
        [2, 1],
        [3, 0],
        [0, 1],
        [1, 0],
    ]
    assert finish(nearest(codes, codes, 9, others=True)).shape == (4, 3)
    assert finish(nearest(codes, codes, 1)).ravel().tolist() == [0, 1, 0, 3]


def test_differences_are_told_apart_far_from_the_middle():
    codes = 1e6 + 1e-6 * np.array([[0.0], [5], [2], [9]])
    assert finish(nearest(codes, codes[:1], 4)).tolist() == [[0, 2, 1, 3]]


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_codes_that_are_not_finite_are_farther_than_all_others(bad):
    codes = np.array([[bad, 0], [1e200, 0], [1, 0], [0, bad], [2, 0]])
    assert finish(nearest(codes, np.zeros((1, 2)), 5)).tolist() == [[2, 4, 0, 1, 3]]
    everything = finish(nearest(codes, codes, 4, others=True))
    assert everything[0].tolist() == [1, 2, 3, 4]
    assert everything[2].tolist() == [4, 0, 1, 3]


def test_queries_have_the_length_of_codes():
    with pytest.raises(ConvNetError, match="of 2 numbers have no distance to one of 3"):
        finish(nearest(np.zeros((5, 2)), np.zeros((5, 3)), 1))


def test_classes_apart_agree_wholly_and_classes_mixed_by_chance():
    labels = np.arange(2000, dtype=np.uint8) % 10
    apart = labels[:, np.newaxis] + 0.01 * random.standard_normal((2000, 2))
    assert finish(class_agreement(apart, labels)) == 1
    assert finish(class_agreement(random.standard_normal((2000, 2)), labels)) < 0.15


def test_most_of_five_neighbours_decide_and_of_classes_with_as_many_the_lowest():
    labels = np.array([1, 1, 1, 0, 0, 2], np.uint8)
    codes = np.arange(6.0)[:, np.newaxis]
    # Each has all others for neighbours: 1 has two of 0 and two of 1, so 0 counts, and 0 has 1s.
    assert finish(class_agreement(codes, labels)) == 0
    labels = np.array([1, 1, 1, 1, 0, 2], np.uint8)
    assert finish(class_agreement(codes, labels)) == pytest.approx(4 / 6)


@pytest.mark.parametrize("value", [0, 7.3, np.nan, np.inf])
def test_codes_that_are_all_alike_agree_by_chance(value):
    labels = random.integers(0, 10, 500).astype(np.uint8)
    agreement = finish(class_agreement(np.full((500, 2), value, np.float32), labels))
    voters = np.bincount(labels[:5]).argmax()
    assert agreement == pytest.approx((labels == voters).mean(), abs=0.02)


def test_agreement_needs_two_codes():
    labels = np.zeros(2, np.uint8)
    assert finish(class_agreement(np.zeros((2, 3)), labels)) == 1
    with pytest.raises(ConvNetError, match="at least 2 codes, but there are 1"):
        finish(class_agreement(np.zeros((1, 3)), labels[:1]))
