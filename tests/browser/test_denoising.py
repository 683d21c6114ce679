"""Kinds of noise: what the network is given, and the strip of digits that it restores."""

from __future__ import annotations

import numpy as np
import pytest

from convnet import Net

HASH = "text => location.hash.slice(1).split('&').includes(text)"
COUNT, SIDE, GAP = 8, 28, 2


@pytest.fixture
def restoring(fresh_visit):
    """The page with the strip on screen, beside the digit on its way; afterwards it is masked."""
    visit = fresh_visit
    visit.page.set_viewport_size({"width": 1280, "height": 2000})
    visit.wait_until("coloursOf(document.getElementById('denoising-strip')) > 2")
    yield visit
    choose(visit, "masking")
    visit.set_noise(10)
    visit.page.set_viewport_size({"width": 1280, "height": 900})


def choose(visit, kind):
    visit.page.select_option("#corruption", kind)


def greys(visit, selector):
    """A canvas's pixels from 0 to 255, (height, width)."""
    width = visit.page.evaluate("s => document.querySelector(s).width", selector)
    pixels = np.array(visit.pixels(selector), np.uint32)
    return (pixels & 255).astype(int).reshape(-1, width)


def strip(visit):
    """The strip's digits: clean, with noise and restored, each (count, height, width)."""
    pixels = np.pad(greys(visit, "#denoising-strip"), ((0, GAP), (0, GAP)))
    tiles = pixels.reshape(3, SIDE + GAP, COUNT, SIDE + GAP).swapaxes(1, 2)
    return tiles[:, :, :SIDE, :SIDE]


def pause(visit):
    """Pauses where the last digit trained on, and the strip, are of this moment."""
    visit.train(2000)
    visit.halt()


def is_of_kind(kind, clean, noisy):
    """Whether pictures (n, height, width) differ as they do by a kind of noise of some strength."""
    changed = noisy != clean
    black, white = noisy == 0, noisy == 255
    if kind == "none":
        return not changed.any()
    if kind == "masking":
        return changed.any() and black[changed].all()
    if kind == "salt_and_pepper":
        return (black | white)[changed].all() and 0.03 < (white & (clean < 255)).mean() < 0.2
    if kind == "gaussian":
        return changed.mean() > 0.4 and (clean == 0)[changed].any() and 0 < noisy.std() < 200
    rows, columns = changed.any(axis=(2,)), changed.any(axis=(1,))
    lengths = [np.ptp(np.flatnonzero(each)) + 1 for each in (*rows, *columns) if each.any()]
    return black[changed].all() and len(lengths) > 0 and max(lengths) <= 8


@pytest.mark.parametrize("kind", ["none", "masking", "salt_and_pepper", "gaussian", "square"])
def test_each_kind_is_what_the_network_is_given_and_what_the_strip_shows(restoring, kind):
    choose(restoring, kind)
    pause(restoring)
    given = [greys(restoring, f"#current-{name}")[None] for name in ("image", "corrupted")]
    clean, noisy, restored = strip(restoring)
    if kind != "square":  # one may lie where a single digit is black anyway
        assert is_of_kind(kind, *given)
    assert is_of_kind(kind, clean, noisy)
    assert (restored != noisy).any()


def test_the_slider_is_in_the_units_of_the_kind_and_each_kind_keeps_its_strength(restoring):
    visit = restoring

    def shown():
        visit.next_frames()
        ends = [visit.page.get_attribute("#noise", name) for name in ("max", "step")]
        return [visit.value("noise"), *ends, visit.text("noise-value"), visit.number("noise-value")]

    assert shown() == ["10", "90", "5", "10%", 0.1]
    visit.set_noise(30)
    choose(visit, "gaussian")
    assert shown() == ["0.3", "1", "0.05", "0.30", 0.3]
    visit.page.fill("#noise", "0.5")
    assert shown()[3:] == ["0.50", 0.5]
    choose(visit, "square")
    assert shown() == ["8", "20", "1", "8 px", 8]
    choose(visit, "none")
    assert shown()[3:] == ["none", 0]
    assert not visit.page.is_visible("#noise")
    choose(visit, "gaussian")
    assert shown()[3:] == ["0.50", 0.5]
    choose(visit, "masking")
    assert shown()[3:] == ["30%", 0.3]
    assert visit.page.is_visible("#noise")


def test_a_link_carries_the_kind_with_its_strength(restoring):
    visit = restoring
    choose(visit, "salt_and_pepper")
    visit.wait_until(HASH, "noise=salt_and_pepper:20")
    for text, kind, strength in (
        ("gaussian:0.45", "gaussian", 0.45),
        ("square:5", "square", 5),
        ("none", "none", 0),
        ("25", "masking", 0.25),
    ):
        visit.page.evaluate("text => { location.hash = `#noise=${text}`; }", text)
        visit.wait_until("kind => document.getElementById('corruption').value === kind", kind)
        assert visit.number("noise-value") == strength
        visit.wait_until(HASH, f"noise={text}")
    visit.page.evaluate("location.hash = '#noise=fog:1'")
    visit.expect_message("corruption must be one of")
    visit.close_message()
    assert visit.value("corruption") == "masking"


def test_noise_is_drawn_anew_now_and_then_on_the_same_digits(restoring):
    choose(restoring, "gaussian")
    restoring.next_frames()
    seen = restoring.page.evaluate(
        """async ([side, gap]) => {
            const canvas = document.getElementById("denoising-strip");
            const rows = () => {
                const pixels = pixelsOf(canvas), start = (side + gap) * canvas.width;
                return [String(pixels.slice(0, start)), String(pixels.slice(start, 2 * start))];
            };
            const seen = [new Set(), new Set()];
            const until = performance.now() + 7000;
            while (performance.now() < until) {
                await new Promise(requestAnimationFrame);
                rows().forEach((row, i) => seen[i].add(row));
            }
            return seen.map(row => row.size);
        }""",
        [SIDE, GAP],
    )
    assert seen[0] == 1
    assert 2 <= seen[1] <= 5


def test_what_is_restored_is_what_the_network_puts_out(restoring):
    choose(restoring, "salt_and_pepper")
    restoring.train(20_000)
    pause(restoring)
    _, noisy, restored = strip(restoring)
    net = Net.from_json(restoring.save())
    output = net.forward((noisy / 255).reshape(COUNT, -1).astype(np.float32))
    expected = np.clip(output.reshape(restored.shape) * 255, 0, 255)
    assert abs(restored - expected).max() <= 3
    assert restored.std() > 20
