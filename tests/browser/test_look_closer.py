"""Looking closer: pictures tell what one points at, and a neuron what it has learnt to look for."""

from __future__ import annotations

import numpy as np
import pytest
from definitions import CONVOLUTIONAL, SMALL
from serve import ROOT
from visit import MOST_FRAMES

from convnet import Net
from convnet.minibatch import to_pixels
from convnet.mnist import read_digits

NEURONS = '#network [data-layer="2"] figure.neurons'
WEIGHTS = '#network [data-layer="1"] figure.filters'


@pytest.fixture
def still(fresh_visit):
    """The page, trained a little and paused, with its network's first rows on screen."""
    visit = fresh_visit
    visit.page.set_viewport_size({"width": 1280, "height": 1200})
    visit.train(5_000)
    visit.halt()
    visit.scroll_to('#network [data-layer="1"]')
    visit.next_frames(MOST_FRAMES)
    yield visit
    visit.page.mouse.move(0, 0)
    visit.page.keyboard.press("Escape")
    visit.page.set_viewport_size({"width": 1280, "height": 900})


def point(visit, figure, x, y, size):
    """Moves the mouse into the middle of a picture's pixel; the picture is so large."""
    visit.page.locator(f"{figure} canvas").first.scroll_into_view_if_needed()
    box = visit.page.locator(f"{figure} canvas").first.bounding_box()
    at = (
        box["x"] + (x + 0.5) / size[0] * box["width"],
        box["y"] + (y + 0.5) / size[1] * box["height"],
    )
    visit.page.mouse.move(*at)
    return at


def point_at_neuron(visit, neuron, figure=NEURONS):
    """The same for one of fifty squares."""
    return point(visit, figure, neuron % 25 * 11 + 5, neuron // 25 * 11 + 5, (274, 21))


def readout(visit, figure):
    """What the line at a picture says, and the number behind it."""
    visit.wait_until(
        "figure => document.querySelector(`${figure} .readout`).textContent !== ''", figure
    )
    line = visit.page.locator(f"{figure} .readout").first
    return line.inner_text(), float(line.get_attribute("data-value"))


def saved(visit):
    """The network as the page saves it."""
    snapshot = visit.save()
    visit.page.evaluate("document.getElementById('snapshot').open = false")
    return snapshot


def is_open(visit):
    return visit.page.is_visible("#neuron")


# Pointing


@pytest.mark.parametrize(("neuron", "x", "y"), [(0, 0, 0), (4, 12, 5), (23, 14, 13), (49, 27, 27)])
def test_a_weight_tells_its_value_and_what_it_looks_at(still, neuron, x, y):
    weights = saved(still)["layers"][1]["filters"][neuron]["w"]
    left, top = neuron % 10 * 29, neuron // 10 * 29
    point(still, WEIGHTS, left + x, top + y, (289, 144))
    text, value = readout(still, WEIGHTS)
    assert text.startswith(f"neuron {neuron} ← pixel ({x}, {y}): ")
    assert value == pytest.approx(weights[y * 28 + x], rel=1e-6)
    shown = float(text.rpartition(": ")[2].replace("−", "-"))
    assert shown == pytest.approx(value, rel=0.06)


def test_every_neuron_tells_its_own_value(still):
    values = []
    for neuron in range(50):
        point_at_neuron(still, neuron)
        text, value = readout(still, NEURONS)
        assert text.startswith(f"neuron {neuron}: ")
        values.append(value)
    assert len(set(values)) > 40
    row = '#network [data-layer="2"] [data-fact={}]'
    low, high = (
        float(still.page.get_attribute(row.format(name), "data-value")) for name in ("min", "max")
    )
    assert [min(values), max(values)] == pytest.approx([low, high])


def test_a_pixel_tells_how_bright_it_is(still):
    figure = '#network [data-layer="0"] figure.image'
    # Not the flow's: that may be off screen, where nothing is drawn.
    seen = np.array(still.pixels(f"{figure} canvas")) & 255
    for pixel in (int(seen.argmax()), int(seen.argmin()), 14 * 28 + 15):
        point(still, figure, pixel % 28, pixel // 28, (28, 28))
        text, value = readout(still, figure)
        assert text.startswith(f"pixel ({pixel % 28}, {pixel // 28}): ")
        assert 255 * value == pytest.approx(seen[pixel], abs=2)


def test_what_is_told_stays_true_while_training_goes_on(still):
    pause = "document.getElementById('pause').click()"  # the mouse stays where it is
    point_at_neuron(still, 7)
    before, _ = readout(still, NEURONS)
    still.page.evaluate(pause)
    still.wait_until(
        """([figure, before]) => {
            const now = document.querySelector(`${figure} .readout`).textContent;
            return now !== "" && now !== before;
        }""",
        [NEURONS, before],
    )
    still.page.evaluate(pause)
    still.wait_for_state("paused")
    still.page.wait_for_timeout(1000)  # all is drawn
    told = readout(still, NEURONS)
    point_at_neuron(still, 8)
    point_at_neuron(still, 7)
    assert readout(still, NEURONS) == told
    assert told[0] != before


def test_pointing_moves_nothing(still):
    boxes = """[...document.querySelectorAll("#network figure, #network article, #network canvas")]
        .map(part => JSON.stringify(part.getBoundingClientRect())).join()"""
    before = still.page.evaluate(boxes)
    point(still, WEIGHTS, 4 * 29 + 12, 5, (289, 144))
    readout(still, WEIGHTS)
    assert still.page.evaluate(boxes) == before


def test_nothing_is_told_of_what_is_not_pointed_at(still):
    point(still, WEIGHTS, 4 * 29 + 12, 5, (289, 144))
    readout(still, WEIGHTS)
    lines = "[...document.querySelectorAll('.readout')].map(line => line.textContent).join('')"
    point(still, WEIGHTS, 28, 5, (289, 144))
    still.wait_until(f"{lines} === ''")
    point_at_neuron(still, 3)
    readout(still, NEURONS)
    still.page.mouse.move(0, 0)
    still.wait_until(f"{lines} === ''")


def test_the_range_of_the_colours_is_shown(still):
    still.wait_until(
        """() => {
            const onScreen = [...document.querySelectorAll("#network article:has(.neurons)")]
                .filter(row => row.getBoundingClientRect().top < innerHeight - 50)
                .filter(row => row.getBoundingClientRect().bottom > 50);
            return onScreen.length > 1 && onScreen.every(row => {
                const value = (name) => Number(row.querySelector(name).dataset.value);
                const most = Math.max(-value("[data-fact=min]"), value("[data-fact=max]"));
                return value(".high") === -value(".low") && Math.abs(value(".high") - most) < 1e-6;
            });
        }"""
    )
    text = still.page.inner_text(f"{NEURONS} .scale").split()
    high = still.page.get_attribute(f"{NEURONS} .high", "data-value")
    assert [text[0], text[-1]] == [f"−{text[-1]}", text[-1]]
    assert float(text[-1]) == pytest.approx(float(high), rel=0.01)


def test_the_range_is_that_of_the_picture_in_every_frame(still):
    still.scroll_to(NEURONS)
    still.next_frames()
    still.resume()
    frames = still.page.evaluate(
        """async (figure) => {
            const row = document.querySelector(figure).closest("article");
            const value = (name) => Number(row.querySelector(name).dataset.value);
            const pictures = new Set(), frames = [], until = performance.now() + 30_000;
            while (pictures.size < 8 && performance.now() < until) {
                await new Promise(requestAnimationFrame);
                const picture = pixelsOf(row.querySelector("canvas")).join();
                pictures.add(picture);
                frames.push([
                    picture,
                    value(".high"),
                    Math.max(-value("[data-fact=min]"), value("[data-fact=max]")),
                ]);
            }
            return frames;
        }""",
        NEURONS,
    )
    assert len({picture for picture, *_ in frames}) == 8
    assert all(high == pytest.approx(most, rel=1e-6) for _, high, most in frames)
    assert len({(picture, high) for picture, high, _ in frames}) == 8


# A neuron


def open_neuron(visit, neuron):
    visit.page.mouse.click(*point_at_neuron(visit, neuron))
    visit.wait_until(
        "name => document.getElementById('neuron-title').textContent.startsWith(name)",
        f"Neuron {neuron} of layer 2",
    )


def test_a_click_shows_the_ten_digits_that_excite_a_neuron_most(still):
    net = Net.from_json(saved(still))
    open_neuron(still, 17)
    still.wait_until("document.getElementById('exciting-status').dataset.value === '10000'")
    still.wait_until("document.querySelectorAll('#exciting li:not(.none)').length === 10")
    digits = read_digits(ROOT / "assets/mnist", "test")
    net.forward(to_pixels(digits.images))
    firings = net.layers[2].out_act[:, 0, 0, 17]
    shown = still.page.eval_on_selector_all(
        "#exciting li",
        """items => items.map(item => [Number(item.dataset.digit),
            ...[...item.querySelectorAll("[data-value]")].map(part => +part.dataset.value)])""",
    )
    best = [index for index, _, _ in shown]
    # Two that are as good as equal may come in either order.
    assert firings[best] == pytest.approx(np.sort(firings)[::-1][:10], abs=1e-5)
    assert len(set(best)) == 10
    for index, label, firing in shown:
        assert label == digits.labels[index]
        assert firing == pytest.approx(firings[index], abs=1e-5)
    pixels = np.array(still.pixels("#exciting canvas")) & 255
    assert np.abs(pixels - digits.images[best[0]].ravel()).max() <= 1


def test_the_formula_says_what_the_network_computes(still):
    open_neuron(still, 17)
    still.press("formula-text")
    still.wait_until("document.getElementById('formula-text').textContent.includes('tanh')")
    first, second = still.text("formula-text").split("\n")
    total = first.rpartition(" = ")[2]
    assert "779 more terms" in first
    assert second.startswith(f"Layer 2: tanh({total}) = ")
    said = float(second.rpartition(" = ")[2].replace("−", "-"))
    assert said == pytest.approx(still.number("neuron-facts"), abs=0.005)
    point_at_neuron(still, 17)
    assert readout(still, NEURONS)[1] == pytest.approx(still.number("neuron-facts"), abs=1e-6)


def test_its_weights_are_a_picture_that_can_be_pointed_at(still):
    weights = saved(still)["layers"][1]["filters"][17]["w"]
    open_neuron(still, 17)
    point(still, "#neuron-weights", 12, 5, (28, 28))
    text, value = readout(still, "#neuron-weights")
    assert text.startswith("neuron 17 ← pixel (12, 5): ")
    assert value == pytest.approx(weights[5 * 28 + 12], rel=1e-6)
    assert "neuron 17 of layer 1" in still.page.inner_text("#neuron-weights figcaption")


def test_a_click_on_weights_opens_their_neuron_and_one_on_the_input_none(still):
    still.page.mouse.click(*point(still, WEIGHTS, 3 * 29 + 4, 2 * 29 + 4, (289, 144)))
    still.wait_until(
        "document.getElementById('neuron-title').textContent === 'Neuron 23 of layer 1 (fc)'"
    )
    still.press("next-neuron")
    still.wait_until("document.getElementById('neuron-title').textContent.startsWith('Neuron 24')")
    still.press("close-neuron")
    still.wait_until("document.getElementById('neuron').hidden")
    still.page.mouse.click(*point(still, '#network [data-layer="0"] .image', 5, 5, (28, 28)))
    still.next_frames()
    assert not is_open(still)


def test_the_keyboard_points_opens_and_closes(still):
    still.page.focus(f"{NEURONS} .picture")
    for key in ("ArrowRight", "ArrowRight", "ArrowRight", "ArrowDown", "ArrowLeft"):
        still.page.keyboard.press(key)
    text, _ = readout(still, NEURONS)
    assert text.startswith("neuron 26: ")
    still.page.keyboard.press("Enter")
    still.wait_until("document.getElementById('neuron-title').textContent.startsWith('Neuron 26')")
    assert still.page.evaluate("document.activeElement.closest('#neuron') !== null")
    still.page.keyboard.press("Tab")
    still.page.keyboard.press("Enter")
    still.wait_until("document.getElementById('neuron-title').textContent.startsWith('Neuron 25')")
    still.page.keyboard.press("Escape")
    still.wait_until("document.getElementById('neuron').hidden")
    assert still.page.evaluate("document.activeElement.className").startswith("picture")
    still.page.keyboard.press("ArrowRight")
    assert readout(still, NEURONS)[0].startswith("neuron 26: ")


def test_a_finger_points_and_opens(new_visit):
    visit = new_visit(viewport={"width": 360, "height": 740}, has_touch=True)
    visit.open()
    visit.train(2_000)
    visit.scroll_to(NEURONS)
    visit.next_frames()
    box = visit.page.locator(f"{NEURONS} canvas").bounding_box()
    visit.page.touchscreen.tap(box["x"] + 12.5 / 274 * box["width"] * 11, box["y"] + 5)
    text, _ = readout(visit, NEURONS)
    assert text.startswith("neuron 12: ")
    visit.wait_until("document.getElementById('neuron-title').textContent.startsWith('Neuron 12 ')")
    visit.page.touchscreen.tap(*middle_of(visit, "#next-neuron"))
    visit.wait_until("document.getElementById('neuron-title').textContent.startsWith('Neuron 13 ')")
    visit.page.touchscreen.tap(*middle_of(visit, "#close-neuron"))
    visit.wait_until("document.getElementById('neuron').hidden")


def middle_of(visit, selector):
    box = visit.page.locator(selector).bounding_box()
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def test_another_network_closes_a_neuron_that_it_has_not(still):
    still.resume()
    open_neuron(still, 17)
    still.define(SMALL)
    still.wait_until("document.getElementById('neuron').hidden")
    still.train(1_000)
    assert still.message == ""


def test_a_fresh_start_goes_on_with_the_neuron(still):
    still.resume()
    open_neuron(still, 17)
    still.press("restart")
    still.wait_until("/^Started anew/.test(document.getElementById('reload-status').textContent)")
    still.train(2_000)
    assert is_open(still)
    assert still.text("neuron-title") == "Neuron 17 of layer 2 (tanh)"
    still.wait_until("document.getElementById('exciting-status').dataset.value > 0")


def test_neurons_of_every_kind_of_layer_can_be_looked_at(fresh_visit):
    visit = fresh_visit
    visit.define(CONVOLUTIONAL)
    visit.wait_until("document.querySelectorAll('#network [data-layer]').length === 9")
    for layer in range(1, 9):
        figure = f'#network [data-layer="{layer}"] figure'
        visit.scroll_to(figure)
        visit.page.focus(f"{figure} .picture")
        visit.page.keyboard.press("Enter")
        visit.wait_until(
            "layer => document.getElementById('neuron-title').textContent.includes(`r ${layer} (`)",
            layer,
        )
        visit.wait_until("document.getElementById('exciting-status').dataset.value > 0")
        title = visit.text("neuron-title")
        assert title.startswith("Channel 0 of" if layer in (1, 2, 3, 4) else "Neuron 0 of"), title
        visit.page.keyboard.press("Escape")
        visit.wait_until("document.getElementById('neuron').hidden")
    assert visit.message == ""


def test_nothing_is_done_for_a_neuron_that_is_not_looked_at(fresh_visit):
    visit = fresh_visit
    visit.scroll_to(NEURONS)
    open_neuron(visit, 3)
    visit.wait_until("document.getElementById('exciting-status').dataset.value > 0")
    visit.press("close-neuron")
    visit.wait_until("document.getElementById('neuron').hidden")
    visit.next_frames()
    visit.page.evaluate(
        """() => {
            window.changed = 0;
            new MutationObserver(all => changed += all.length).observe(
                document.getElementById("neuron"),
                {subtree: true, childList: true, characterData: true, attributes: true});
        }"""
    )
    visit.train(30_000)
    assert visit.page.evaluate("changed") == 0
