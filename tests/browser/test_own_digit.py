"""The visitor's own digit: it is drawn, opened or pasted, and goes through the network at once."""

from __future__ import annotations

import base64
import json

import numpy as np
import pytest
from definitions import SMALL
from png import picture
from serve import ROOT

from autoencoder.ink import like_mnist
from convnet import Net
from convnet.mnist import read_digits

EMPTY = "!document.getElementById('pad').hasAttribute('data-code')"
GREYS = "s => [...pixelsOf(document.querySelector(s))].map(pixel => pixel & 255)"
THREE = [
    *[(0.28, 0.25), (0.45, 0.15), (0.65, 0.2), (0.7, 0.35), (0.45, 0.47)],
    *[(0.72, 0.58), (0.72, 0.75), (0.5, 0.85), (0.28, 0.75)],
]
NOTHING = "–"


@pytest.fixture(scope="module")
def digit():
    """A digit of MNIST, uint8 (28, 28)."""
    return read_digits(ROOT / "assets/mnist", "test").images[0]


@pytest.fixture
def pad(fresh_visit):
    """The page with an empty pad in sight."""
    visit = fresh_visit
    visit.scroll_to("#pad")
    visit.press("clear-pad")
    visit.wait_until(EMPTY)
    yield visit
    if visit.page.get_attribute("#pad-noise", "aria-pressed") == "true":
        visit.press("pad-noise")


def stroke(visit, places, steps=4):
    """Draws with the mouse, through places from (0, 0) to (1, 1)."""
    box = visit.page.locator("#pad").bounding_box()
    first, *others = [
        (box["x"] + x * box["width"], box["y"] + y * box["height"]) for x, y in places
    ]
    visit.page.mouse.move(*first)
    visit.page.mouse.down()
    for place in others:
        visit.page.mouse.move(*place, steps=steps)
    visit.page.mouse.up()


def draw(visit, places=THREE):
    """Draws, and waits until what the network makes of it is shown."""
    before = seen(visit)
    stroke(visit, places)
    visit.wait_until(f"before => String(({GREYS})('#pad-input')) !== String(before)", before)
    for _ in range(3):
        visit.next_frames()


def seen(visit):
    return visit.page.evaluate(GREYS, "#pad-input")


def reconstruction(visit):
    return visit.page.evaluate(GREYS, "#pad-reconstruction")


def code(visit):
    return [float(number) for number in visit.page.get_attribute("#pad", "data-code").split(",")]


def enlarged(image, scale=10):
    return image.repeat(scale, axis=0).repeat(scale, axis=1)


def open_picture(visit, data, name="digit.png", kind="image/png"):
    file = {"name": name, "mimeType": kind, "buffer": data}
    visit.page.set_input_files("#open-picture", file)


def wait_for_ink(visit):
    visit.wait_until(f"!({EMPTY})")
    for _ in range(3):
        visit.next_frames()


PASTE = """([data, kind, selector]) => {
    const bytes = Uint8Array.from(atob(data), (character) => character.charCodeAt(0));
    const clipboardData = new DataTransfer();
    clipboardData.items.add(new File([bytes], "picture", {type: kind}));
    const event = new ClipboardEvent("paste", {clipboardData, bubbles: true, cancelable: true});
    document.querySelector(selector).dispatchEvent(event);
}"""


def paste(visit, data, kind="image/png", where="body"):
    visit.page.evaluate(PASTE, [base64.b64encode(data).decode(), kind, where])


def check_shown(visit):
    """What is shown is what the engine makes of the pad's ink, with the network as it is saved.

    The page has to be paused.
    """
    ink = visit.page.evaluate(
        "[...pixelsOf(document.querySelector('#pad'))].map(pixel => pixel >>> 24)"
    )
    side = round(len(ink) ** 0.5)
    pixels = like_mnist(np.array(ink, np.uint8).reshape(side, side)).ravel()
    shown = np.array(seen(visit))
    assert shown == pytest.approx(pixels * 255, abs=1)
    output, in_numbers = np.array(reconstruction(visit)), code(visit)
    loss = visit.number("pad-loss")
    net = Net.from_json(json.dumps({"layers": visit.save()["layers"]}))
    expected = net.forward(pixels[None]).ravel()
    assert output == pytest.approx(np.clip(expected, 0, 1) * 255, abs=1)
    assert in_numbers == pytest.approx(net.layers[5].out_act.ravel(), abs=1e-3)
    assert loss == pytest.approx(0.5 * np.sum((expected - pixels) ** 2), rel=1e-3)
    listed = visit.page.eval_on_selector_all(
        "#pad-code li", "all => all.map(n => +n.dataset.value)"
    )
    assert listed == pytest.approx(in_numbers)


# Drawing


def test_an_empty_pad_shows_nothing(pad):
    assert pad.page.is_visible("#pad-hint")
    assert set(seen(pad)) == set(reconstruction(pad)) == {0}
    assert pad.text("pad-loss") == NOTHING
    assert pad.page.evaluate(EMPTY)


def test_what_is_drawn_with_the_mouse_goes_through_the_network(pad):
    draw(pad)
    assert not pad.page.is_visible("#pad-hint")
    pad.train(20_000)
    pad.pause()
    for _ in range(3):
        pad.next_frames()
    check_shown(pad)
    assert pad.message == ""


def test_each_stroke_shows_at_once_while_paused(pad):
    pad.train(5000)
    pad.pause()
    box = pad.page.locator("#pad").bounding_box()
    pad.page.mouse.move(box["x"] + 50, box["y"] + 50)
    pad.page.mouse.down()
    shown = []
    for distance in (60, 120, 180):
        pad.page.mouse.move(box["x"] + 50, box["y"] + distance, steps=5)
        for _ in range(3):
            pad.next_frames()
        shown.append(str((seen(pad), reconstruction(pad), code(pad))))
    pad.page.mouse.up()
    assert len(set(shown)) == 3
    check_shown(pad)


def test_it_follows_while_the_network_learns(pad):
    draw(pad)
    output, digit = reconstruction(pad), seen(pad)
    pad.train(30_000)
    assert reconstruction(pad) != output
    assert seen(pad) == digit


def test_a_stroke_is_as_thick_as_mnists(pad):
    draw(pad)
    ink = np.array(seen(pad)) / 255
    assert 60 < ink.sum() < 160, "MNIST's digits have 104 on average"


def test_only_the_main_button_draws(pad):
    pad.page.click("#pad", button="right")
    pad.page.click("#pad", button="middle")
    pad.next_frames()
    assert pad.page.evaluate(EMPTY)


def test_strokes_are_taken_back_one_by_one_and_all_are_cleared(pad):
    draw(pad, [(0.5, 0.2), (0.5, 0.8)])
    first = seen(pad)
    draw(pad, [(0.2, 0.5), (0.8, 0.5)])
    second = seen(pad)
    pad.press("undo-pad")
    pad.wait_until(f"first => String(({GREYS})('#pad-input')) === String(first)", first)
    pad.press("undo-pad")
    pad.wait_until(EMPTY)
    draw(pad, [(0.5, 0.2), (0.5, 0.8)])
    draw(pad, [(0.2, 0.5), (0.8, 0.5)])
    assert seen(pad) == second
    pad.press("clear-pad")
    pad.wait_until(EMPTY)
    assert set(reconstruction(pad)) == {0}
    pad.press("undo-pad")
    pad.wait_until(f"second => String(({GREYS})('#pad-input')) === String(second)", second)


def test_the_ink_survives_another_network(pad):
    draw(pad)
    digit = seen(pad)
    pad.train(5000)
    snapshot = pad.save()
    pad.define(SMALL)
    pad.wait_until("document.querySelectorAll('#pad-code li').length === 3")
    assert seen(pad) == digit
    pad.write("snapshot-json", json.dumps(snapshot))
    pad.press("load-json")
    pad.wait_until("document.querySelectorAll('#pad-code li').length === 2")
    assert seen(pad) == digit
    pad.scroll_to("#pad")
    draw(pad, [(0.1, 0.1), (0.9, 0.1)])
    assert seen(pad) != digit


def test_noise_lies_over_it_if_that_is_wanted(pad):
    pad.set_noise(50)
    pad.scroll_to("#pad")
    draw(pad)
    clean = np.array(seen(pad))
    pad.press("pad-noise")
    pad.wait_until(f"clean => String(({GREYS})('#pad-input')) !== String(clean)", clean.tolist())
    noisy = np.array(seen(pad))
    assert ((noisy == clean) | (noisy == 0)).all()
    assert 0.3 < (noisy[clean > 0] == 0).mean() < 0.7
    pad.press("pad-noise")
    pad.wait_until(f"clean => String(({GREYS})('#pad-input')) === String(clean)", clean.tolist())


def test_a_layer_that_is_chosen_gives_the_code(pad):
    pad.pause()
    draw(pad)
    pad.page.click('#layers [data-layer="2"]')
    pad.wait_until("document.querySelectorAll('#pad-code li').length === 4")
    pad.wait_until("document.querySelector('#pad-code').textContent.includes('47 more')")
    pad.next_frames()
    first = code(pad)
    assert all(-1 <= number <= 1 for number in first)
    pad.press("cycle")
    pad.wait_until("before => document.getElementById('pad').dataset.code !== before", str(first))
    pad.page.click('#layers [data-layer="5"]')


def test_keys_press_what_they_press_where_the_pad_has_the_focus(pad):
    pad.page.focus("#pad")
    pad.page.keyboard.press("Space")
    pad.wait_for_state("paused")
    pad.page.keyboard.press("Space")
    pad.wait_for_state("training")


# Touch


def test_on_a_phone_a_finger_draws_and_does_not_scroll(new_visit):
    visit = new_visit(
        viewport={"width": 360, "height": 740},
        has_touch=True,
        is_mobile=True,
        device_scale_factor=3,
    )
    visit.open()
    visit.wait_until("Object.keys(localStorage).length > 0")
    visit.scroll_to("#pad")
    visit.next_frames()
    scrolled = visit.page.evaluate("scrollY")
    assert scrolled > 0
    box = visit.page.locator("#pad").bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"]
    touch = visit.context.new_cdp_session(visit.page)

    def send(kind, *places):
        points = [
            {"x": x, "y": y + place * box["height"], "id": i} for i, place in enumerate(places)
        ]
        touch.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

    send("touchStart", 0.9)
    for step in range(1, 17):
        send("touchMove", 0.9 - 0.05 * step)
    send("touchEnd")
    wait_for_ink(visit)
    assert visit.page.evaluate("scrollY") == scrolled
    ink = np.array(seen(visit)).reshape(28, 28)
    rows, columns = np.flatnonzero(ink.any(axis=1)), np.flatnonzero(ink.any(axis=0))
    assert len(rows) == 20
    assert len(columns) <= 4, "it is a vertical line"
    assert visit.page.evaluate("document.documentElement.scrollWidth") == 360
    # Beside the pad the page scrolls as ever.
    title = visit.page.locator("#own-title").bounding_box()
    x, y = title["x"] + 5, title["y"]
    send("touchStart", 0)
    for step in range(1, 11):
        send("touchMove", -0.05 * step)
    send("touchEnd")
    visit.wait_until("before => scrollY !== before", scrolled)


# Pictures


@pytest.mark.parametrize("ground", ["dark", "light", "clear"])
def test_a_picture_is_opened_whatever_its_colours(pad, digit, ground):
    grey = enlarged(digit)
    data = {
        "dark": picture(grey),
        "light": picture(255 - grey),
        "clear": picture(np.zeros_like(grey), grey),
    }[ground]
    open_picture(pad, data)
    wait_for_ink(pad)
    found = np.array(seen(pad)) / 255
    assert np.corrcoef(found, digit.ravel())[0, 1] > 0.97
    pad.pause()
    for _ in range(3):
        pad.next_frames()
    check_shown(pad)
    pad.press("undo-pad")
    pad.wait_until(EMPTY)
    assert pad.message == ""


def test_a_picture_may_be_small_large_and_of_any_shape(pad, digit):
    for grey in (digit, np.pad(enlarged(digit, 60), ((0, 0), (0, 4000)))):
        open_picture(pad, picture(grey))
        wait_for_ink(pad)
        assert np.corrcoef(seen(pad), digit.ravel())[0, 1] > 0.9
        pad.press("clear-pad")
        pad.wait_until(EMPTY)


def test_the_same_file_can_be_opened_again(pad, digit):
    for _ in range(2):
        open_picture(pad, picture(digit))
        wait_for_ink(pad)
        pad.press("clear-pad")
        pad.wait_until(EMPTY)


def test_a_picture_is_pasted_anywhere_and_comes_into_sight(pad, digit):
    pad.page.evaluate("scrollTo(0, 0)")
    paste(pad, picture(255 - enlarged(digit)))
    wait_for_ink(pad)
    assert np.corrcoef(seen(pad), digit.ravel())[0, 1] > 0.97
    box = pad.page.locator("#pad").bounding_box()
    assert box["y"] >= 0
    assert box["y"] + box["height"] <= 900


def test_what_is_pasted_into_a_field_is_the_fields(pad, digit):
    paste(pad, picture(digit), where="#definition")
    paste(pad, picture(digit), where="#learning-rate")
    for _ in range(3):
        pad.next_frames()
    assert pad.page.evaluate(EMPTY)
    assert pad.message == ""


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"no picture at all", "no picture"),
        (b"", "no picture"),
        (picture(np.zeros((9, 9), np.uint8))[:50], "no picture"),
        (picture(np.full((50, 80), 200, np.uint8)), "one shade"),
        (picture(np.zeros((12_000, 9_000), np.uint8)), "million pixels"),
    ],
    ids=["text", "empty", "damaged", "blank", "enormous"],
)
@pytest.mark.parametrize("way", ["opened", "pasted"])
def test_what_is_no_picture_of_a_digit_is_told_and_changes_nothing(pad, data, words, way):
    draw(pad)
    before = seen(pad)
    if way == "opened":
        open_picture(pad, data)
    else:
        paste(pad, data)
    pad.expect_message(words)
    assert seen(pad) == before
    pad.close_message()
