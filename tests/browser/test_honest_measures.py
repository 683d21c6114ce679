"""Learning or memorising: numbers on digits that the network never saw, checked from outside."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
from definitions import SMALL

ROOT = Path(__file__).parents[2]
KNOWN = "name => document.getElementById(name).dataset.value !== undefined"
NUMBERS = ("test-loss", "class-agreement", "pca-loss", "pca-agreement")
LEGEND = "[...document.querySelectorAll('#loss-graph .u-label')].map(each => each.textContent)"


@pytest.fixture(scope="module")
def loaded(loaded):
    """The shared visit, once principal components are known."""
    loaded.scroll_to("#loss")
    loaded.pause()  # there is more time for them so
    loaded.wait_until(KNOWN, "pca-loss")
    loaded.resume()
    return loaded


def evaluate(visit, folder):
    """What the command line says of the network on the page: its numbers, in order."""
    file = folder / "net.json"
    file.write_text(json.dumps(visit.save()))
    command = [sys.executable, "-m", "convnet", "evaluate", file, "--data", ROOT / "assets/mnist"]
    done = subprocess.run(command, cwd=ROOT / "py", capture_output=True, text=True, check=True)
    return [float(re.search(r": (\d+\.\d+)", line)[1]) for line in done.stdout.splitlines()]


def measured(visit):
    """The page's numbers of a network that stands still, over all test digits."""
    visit.scroll_to("#loss")
    visit.wait_until(
        f"names => names.every({KNOWN})"
        " && document.getElementById('test-over').textContent.startsWith('over 10,000')",
        NUMBERS,
    )
    return [visit.number(name) for name in NUMBERS]


def test_the_pages_numbers_are_those_of_the_command_line(fresh_visit, tmp_path):
    visit = fresh_visit
    visit.train(5000)
    visit.pause()
    assert measured(visit) == pytest.approx(evaluate(visit, tmp_path), abs=1e-4)
    assert visit.number("pca-loss") == pytest.approx(21.82, abs=0.01)


def test_while_it_stands_still_no_number_is_of_before(fresh_visit):
    visit = fresh_visit
    visit.train(2000)
    visit.scroll_to("#loss")
    visit.wait_until(KNOWN, "test-loss")
    visit.pause()
    first, *_ = measured(visit)
    visit.press("step")
    visit.wait_until(
        "before => Number(document.getElementById('test-loss').dataset.value) !== before"
        " && document.getElementById('test-loss').dataset.value !== undefined",
        first,
    )
    second, *_ = measured(visit)
    assert second != first
    assert second == pytest.approx(first, rel=0.1)


def test_another_code_has_another_line_to_beat(fresh_visit):
    visit = fresh_visit
    before = visit.number("pca-loss")
    visit.define(SMALL)
    visit.scroll_to("#loss")
    visit.wait_until(
        "before => (value => value && Number(value) < before)"
        "(document.getElementById('pca-loss').dataset.value)",
        before,
    )
    assert visit.number("pca-loss") == pytest.approx(20.23, abs=0.01)
    assert "PCA with 3 numbers" in visit.text("test-over")


def test_the_graph_has_the_test_loss_and_the_line_to_beat(fresh_visit):
    visit = fresh_visit
    visit.train(3000)
    visit.scroll_to("#loss")
    wanted = ["Examples", "Loss", "Test loss", "PCA with 2"]
    visit.wait_until(f"wanted => String({LEGEND}) === wanted", ",".join(wanted))
    visit.pause()
    canvas = "String([...pixelsOf(document.querySelector('#loss-graph canvas'))])"
    before = visit.page.evaluate(canvas)
    visit.press("log-scales")
    visit.wait_until(f"before => {canvas} !== before", before)
    assert visit.page.evaluate("document.querySelectorAll('#loss-graph .uplot').length") == 1
    visit.press("log-scales")


def test_with_the_same_noise_another_loss_is_measured_and_drawn(fresh_visit):
    visit = fresh_visit
    visit.train(20_000)
    visit.set_noise(90)
    visit.pause()
    clean, *_ = measured(visit)
    visit.press("test-noise")
    visit.wait_until("document.getElementById('test-over').textContent.includes('same noise')")
    noisy, *_ = measured(visit)
    assert abs(noisy - clean) > 0.1
    visit.wait_until(f"{LEGEND}.includes('Test loss with noise')")
    visit.press("test-noise")


def test_values_stand_below_the_pointer(fresh_visit):
    visit = fresh_visit
    visit.train(20_000)
    visit.scroll_to("#loss")
    values = "[...document.querySelectorAll('#loss-graph .u-value')].map(each => each.textContent)"
    visit.pause()
    measured(visit)
    visit.wait_until(f"{LEGEND}.includes('Test loss') && {LEGEND}.includes('PCA with 2')")
    visit.page.mouse.move(1, 1)
    last = visit.page.evaluate(values)
    over = visit.page.locator("#loss-graph .u-over").bounding_box()
    x, y = over["x"] + 0.3 * over["width"], over["y"] + 0.5 * over["height"]
    visit.page.mouse.move(x, y, steps=5)
    visit.wait_until(f"last => String({values}) !== last", ",".join(last))
    here = visit.page.evaluate(values)
    assert int(here[0].replace(",", "")) < int(last[0].replace(",", ""))
    visit.page.mouse.move(1, 1)


def test_off_screen_nothing_is_measured(fresh_visit):
    visit = fresh_visit
    visit.page.evaluate("scrollTo(0, document.body.scrollHeight)")
    visit.define(SMALL)
    visit.page.evaluate("scrollTo(0, document.body.scrollHeight)")
    visit.train(5000)
    assert visit.page.get_attribute("#test-loss", "data-value") is None
