"""The map under the visitor's hand: pointing, picking, zooming, with mouse, fingers and keys."""

from __future__ import annotations

import json
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from definitions import SMALL

from convnet import Net
from convnet.minibatch import to_pixels
from convnet.mnist import read_digits

SIZE = 640
CONV = """\
layer_defs = [
    dict(type="input", out_sx=28, out_sy=28, out_depth=1),
    dict(type="conv", sx=5, filters=3, stride=4),
    dict(type="regression", num_neurons=28*28),
]
net = Net(layer_defs)
trainer = Trainer(net, method="adadelta", batch_size=10)
"""


@pytest.fixture(scope="module")
def unseen():
    """The test digits."""
    return read_digits(Path(__file__).parents[2] / "assets/mnist", "test")


@pytest.fixture
def visit(fresh_visit):
    """The page on its first network, trained a little, the map on screen and fitted."""
    fresh_visit.train(3000)
    fresh_visit.scroll_to("#embedding")
    fresh_visit.press("map-fit")
    yield fresh_visit
    fresh_visit.page.mouse.move(1, 1)
    fresh_visit.page.evaluate(
        """() => {
            for (const name of ["manifold", "trails"]) {
                const button = document.getElementById(name);
                if (button.ariaPressed === "true") button.click();
            }
            const {textContent, click} = document.getElementById("keep");
            if (textContent === "Let it go") document.getElementById("keep").click();
        }"""
    )
    fresh_visit.page.select_option("#map-digits", "200")
    fresh_visit.page.select_option("#map-style", "pictures")


def point(visit, across, upward):
    """Moves the mouse to a place on the map, shares to the right and upward."""
    box = visit.page.locator("#embedding").bounding_box()
    x, y = box["x"] + across * box["width"], box["y"] + (1 - upward) * box["height"]
    visit.page.mouse.move(x, y)
    return x, y


def code(visit):
    return [float(n) for n in visit.page.get_attribute("#decoded", "data-code").split(",")]


def ends(visit):
    """The map's window: low across, high across, low upward, high upward."""
    return visit.page.evaluate(
        """["across", "upward"].flatMap(way => {
            const {low, high} = document.getElementById(`map-${way}`).dataset;
            return [Number(low), Number(high)];
        })"""
    )


def still(visit):
    """Pauses, and waits until the map has come to rest."""
    visit.pause()
    visit.page.evaluate(
        """async () => {
            const seen = () => JSON.stringify([
                document.getElementById("map-across").dataset,
                document.getElementById("map-upward").dataset,
                String(pixelsOf(document.getElementById("embedding"))),
            ]);
            for (let same = 0, before = ""; same < 20; ) {
                await new Promise(requestAnimationFrame);
                const now = seen();
                same = now === before ? same + 1 : 0;
                before = now;
            }
        }"""
    )


def decoder(visit):
    """The network on the page as the engine on CPython has it."""
    snapshot = visit.save()
    return Net.from_json(json.dumps({"layers": snapshot["layers"]}))


def greys(pixels):
    return np.array(pixels, np.uint32) & 255


def expected_greys(pictures):
    return np.clip(255.999 * np.asarray(pictures).ravel(), 0, 255).astype(int)


# Pointing


def test_the_decoder_draws_the_code_that_is_pointed_at(visit):
    still(visit)
    net = decoder(visit)
    visit.scroll_to("#embedding")
    left, right, bottom, top = ends(visit)
    seen = set()
    for across, upward in ((0.25, 0.3), (0.5, 0.5), (0.9, 0.8)):
        point(visit, across, upward)
        visit.next_frames()
        pointed = code(visit)
        assert pointed[0] == pytest.approx(
            left + across * (right - left), abs=0.01 * (right - left)
        )
        assert pointed[1] == pytest.approx(
            bottom + upward * (top - bottom), abs=0.01 * (top - bottom)
        )
        shown = greys(visit.pixels("#decoded"))
        expected = expected_greys(net.forward_from(5, [pointed]))
        assert np.abs(shown.astype(int) - expected).max() <= 1
        seen.add(shown.tobytes())
    assert len(seen) == 3


def test_while_training_goes_on_each_frame_decodes_anew(visit):
    point(visit, 0.4, 0.6)
    visit.next_frames()
    changed = visit.page.evaluate(
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


def test_where_nothing_is_pointed_at_no_picture_lies_over_the_map(visit):
    point(visit, 0.5, 0.5)
    visit.page.wait_for_selector("#decoded", state="visible")
    visit.page.wait_for_selector("#map-cross", state="visible")
    visit.pause()
    visit.page.mouse.move(1, 1)
    visit.page.wait_for_selector("#decoded", state="hidden")
    visit.page.wait_for_selector("#map-cross", state="hidden")


def test_it_is_said_that_other_neurons_stay_at_their_mean(visit, unseen):
    visit.page.click('#layers [data-layer="1"]')
    still(visit)
    net = decoder(visit)
    visit.scroll_to("#embedding")
    point(visit, 0.3, 0.3)
    visit.wait_until(
        "document.getElementById('decoded-what').textContent.includes('other 48 at their mean')"
    )
    net.forward(to_pixels(unseen.images[:200]))
    firings = net.layers[1].out_act.mean(axis=0)[None]
    firings[0, 0, 0, :2] = code(visit)
    shown = greys(visit.pixels("#decoded")).astype(int)
    assert np.abs(shown - expected_greys(net.forward_from(1, firings))).max() <= 1


def test_where_a_place_is_a_mean_over_an_area_that_is_said_and_nothing_drawn(visit):
    visit.define(CONV)
    visit.page.click('#layers [data-layer="1"]')
    visit.train(20)
    visit.scroll_to("#embedding")
    visit.wait_until("document.getElementById('map-across').dataset.low !== '0'")
    point(visit, 0.3, 0.3)
    visit.wait_until(
        "document.getElementById('decoded-what').textContent.includes('mean over an area')"
    )
    assert not visit.page.is_visible("#decoded")


def test_arrow_keys_move_a_cross_and_say_what_is_there(visit, unseen):
    still(visit)
    page = visit.page
    page.focus("#embedding")
    page.keyboard.press("ArrowRight")
    page.wait_for_selector("#map-cross", state="visible")
    first = code(visit)
    page.keyboard.press("Shift+ArrowRight")
    page.keyboard.press("ArrowUp")
    visit.next_frames()
    moved = code(visit)
    assert moved[0] > first[0]
    assert moved[1] > first[1]
    said = visit.text("map-said")
    assert "The nearest digit is a" in said
    page.keyboard.press("Enter")
    visit.wait_until("!document.getElementById('picked').hidden")
    index = int(page.get_attribute("#picked", "data-index"))
    assert said.endswith(f"is a {unseen.labels[index]}.")
    assert visit.state == "paused", "the page's own keys have heard it"
    page.keyboard.press("Escape")
    page.wait_for_selector("#map-cross", state="hidden")


# Picking


def test_a_touched_digit_is_told_of_and_goes_through_the_network(visit, unseen):
    visit.train(20_000)
    still(visit)
    net = decoder(visit)
    visit.scroll_to("#embedding")
    net.forward(to_pixels(unseen.images[:200]))
    codes = net.layers[5].out_act.reshape(200, 2).copy()
    left, right, bottom, top = ends(visit)
    places = (codes - [left, bottom]) / [right - left, top - bottom]
    index = int(places[:, 0].argmin())  # nothing lies over it, or only what is as far out
    x, y = point(visit, *places[index])
    visit.page.mouse.click(x, y)
    visit.wait_until("!document.getElementById('picked').hidden")
    index = int(visit.page.get_attribute("#picked", "data-index"))
    assert np.abs(places[index] - places[:, :].min(axis=0)).min() < 0.1
    assert int(visit.page.get_attribute("#picked", "data-class")) == unseen.labels[index]
    pixels = unseen.images[index].ravel()
    visit.wait_until("document.getElementById('picked-loss').dataset.value !== undefined")
    assert (greys(visit.pixels("#picked-image")) == pixels).all()
    clean = to_pixels(unseen.images[index : index + 1])
    output = net.forward(clean).ravel()
    assert visit.number("picked-loss") == pytest.approx(
        0.5 * np.square(output - clean[0]).sum(), rel=1e-4
    )
    shown = greys(visit.pixels("#picked-reconstruction")).astype(int)
    assert np.abs(shown - expected_greys(output)).max() <= 1
    # The digit of the flow is that one, with noise.
    visit.wait_until(
        "pixels => String(pixelsOf(document.getElementById('current-image')).map(p => p & 255))"
        " === pixels",
        ",".join(map(str, pixels)),
    )
    near = np.argsort(np.square(codes - codes[index]).sum(axis=1))[1:6]
    shown = visit.page.eval_on_selector_all(
        "#picked-neighbours li", "all => all.map(item => Number(item.textContent))"
    )
    assert shown == unseen.labels[near].tolist()
    marks = visit.page.eval_on_selector_all(
        ".neighbour-mark:not([hidden])",
        "all => all.map(m => [parseFloat(m.style.left) / 100, 1 - parseFloat(m.style.top) / 100])",
    )
    np.testing.assert_allclose(marks, places[near], atol=1e-3)


def test_a_digit_that_is_let_go_is_no_longer_marked(visit):
    page = visit.page
    still(visit)
    page.focus("#embedding")
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("Enter")
    page.wait_for_selector("#picked", state="visible")
    page.wait_for_selector(".picked-mark", state="visible")
    assert visit.text("keep") == "Let it go"
    visit.press("keep")
    page.wait_for_selector("#picked", state="hidden")
    page.wait_for_selector(".picked-mark", state="hidden")
    assert page.locator(".neighbour-mark:not([hidden])").count() == 0


def test_a_picked_digit_stays_for_another_network(visit):
    visit.page.focus("#embedding")
    visit.page.keyboard.press("ArrowLeft")
    visit.page.keyboard.press("Enter")
    visit.page.wait_for_selector("#picked", state="visible")
    index = visit.page.get_attribute("#picked", "data-index")
    visit.define(SMALL)
    visit.train(500)
    assert visit.page.get_attribute("#picked", "data-index") == index
    visit.wait_until("document.getElementById('picked-loss').dataset.value !== undefined")


# Zooming


def test_the_wheel_zooms_where_the_pointer_is(visit):
    still(visit)
    point(visit, 0.3, 0.6)
    visit.next_frames()
    before, pointed, scrolled = ends(visit), code(visit), visit.page.evaluate("scrollY")
    visit.page.mouse.wheel(0, -300)
    visit.wait_until(
        "low => Number(document.getElementById('map-across').dataset.low) > low", before[0]
    )
    after = ends(visit)
    assert after[1] - after[0] < 0.7 * (before[1] - before[0])
    assert code(visit) == pytest.approx(pointed, abs=1e-3 * (before[1] - before[0]))
    assert visit.page.evaluate("scrollY") == scrolled


def test_the_wheel_goes_on_scrolling_the_page_over_a_map_that_shows_all(visit):
    visit.page.evaluate("scrollTo(0, 0)")
    point(visit, 0.5, 0.5)
    before = ends(visit)
    visit.page.mouse.wheel(0, 200)
    visit.wait_until("scrollY > 0")
    visit.page.mouse.wheel(0, -50)
    visit.next_frames()
    still(visit)
    assert ends(visit)[1] - ends(visit)[0] >= 0.5 * (before[1] - before[0])


def test_dragging_moves_the_map_and_picks_nothing(visit):
    still(visit)
    before = ends(visit)
    x, y = point(visit, 0.5, 0.5)
    visit.page.mouse.down()
    visit.page.mouse.move(x + 60, y, steps=4)
    visit.page.mouse.up()
    visit.wait_until(
        "low => Number(document.getElementById('map-across').dataset.low) < low", before[0]
    )
    after = ends(visit)
    width = visit.page.locator("#embedding").bounding_box()["width"]
    assert after[0] == pytest.approx(before[0] - 60 / width * (before[1] - before[0]), rel=0.02)
    assert not visit.page.is_visible("#picked")
    visit.page.mouse.dblclick(x, y)
    still(visit)
    assert ends(visit) == pytest.approx(before)


def test_buttons_and_keys_zoom_too(visit):
    still(visit)
    before = ends(visit)
    visit.press("map-closer")
    visit.page.focus("#embedding")
    visit.page.keyboard.press("+")
    visit.wait_until(
        "low => Number(document.getElementById('map-across').dataset.low) > low", before[0]
    )
    visit.next_frames()
    assert ends(visit)[1] - ends(visit)[0] == pytest.approx((before[1] - before[0]) / 2.25)
    visit.press("map-farther")
    visit.press("map-fit")
    still(visit)
    assert ends(visit) == pytest.approx(before)


# Fingers


@pytest.fixture
def phone(new_visit):
    visit = new_visit(viewport={"width": 360, "height": 740}, has_touch=True, is_mobile=True)
    visit.open()
    visit.train(1000)
    visit.scroll_to("#embedding")
    visit.wait_until("document.getElementById('map-across').dataset.low !== undefined")
    return visit


class Fingers:
    """Real touches, as Chromium's own input handling gets them."""

    def __init__(self, visit):
        self._devtools = visit.context.new_cdp_session(visit.page)
        box = visit.page.locator("#embedding").bounding_box()
        self._at = lambda x, y: {
            "x": box["x"] + x * box["width"],
            "y": box["y"] + (1 - y) * box["height"],
        }

    def _send(self, kind, *places):
        points = [{**self._at(*place), "id": i} for i, place in enumerate(places)]
        self._devtools.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

    def move(self, *ways, steps=10):
        """Moves each finger from one place to another."""
        for step in range(steps + 1):
            places = [
                [a + step / steps * (b - a) for a, b in zip(start, end, strict=True)]
                for start, end in ways
            ]
            self._send("touchMove" if step else "touchStart", *places)
        self._send("touchEnd")


def test_a_finger_points_and_picks(phone):
    fingers = Fingers(phone)
    fingers.move(((0.3, 0.4), (0.3, 0.4)), steps=1)
    phone.page.wait_for_selector("#decoded", state="visible")
    phone.next_frames()
    first = code(phone)
    fingers.move(((0.3, 0.4), (0.8, 0.4)))
    phone.next_frames()
    assert code(phone)[0] > first[0]
    assert phone.page.is_visible("#decoded"), "what a finger points at stays when it is lifted"


def test_a_finger_that_goes_up_scrolls_the_page(phone):
    before = phone.page.evaluate("scrollY")
    Fingers(phone).move(((0.5, 0.2), (0.5, 0.9)))
    phone.wait_until("before => scrollY > before + 50", before)


def test_two_fingers_zoom_and_two_taps_show_all_again(phone):
    still(phone)
    phone.scroll_to("#embedding")
    fingers, before = Fingers(phone), ends(phone)
    fingers.move(((0.4, 0.4), (0.2, 0.2)), ((0.6, 0.6), (0.8, 0.8)))
    phone.next_frames()
    after = ends(phone)
    assert after[1] - after[0] == pytest.approx((before[1] - before[0]) / 3, rel=0.1)
    assert phone.page.evaluate("visualViewport.scale") == 1
    scrolled = phone.page.evaluate("scrollY")
    fingers.move(((0.5, 0.3), (0.5, 0.7)))
    phone.next_frames()
    assert ends(phone)[2] < after[2], "a finger drags a map that is zoomed"
    assert phone.page.evaluate("scrollY") == scrolled
    for _ in range(2):
        fingers.move(((0.5, 0.5), (0.5, 0.5)), steps=1)
    still(phone)
    assert ends(phone) == pytest.approx(before)


# How it looks


def test_the_manifold_is_what_the_decoder_draws_all_over_the_map(visit):
    visit.page.select_option("#map-style", "dots")
    still(visit)
    net = decoder(visit)
    visit.scroll_to("#embedding")
    before = visit.pixels("#embedding")
    visit.press("manifold")
    visit.page.mouse.move(1, 1)
    still(visit)
    shown = np.array(visit.pixels("#embedding"), np.uint32).reshape(SIZE, SIZE)
    assert (shown != np.array(before, np.uint32).reshape(SIZE, SIZE)).mean() > 0.5
    assert (shown >> 24 == 255).all()
    left, right, bottom, top = ends(visit)
    # The first picture of the second row and column, in a corner where no digit lies.
    start = 28 - (23 * 28 - SIZE) // 2
    middle = (start + 14) / SIZE
    corner = [left + middle * (right - left), bottom + (1 - middle) * (top - bottom)]
    tile = (shown[start : start + 28, start : start + 28] & 255).astype(int)
    expected = expected_greys(net.forward_from(5, [corner])).reshape(28, 28)
    assert (np.abs(tile - expected) <= 1).mean() > 0.9  # where no digit lies over it
    visit.press("manifold")
    visit.page.mouse.move(1, 1)
    still(visit)
    assert visit.pixels("#embedding") == before


@pytest.mark.parametrize("style", ["pictures", "dots"])
def test_there_may_be_up_to_5000_digits(visit, style):
    visit.page.select_option("#map-style", style)
    still(visit)
    few = int(np.count_nonzero(visit.pixels("#embedding")))
    visit.page.select_option("#map-digits", "5000")
    visit.wait_until(
        "few => pixelsOf(document.getElementById('embedding')).filter(Boolean).length > 1.5 * few",
        few,
    )


def test_dots_have_the_colour_and_the_shape_that_the_legend_gives_their_class(visit, unseen):
    visit.page.select_option("#map-style", "dots")
    still(visit)
    shapes = visit.page.eval_on_selector_all(
        "#legend canvas", "all => all.map(canvas => [...pixelsOf(canvas)])"
    )
    assert len({tuple(map(bool, shape)) for shape in shapes}) == 10
    assert visit.page.is_visible("#legend canvas")
    net = decoder(visit)
    visit.scroll_to("#embedding")
    net.forward(to_pixels(unseen.images[:200]))
    left, right, bottom, top = ends(visit)
    places = (net.layers[5].out_act.reshape(200, 2) - [left, bottom]) / [right - left, top - bottom]
    shown = np.array(visit.pixels("#embedding"), np.uint32).reshape(SIZE, SIZE)
    whole = 0
    for place, label in zip(places, unseen.labels[:200], strict=True):
        x, y = (np.array([place[0], 1 - place[1]]) * SIZE - 5.5).round().astype(int)
        shape = np.array(shapes[label], np.uint32).reshape(11, 11)
        if min(x, y) < 0 or max(x, y) > SIZE - 11:
            continue
        whole += (shown[y : y + 11, x : x + 11][shape > 0] == shape[shape > 0]).all()
    assert whole > 50, "of so many nothing is covered"


def test_trails_show_where_digits_came_from(visit):
    visit.train(2000)
    still(visit)
    before = np.count_nonzero(visit.pixels("#embedding"))
    visit.press("trails")
    still(visit)
    assert np.count_nonzero(visit.pixels("#embedding")) > before + 100


def test_a_link_carries_how_the_map_looks(new_visit, site):
    visit = new_visit(f"{site}#map_digits=1000&map_style=dots&manifold&trails")
    visit.open()
    assert visit.value("map-digits") == "1000"
    assert visit.value("map-style") == "dots"
    for name in ("manifold", "trails"):
        assert visit.page.get_attribute(f"#{name}", "aria-pressed") == "true"


def test_who_wants_little_to_move_sees_no_axes_glide(new_visit):
    visit = new_visit(reduced_motion="reduce")
    visit.open()
    visit.scroll_to("#embedding")
    windows = visit.page.evaluate(
        """async () => {
            const seen = [];
            const until = Number(document.getElementById("examples-seen").dataset.value) + 20000;
            while (Number(document.getElementById("examples-seen").dataset.value) < until) {
                await new Promise(requestAnimationFrame);
                seen.push(document.getElementById("map-across").dataset.high);
            }
            return seen;
        }"""
    )
    changed = sum(a != b for a, b in pairwise(windows))
    assert changed < 15
