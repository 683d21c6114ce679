"""Pointing at the map, and picking a digit on it, with mouse and keys."""

from __future__ import annotations

import numpy as np
import pytest
from definitions import SMALL
from map_page import code, decoder, ends, expected_greys, greys, point, still

from convnet.minibatch import to_pixels

CONV = """\
layer_defs = [
    dict(type="input", out_sx=28, out_sy=28, out_depth=1),
    dict(type="conv", sx=5, filters=3, stride=4),
    dict(type="regression", num_neurons=28*28),
]
net = Net(layer_defs)
trainer = Trainer(net, method="adadelta", batch_size=10)
"""

# Pointing


def test_the_decoder_draws_the_code_that_is_pointed_at(map_visit):
    still(map_visit)
    net = decoder(map_visit)
    map_visit.scroll_to("#embedding")
    left, right, bottom, top = ends(map_visit)
    seen = set()
    for across, upward in ((0.25, 0.3), (0.5, 0.5), (0.9, 0.8)):
        point(map_visit, across, upward)
        map_visit.next_frames()
        pointed = code(map_visit)
        assert pointed[0] == pytest.approx(
            left + across * (right - left), abs=0.01 * (right - left)
        )
        assert pointed[1] == pytest.approx(
            bottom + upward * (top - bottom), abs=0.01 * (top - bottom)
        )
        shown = greys(map_visit.pixels("#decoded"))
        expected = expected_greys(net.forward_from(5, [pointed]))
        assert np.abs(shown.astype(int) - expected).max() <= 1
        seen.add(shown.tobytes())
    assert len(seen) == 3


def test_while_training_goes_on_each_frame_decodes_anew(map_visit):
    point(map_visit, 0.4, 0.6)
    map_visit.next_frames()
    changed = map_visit.page.evaluate(
        """async () => {
            const card = document.getElementById("decoded");
            const pictures = new Set();
            const until = Number(document.getElementById("examples-seen").dataset.value) + 10000;
            while (Number(document.getElementById("examples-seen").dataset.value) < until) {
                await new Promise(requestAnimationFrame);
                pictures.add(String(pixelsOf(card)));
            }
            return pictures.size;
        }"""
    )
    assert changed > 5


def test_where_nothing_is_pointed_at_no_picture_lies_over_the_map(map_visit):
    point(map_visit, 0.5, 0.5)
    map_visit.page.wait_for_selector("#decoded", state="visible")
    map_visit.page.wait_for_selector("#map-cross", state="visible")
    map_visit.pause()
    map_visit.page.mouse.move(1, 1)
    map_visit.page.wait_for_selector("#decoded", state="hidden")
    map_visit.page.wait_for_selector("#map-cross", state="hidden")


def test_it_is_said_that_other_neurons_stay_at_their_mean(map_visit, unseen):
    map_visit.page.click('#layers [data-layer="1"]')
    still(map_visit)
    net = decoder(map_visit)
    map_visit.scroll_to("#embedding")
    point(map_visit, 0.3, 0.3)
    map_visit.wait_until(
        "document.getElementById('decoded-what').textContent.includes('other 48 at their mean')"
    )
    net.forward(to_pixels(unseen.images[:200]))
    firings = net.layers[1].out_act.mean(axis=0)[None]
    firings[0, 0, 0, :2] = code(map_visit)
    shown = greys(map_visit.pixels("#decoded")).astype(int)
    assert np.abs(shown - expected_greys(net.forward_from(1, firings))).max() <= 1


def test_where_a_place_is_a_mean_over_an_area_that_is_said_and_nothing_drawn(map_visit):
    map_visit.define(CONV)
    map_visit.page.click('#layers [data-layer="1"]')
    map_visit.train(20)
    map_visit.scroll_to("#embedding")
    map_visit.wait_until("document.getElementById('map-across').dataset.low !== '0'")
    point(map_visit, 0.3, 0.3)
    map_visit.wait_until(
        "document.getElementById('decoded-what').textContent.includes('mean over an area')"
    )
    assert not map_visit.page.is_visible("#decoded")


def test_arrow_keys_move_a_cross_and_say_what_is_there(map_visit, unseen):
    still(map_visit)
    page = map_visit.page
    page.focus("#embedding")
    page.keyboard.press("ArrowRight")
    page.wait_for_selector("#map-cross", state="visible")
    first = code(map_visit)
    page.keyboard.press("Shift+ArrowRight")
    page.keyboard.press("ArrowUp")
    map_visit.next_frames()
    moved = code(map_visit)
    assert moved[0] > first[0]
    assert moved[1] > first[1]
    said = map_visit.text("map-said")
    assert "The nearest digit is a" in said
    page.keyboard.press("Enter")
    map_visit.wait_until("!document.getElementById('picked').hidden")
    index = int(page.get_attribute("#picked", "data-index"))
    assert said.endswith(f"is a {unseen.labels[index]}.")
    assert map_visit.state == "paused", "the page's own keys have heard it"
    page.keyboard.press("Escape")
    page.wait_for_selector("#map-cross", state="hidden")


# Picking


def test_a_touched_digit_is_told_of_and_goes_through_the_network(map_visit, unseen):
    map_visit.train(20_000)
    still(map_visit)
    net = decoder(map_visit)
    map_visit.scroll_to("#embedding")
    net.forward(to_pixels(unseen.images[:200]))
    codes = net.layers[5].out_act.reshape(200, 2).copy()
    left, right, bottom, top = ends(map_visit)
    places = (codes - [left, bottom]) / [right - left, top - bottom]
    index = int(places[:, 0].argmin())  # nothing lies over it, or only what is as far out
    x, y = point(map_visit, *places[index])
    map_visit.page.mouse.click(x, y)
    map_visit.wait_until("!document.getElementById('picked').hidden")
    index = int(map_visit.page.get_attribute("#picked", "data-index"))
    assert np.abs(places[index] - places[:, :].min(axis=0)).min() < 0.1
    assert int(map_visit.page.get_attribute("#picked", "data-class")) == unseen.labels[index]
    pixels = unseen.images[index].ravel()
    map_visit.wait_until("document.getElementById('picked-loss').dataset.value !== undefined")
    assert (greys(map_visit.pixels("#picked-image")) == pixels).all()
    clean = to_pixels(unseen.images[index : index + 1])
    output = net.forward(clean).ravel()
    assert map_visit.number("picked-loss") == pytest.approx(
        0.5 * np.square(output - clean[0]).sum(), rel=1e-4
    )
    shown = greys(map_visit.pixels("#picked-reconstruction")).astype(int)
    assert np.abs(shown - expected_greys(output)).max() <= 1
    # The digit of the flow is that one, with noise.
    map_visit.wait_until(
        "pixels => String(pixelsOf(document.getElementById('current-image')).map(p => p & 255))"
        " === pixels",
        ",".join(map(str, pixels)),
    )
    near = np.argsort(np.square(codes - codes[index]).sum(axis=1))[1:6]
    shown = map_visit.page.eval_on_selector_all(
        "#picked-neighbours li", "all => all.map(item => Number(item.textContent))"
    )
    assert shown == unseen.labels[near].tolist()
    marks = map_visit.page.eval_on_selector_all(
        ".neighbour-mark:not([hidden])",
        "all => all.map(m => [parseFloat(m.style.left) / 100, 1 - parseFloat(m.style.top) / 100])",
    )
    np.testing.assert_allclose(marks, places[near], atol=1e-3)


def test_a_digit_that_is_let_go_is_no_longer_marked(map_visit):
    page = map_visit.page
    still(map_visit)
    page.focus("#embedding")
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("Enter")
    page.wait_for_selector("#picked", state="visible")
    page.wait_for_selector(".picked-mark", state="visible")
    assert map_visit.text("keep") == "Let it go"
    map_visit.press("keep")
    page.wait_for_selector("#picked", state="hidden")
    page.wait_for_selector(".picked-mark", state="hidden")
    assert page.locator(".neighbour-mark:not([hidden])").count() == 0


def test_a_picked_digit_stays_for_another_network(map_visit):
    map_visit.page.focus("#embedding")
    map_visit.page.keyboard.press("ArrowLeft")
    map_visit.page.keyboard.press("Enter")
    map_visit.page.wait_for_selector("#picked", state="visible")
    index = map_visit.page.get_attribute("#picked", "data-index")
    map_visit.define(SMALL)
    map_visit.train(500)
    assert map_visit.page.get_attribute("#picked", "data-index") == index
    map_visit.wait_until("document.getElementById('picked-loss').dataset.value !== undefined")
