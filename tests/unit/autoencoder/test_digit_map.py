"""The map: digits at what two neurons say of them, their neighbours, and decoding a place."""

from __future__ import annotations

import numpy as np
import pytest
from sessions import SMALL, definition, reload, train, unseen

from autoencoder.digit_map import MAP_SIZE, NEIGHBOURS, TRAIL, DigitMap
from autoencoder.digits import Digits
from convnet import ConvNetError, Net
from convnet.minibatch import to_pixels

LAYERS = [
    {"type": "input", "out_sx": 2, "out_sy": 2, "out_depth": 1},
    {"type": "fc", "num_neurons": 3, "activation": "tanh"},
    {"type": "regression", "num_neurons": 4},
]
COUNT = 20


def small_map(*hidden, count=COUNT, **others):
    """A map of random images of four pixels, by other layers if there are any."""
    net = Net([LAYERS[0], *(hidden or LAYERS[1:-1]), LAYERS[-1]], seed=3)
    digits = Digits(2 * COUNT, "The map", (2, 2))
    images = np.random.default_rng(0).integers(0, 256, (count, 2, 2)).astype(np.uint8)
    digits.add(images, np.arange(count, dtype=np.uint8) % 10)
    return DigitMap(digits, net, **others), net


def placed(digit_map):
    assert digit_map.place_next(len(digit_map.images))
    return digit_map


def firings(digit_map, net):
    """What all neurons of the map's layer say of all its digits."""
    net.forward(to_pixels(digit_map.images))
    return net.layers[digit_map.layer].out_act.mean(axis=(1, 2))


# Which digits, which layer, which neurons


def test_the_map_has_the_first_200_test_digits_which_stay_the_same(session):
    train(session, 5)
    reload(session, SMALL)
    assert (session.digit_map.images == unseen().images[:MAP_SIZE]).all()
    assert (session.digit_map.labels == unseen().labels[:MAP_SIZE]).all()
    assert len(placed(session.digit_map).codes) == MAP_SIZE


def test_another_number_of_digits_stays_for_the_next_network(session):
    placed(session.digit_map)
    session.digit_map.choose_count(500)
    assert len(session.digit_map.codes) == MAP_SIZE
    assert len(placed(session.digit_map).codes) == 500
    reload(session, SMALL)
    assert len(placed(session.digit_map).codes) == 500


def test_digits_that_have_not_come_are_not_on_the_map_before():
    digit_map, _ = small_map(count=0)
    assert not digit_map.place_next(5)
    assert digit_map.codes is None
    digit_map._digits.add(np.zeros((7, 2, 2), np.uint8), np.zeros(7, np.uint8))
    assert len(placed(digit_map).codes) == 7


def test_the_map_begins_with_the_narrowest_hidden_layer(session):
    assert (session.digit_map.layer, session.digit_map.neurons) == (5, (0, 1))
    reload(session, definition('{type:"fc", num_neurons:9}', '{type:"fc", num_neurons:3}'))
    assert (session.digit_map.layer, session.digit_map.neurons) == (2, (0, 1))


def test_a_map_for_another_network_leaves_the_old_one_as_it_was():
    first, _ = small_map()
    placed(first).next_pair()
    other = first.renewed(Net(LAYERS, seed=4))
    assert other.neurons == (0, 1)
    assert other.codes is None
    assert first.neurons == (1, 2)


@pytest.mark.parametrize("depth", [1, 2, 3, 50])
def test_pairs_go_through_all_neurons_and_begin_again(depth):
    digit_map, _ = small_map({"type": "fc", "num_neurons": depth})
    digit_map.choose_layer(1)
    pairs = []
    for _ in range(depth):
        pairs.append(digit_map.neurons)
        digit_map.next_pair()
    assert pairs == [(first, (first + 1) % depth) for first in range(depth)]
    assert digit_map.neurons == pairs[0]
    assert digit_map.depth == depth


def test_another_choice_has_no_place_for_digits_yet():
    digit_map, _ = small_map()
    for choose in (digit_map.next_pair, lambda: digit_map.choose_layer(2)):
        placed(digit_map).point_at((0, 0))
        digit_map.place_next(5)
        window, changes = digit_map.window, digit_map.changes
        choose()
        assert digit_map.codes is digit_map.mean is digit_map.pointed is None
        assert digit_map.placed == 0
        assert digit_map.window is not window
        assert digit_map.changes > changes
    assert (digit_map.layer, digit_map.neurons) == (2, (0, 1))


@pytest.mark.parametrize("index", [-1, 0, 4, 5, 99])
def test_only_layers_between_input_and_loss_have_a_map(index):
    digit_map, net = small_map()
    assert len(net.layers) == 5
    digit_map.choose_layer(3)
    digit_map.next_pair()
    with pytest.raises(ConvNetError, match=str(index)):
        digit_map.choose_layer(index)
    assert (digit_map.layer, digit_map.neurons) == (3, (1, 2))


# Codes


def test_digits_lie_at_what_the_chosen_neurons_say_of_them():
    digit_map, net = small_map()
    digit_map.choose_layer(2)
    digit_map.next_pair()
    codes = placed(digit_map).codes
    np.testing.assert_allclose(codes, firings(digit_map, net)[:, 1:3], atol=1e-6)
    assert codes.dtype == np.float32
    positions = digit_map.window.positions_of(codes)
    assert ((positions > 0) & (positions < 1)).all()


def test_a_neuron_with_an_area_says_the_mean_over_it():
    digit_map, net = small_map({"type": "conv", "sx": 1, "filters": 6})
    digit_map.choose_layer(1)
    digit_map.next_pair()
    codes = placed(digit_map).codes
    net.forward(to_pixels(digit_map.images))
    volume = net.layers[1].out_act
    assert volume.shape[1:3] == (2, 2)
    np.testing.assert_allclose(codes, volume[..., 1:3].mean(axis=(1, 2)), atol=1e-6)


def test_digits_can_be_placed_in_parts_and_the_old_places_hold_until_all_are():
    digit_map, net = small_map()
    before = placed(digit_map).codes.copy()
    net.parameters[:] = net.parameters[::-1].copy()
    assert [digit_map.place_next(8) for _ in range(3)] == [False, False, True]
    after = digit_map.codes.copy()
    assert (after != before).any()
    assert (digit_map.trail[-1] == before).all()
    digit_map.place_next(8)
    assert digit_map.placed == 8
    assert (digit_map.codes == after).all()
    digit_map.place_next(20)
    np.testing.assert_allclose(placed(digit_map).codes, after, atol=1e-6)


def test_so_many_earlier_places_are_remembered_and_no_more():
    digit_map, net = small_map()
    seen = []
    for _ in range(TRAIL + 3):
        net.parameters[:] *= 1.1
        seen.append(placed(digit_map).codes)
    assert [id(codes) for codes in digit_map.trail] == [
        id(codes) for codes in seen[-TRAIL - 1 : -1]
    ]


def test_a_layer_of_one_neuron_places_digits_across_and_their_classes_upward():
    digit_map, net = small_map({"type": "fc", "num_neurons": 1})
    codes = placed(digit_map).codes
    assert (codes[:, 1] == digit_map.labels).all()
    np.testing.assert_allclose(codes[:, 0], firings(digit_map, net)[:, 0], atol=1e-6)


def test_the_mean_is_that_of_all_neurons_over_all_digits():
    digit_map, net = small_map()
    digit_map.choose_layer(2)
    while not digit_map.place_next(7):
        assert digit_map.mean is None
    np.testing.assert_allclose(digit_map.mean, firings(digit_map, net).mean(axis=0), atol=1e-6)


def test_the_place_of_an_example_is_that_of_the_digit_that_it_is():
    digit_map, net = small_map()
    codes = placed(digit_map).codes
    for index in (3, 11):
        net.forward(to_pixels(digit_map.images[index : index + 1]))
        np.testing.assert_allclose(digit_map.place(), codes[index], atol=1e-5)
        assert digit_map.nearest_to(codes[index]) == index


def test_upward_of_one_neuron_no_example_has_a_place():
    digit_map, _ = small_map({"type": "fc", "num_neurons": 1})
    assert placed(digit_map).place() is None


# The picked digit


@pytest.mark.parametrize("count", [COUNT, 10])
def test_the_neighbours_of_the_picked_digit_are_the_nearest_by_what_all_neurons_say(count):
    digit_map, net = small_map({"type": "fc", "num_neurons": 6})
    digit_map.choose_layer(1)
    digit_map.choose_count(count)
    digit_map.pick(11)
    while not digit_map.place_next(3):
        assert digit_map.neighbours is digit_map.picked_code is None
    digit_map._net.forward(to_pixels(digit_map._digits.images[11:12]))
    code, output = net.layers[1].out_act.ravel().copy(), net.layers[-1].out_act.ravel().copy()
    np.testing.assert_allclose(digit_map.picked_code, code[:2], atol=1e-6)
    np.testing.assert_allclose(digit_map.picked_output, output, atol=1e-6)
    distances = np.square(firings(digit_map, net) - code).sum(axis=1)
    expected = [index for index in np.argsort(distances) if index != 11][:NEIGHBOURS]
    assert digit_map.neighbours.tolist() == expected


def test_a_digit_stays_picked_on_the_map_of_another_network():
    digit_map, _ = small_map()
    digit_map.pick(4)
    other = placed(digit_map).renewed(Net(LAYERS, seed=4))
    assert other.picked == 4
    assert other.neighbours is None
    assert len(placed(other).neighbours) == NEIGHBOURS


def test_nothing_is_known_of_a_digit_that_was_let_go():
    digit_map, _ = small_map()
    digit_map.pick(4)
    placed(digit_map).pick(None)
    assert digit_map.picked is digit_map.neighbours is digit_map.picked_code is None
    assert placed(digit_map).neighbours is None


@pytest.mark.parametrize("index", [-1, COUNT, 10**9])
def test_a_digit_that_is_not_there_cannot_be_picked(index):
    digit_map, _ = small_map()
    digit_map.pick(3)
    with pytest.raises(ConvNetError, match=f"no test digit {index}"):
        digit_map.pick(index)
    assert digit_map.picked == 3


# And back


def test_a_code_of_all_neurons_is_decoded_by_the_layers_above():
    digit_map, net = small_map({"type": "fc", "num_neurons": 2}, LAYERS[1])
    code = np.array([[0.3, -1.2], [5, 7]], np.float32)
    assert digit_map.can_decode
    pictures = digit_map.decode(code)
    assert pictures.shape == (2, 4)
    np.testing.assert_array_equal(pictures, net.forward_from(1, code).reshape(2, 4))


def test_the_neurons_that_a_place_says_nothing_of_stay_at_their_mean():
    digit_map, net = small_map({"type": "fc", "num_neurons": 5})
    digit_map.choose_layer(1)
    digit_map.choose_pair(3, 1)
    assert digit_map.others_at_mean == 3
    assert not digit_map.can_decode
    placed(digit_map)
    full = np.array([[*digit_map.mean]], np.float32)
    full[0, [3, 1]] = 0.25, -0.5
    np.testing.assert_array_equal(
        digit_map.decode([[0.25, -0.5]])[0], net.forward_from(1, full).ravel()
    )


def test_of_one_neuron_only_the_place_across_is_decoded():
    digit_map, net = small_map({"type": "fc", "num_neurons": 1})
    low, high = digit_map.decode([[0.4, 0], [0.4, 9]])
    np.testing.assert_array_equal(low, high)
    np.testing.assert_array_equal(low, net.forward_from(1, [[0.4]]).ravel())


def test_a_mean_over_an_area_stands_for_no_picture():
    digit_map, _ = small_map({"type": "conv", "sx": 1, "filters": 2})
    digit_map.choose_layer(1)
    placed(digit_map)
    assert not digit_map.can_decode
    assert "mean over an area" in digit_map.why_not_decoded
    with pytest.raises(ConvNetError, match="mean over an area"):
        digit_map.decode([[0, 0]])


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_codes_that_are_no_numbers_still_lie_within_the_map(value):
    digit_map, net = small_map()
    digit_map.choose_layer(1)
    net.layers[1].filters[0] = value
    positions = digit_map.window.positions_of(placed(digit_map).codes)
    assert (positions[:, 0] == 0.5).all()
    assert ((positions >= 0) & (positions <= 1)).all()
