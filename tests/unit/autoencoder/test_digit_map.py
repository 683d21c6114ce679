"""The map: digits at what two neurons say of them, and back."""

from __future__ import annotations

import numpy as np
import pytest
from sessions import SMALL, definition, reload, train

from autoencoder.digit_map import MAP_SIZE, DigitMap
from convnet import ConvNetError, Net
from convnet.minibatch import to_pixels

LAYERS = [
    {"type": "input", "out_sx": 2, "out_sy": 2, "out_depth": 1},
    {"type": "fc", "num_neurons": 3, "activation": "tanh"},
    {"type": "regression", "num_neurons": 4},
]


def small_map(*hidden, count=20):
    """A map of random images of four pixels, by other layers if there are any."""
    net = Net([LAYERS[0], *(hidden or LAYERS[1:-1]), LAYERS[-1]], seed=3)
    pixels = np.random.default_rng(0).random((count, 4), np.float32)
    return DigitMap(pixels, np.arange(count, dtype=np.uint8) % 10, net), net


def placed(digit_map):
    assert digit_map.place_next(len(digit_map.pixels))
    return digit_map


def codes(digit_map):
    """What the neurons say of all digits."""
    return digit_map.codes_at(placed(digit_map).positions)


# Which digits, which layer, which neurons


def test_the_map_has_200_digits_which_stay_the_same(session, shards):
    images, labels = (array[:MAP_SIZE] for array in shards[0])
    session.digits.add(*shards[1])
    train(session, 5)
    reload(session, SMALL)
    assert (session.digit_map.pixels == to_pixels(images)).all()
    assert (session.digit_map.labels == labels).all()
    assert len(placed(session.digit_map).positions) == MAP_SIZE


def test_the_map_begins_with_the_narrowest_hidden_layer(session):
    assert (session.digit_map.layer, session.digit_map.neurons) == (5, (0, 1))
    reload(session, definition('{type:"fc", num_neurons:9}', '{type:"fc", num_neurons:3}'))
    assert (session.digit_map.layer, session.digit_map.neurons) == (2, (0, 1))


def test_a_map_for_another_network_leaves_the_old_one_as_it_was():
    first, _ = small_map()
    placed(first).next_pair()
    other = first.renewed(Net(LAYERS, seed=4))
    assert other.neurons == (0, 1)
    assert other.positions is None
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
        placed(digit_map)
        digit_map.place_next(5)
        choose()
        assert digit_map.positions is digit_map.extent is digit_map.place() is None
        assert digit_map.placed == 0
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


# Positions


def test_digits_lie_at_what_the_chosen_neurons_say_of_them():
    digit_map, net = small_map()
    digit_map.choose_layer(2)
    digit_map.next_pair()
    positions = placed(digit_map).positions
    net.forward(digit_map.pixels)
    firings = net.layers[2].out_act[:, 0, 0, 1:3]
    low, high = firings.min(axis=0), firings.max(axis=0)
    np.testing.assert_allclose(positions, (firings - low) / (high - low), atol=1e-6)
    np.testing.assert_array_equal(digit_map.extent, [low, high])
    assert positions.dtype == np.float32


def test_a_neuron_with_an_area_says_the_mean_over_it():
    digit_map, net = small_map({"type": "conv", "sx": 1, "filters": 6})
    digit_map.choose_layer(1)
    digit_map.next_pair()
    said = codes(digit_map)
    net.forward(digit_map.pixels)
    volume = net.layers[1].out_act
    assert volume.shape[1:3] == (2, 2)
    np.testing.assert_allclose(said, volume[..., 1:3].mean(axis=(1, 2)), atol=1e-6)


def test_digits_can_be_placed_in_parts_and_the_old_places_hold_until_all_are():
    digit_map, net = small_map()
    before = placed(digit_map).positions.copy()
    net.parameters[:] = net.parameters[::-1].copy()
    assert [digit_map.place_next(8) for _ in range(3)] == [False, False, True]
    after = digit_map.positions.copy()
    assert (after != before).any()
    digit_map.place_next(8)
    assert digit_map.placed == 8
    assert (digit_map.positions == after).all()
    digit_map.place_next(20)
    np.testing.assert_allclose(placed(digit_map).positions, after, atol=1e-6)


def test_a_layer_of_one_neuron_places_digits_across_and_their_classes_upward():
    digit_map, _ = small_map({"type": "fc", "num_neurons": 1})
    positions = placed(digit_map).positions
    np.testing.assert_allclose(positions[:, 1], digit_map.labels / 9, atol=1e-6)
    assert digit_map.extent[:, 1].tolist() == [0, 9]
    assert (positions[:, 0].min(), positions[:, 0].max()) == (0, 1)


def test_a_neuron_that_says_the_same_of_all_puts_all_digits_in_the_middle():
    digit_map, net = small_map()
    net.parameters[:] = 0
    net.layers[3].biases[:] = 7
    digit_map.choose_layer(3)
    assert (placed(digit_map).positions == 0.5).all()
    assert (digit_map.codes_at([[0, 0.3], [1, 1]]) == 7).all()


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_codes_that_are_no_numbers_still_lie_within_the_map(value):
    digit_map, net = small_map()
    digit_map.choose_layer(1)
    net.layers[1].filters[0] = value
    positions = placed(digit_map).positions
    assert (positions[:, 0] == 0.5).all()
    assert ((positions >= 0) & (positions <= 1)).all()


# And back


def test_a_position_has_the_code_that_lies_there():
    digit_map, net = small_map()
    digit_map.choose_layer(1)
    positions = placed(digit_map).positions
    net.forward(digit_map.pixels)
    firings = net.layers[1].out_act[:, 0, 0, :2]
    np.testing.assert_allclose(digit_map.codes_at(positions), firings, atol=1e-6)
    low, high = digit_map.extent
    np.testing.assert_allclose(digit_map.codes_at([[0.5, 0.5]]), [(low + high) / 2], atol=1e-6)


def test_the_place_of_an_example_is_that_of_the_digit_that_it_is():
    digit_map, net = small_map()
    assert digit_map.place() is None, "nothing has been placed"
    positions = placed(digit_map).positions
    for index in (3, 11):
        net.forward(digit_map.pixels[index : index + 1])
        np.testing.assert_allclose(digit_map.place(), positions[index], atol=1e-5)
    net.forward(5 * digit_map.pixels[:1])
    assert digit_map.place().shape == (2,)


def test_upward_of_one_neuron_no_example_has_a_place():
    digit_map, _ = small_map({"type": "fc", "num_neurons": 1})
    assert placed(digit_map).place() is None
