"""Pictures of layers: which number each pixel stands for, wherever it is and however large."""

from __future__ import annotations

import numpy as np
import pytest

from autoencoder.views.layer_pictures import Channels, Filters, Image, Neurons
from autoencoder.views.pictures import DIVERGING, GREY, shade
from convnet import Net

INPUT = {"type": "input", "out_sx": 6, "out_sy": 5, "out_depth": 1}
OUTPUT = {"type": "regression", "num_neurons": 30}


@pytest.fixture(scope="module")
def net():
    net = Net(
        [
            INPUT,
            {"type": "conv", "filters": 11, "sx": 3, "sy": 2},
            {"type": "conv", "filters": 3, "sx": 2},
            {"type": "fc", "num_neurons": 40},
            {"type": "fc", "num_neurons": 27},
            OUTPUT,
        ],
        seed=1,
    )
    net.parameters[:] = np.random.default_rng(1).standard_normal(net.num_parameters)
    net.forward(np.random.default_rng(2).random((1, 30)))
    net.backward(np.zeros((1, 30)))
    return net


PICTURES = {
    "image": lambda layers: Image(layers[0], (5, 6)),
    "image that a column makes": lambda layers: Image(layers[-1], (5, 6)),
    "neurons": lambda layers: Neurons(layers[4]),
    "more neurons than a row has": lambda layers: Neurons(layers[3]),
    "channels": lambda layers: Channels(layers[1]),
    "few channels": lambda layers: Channels(layers[2]),
    "filters": lambda layers: Filters(layers[1], layers[1].filters),
    "filters of channels": lambda layers: Filters(layers[2], layers[2].filters),
    "gradients": lambda layers: Filters(layers[1], layers[1].filter_gradients),
    "fc over channels": lambda layers: Filters(layers[3], layers[3].filters),
    "fc over neurons": lambda layers: Filters(layers[4], layers[4].filters),
    "one filter": lambda layers: Filters(layers[1], layers[1].filters, only=4),
    "one of channels": lambda layers: Filters(layers[2], layers[2].filters, only=2),
    "one over neurons": lambda layers: Filters(layers[4], layers[4].filters, only=26),
}


@pytest.fixture(params=PICTURES)
def picture(request, net):
    picture = PICTURES[request.param](net.layers)
    picture.drawn = picture.pixels()
    return picture


def middles(picture):
    """Every pixel, and its middle in shares of width and height."""
    height, width = picture.drawn.shape
    for y in range(height):
        for x in range(width):
            yield picture.drawn[y, x], ((x + 0.5) / width, (y + 0.5) / height)


def test_every_pixel_is_of_the_value_whose_colour_it_has(picture):
    found = set()
    for pixel, middle in middles(picture):
        place = picture.place_at(*middle)
        if pixel == 0:
            assert place is None, "between tiles there is nothing"
        else:
            value = np.array([picture.values[place]])
            assert shade(value, picture.low, picture.high, picture.ramp)[0] == pixel
            found.add(place)
    assert len(found) == picture.values.size


@pytest.mark.parametrize("scale", [0.37, 1, 1.5, 3])
def test_a_value_is_found_at_every_size_from_its_corners_to_its_middle(picture, scale):
    places = np.ndindex(picture.values.shape)
    for place in list(places)[:: max(1, picture.values.size // 50)]:
        left, top, width, height = picture.box_of(place)
        for part in (1e-6, 0.5, 1 - 1e-6):
            x, y = (left + part * width) * scale * 500, (top + part * height) * scale * 300
            assert picture.place_at(x / (scale * 500), y / (scale * 300)) == place


@pytest.mark.parametrize("outside", [(-0.001, 0.5), (1.0, 0.5), (0.5, -0.001), (0.5, 1.0)])
def test_beyond_the_edge_there_is_nothing(picture, outside):
    assert picture.place_at(*outside) is None


def test_keys_go_over_gaps_and_stop_at_the_edge(picture):
    place, row = (0, 0, 0), [(0, 0, 0)]
    while (after := picture.step(place, 1, 0)) != place:
        place = after
        row.append(place)
    assert len(row) == len(set(row))
    places = [picture.box_of(each)[0] for each in row]
    assert places == sorted(places)
    assert {picture.box_of(each)[1] for each in row} == {0}
    assert picture.box_of(row[-1])[0] + picture.box_of(row[-1])[2] == pytest.approx(1)
    assert picture.step(row[0], -1, 0) == picture.step(row[0], 0, -1) == row[0]
    assert picture.step(picture.step(row[0], 1, 0), -1, 0) == row[0]
    while (after := picture.step(place, 0, 1)) != place:
        assert picture.step(after, 0, -1) == place
        place = after


def test_a_picture_keeps_its_values_while_the_network_goes_on(net):
    picture = Neurons(net.layers[4])
    picture.pixels()
    before = picture.values.copy()
    net.forward(np.ones((1, 30)))
    assert (picture.values == before).all()
    picture.pixels()
    assert (picture.values[:, 0, 0] == net.layers[4].out_act[0, 0, 0]).all()
    assert (picture.values != before).any()


# What a value is called, and where the layer has it


def test_an_image_names_pixels_by_column_and_row(net):
    image = Image(net.layers[-1], (5, 6))
    image.pixels()
    assert image.name((0, 2, 4)) == "pixel (4, 2)"
    assert image.values[0, 2, 4] == net.layers[-1].out_act[0, 0, 0, 2 * 6 + 4]
    assert image.neuron((0, 2, 4)) == 2 * 6 + 4
    assert Image(net.layers[0], (5, 6)).neuron((0, 2, 4)) == 0, "a channel, where there is an area"
    assert not image.signed
    assert image.ramp is GREY


def test_neurons_are_counted_in_rows(net):
    neurons = Neurons(net.layers[3])
    neurons.pixels()
    assert neurons.name((31, 0, 0)) == "neuron 31"
    assert neurons.neuron((31, 0, 0)) == 31
    assert neurons.values[31, 0, 0] == net.layers[3].out_act[0, 0, 0, 31]
    assert neurons.ramp is DIVERGING
    assert neurons.high == -neurons.low == np.abs(neurons.values).max()


def test_channels_have_a_place_in_their_area(net):
    channels = Channels(net.layers[1])
    channels.pixels()
    assert channels.name((9, 3, 1)) == "channel 9, (1, 3)"
    assert channels.neuron((9, 3, 1)) == 9
    assert channels.values[9, 3, 1] == net.layers[1].out_act[0, 3, 1, 9]


def test_a_weight_is_named_by_its_neuron_and_what_that_sees(net):
    filters = Filters(net.layers[1], net.layers[1].filters)
    filters.pixels()
    assert filters.name((7, 1, 2)) == "channel 7 ← pixel (2, 1)"
    assert filters.values[7, 1, 2] == net.layers[1].filters[7, 1 * 3 + 2]
    filters = Filters(net.layers[2], net.layers[2].filters)
    filters.pixels()
    assert filters.name((11 + 4, 1, 0)) == "channel 1 ← channel 4, (0, 1)"
    assert filters.values[15, 1, 0] == net.layers[2].filters[1, (1 * 2 + 0) * 11 + 4]
    filters = Filters(net.layers[4], net.layers[4].filters)
    filters.pixels()
    assert filters.name((40 + 3, 0, 0)) == "neuron 1 ← neuron 3"
    assert filters.values[43, 0, 0] == net.layers[4].filters[1, 3]
    assert filters.neuron((43, 0, 0)) == 1


def test_one_filter_is_shown_alone(net):
    filters = Filters(net.layers[2], net.layers[2].filters, only=2)
    filters.pixels()
    assert len(filters.values) == 11
    assert filters.name((4, 1, 0)) == "channel 2 ← channel 4, (0, 1)"
    assert filters.neuron((4, 1, 0)) == 2
    assert filters.values[4, 1, 0] == net.layers[2].filters[2, (1 * 2 + 0) * 11 + 4]


def test_what_is_left_out_is_said():
    net = Net(
        [INPUT, {"type": "fc", "num_neurons": 2000}, {"type": "fc", "num_neurons": 3}, OUTPUT]
    )
    layers = net.layers
    net.forward(np.zeros((1, 30)))
    assert Neurons(layers[1]).part == "the first 1,000 of 2,000 neurons"
    assert Filters(layers[1], layers[1].filters).part == "the first 100 of 2,000 tiles"
    weights = Filters(layers[2], layers[2].filters, only=1)
    assert weights.part == "the first 1,000 of 2,000 weights"
    assert len(weights.pixels())
    assert Neurons(layers[2]).part == ""
