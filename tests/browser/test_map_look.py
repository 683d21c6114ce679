"""What the map shows: pictures or dots, how many, the manifold, trails, axes."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from map_page import SIZE, decoder, ends, expected_greys, still

from convnet.minibatch import to_pixels

# How it looks


def test_the_manifold_is_what_the_decoder_draws_all_over_the_map(map_visit):
    map_visit.page.select_option("#map-style", "dots")
    still(map_visit)
    net = decoder(map_visit)
    map_visit.scroll_to("#embedding")
    before = map_visit.pixels("#embedding")
    map_visit.press("manifold")
    map_visit.page.mouse.move(1, 1)
    map_visit.wait_until("pixelsOf(document.getElementById('embedding')).every(Boolean)")
    still(map_visit)
    shown = np.array(map_visit.pixels("#embedding"), np.uint32).reshape(SIZE, SIZE)
    assert (shown != np.array(before, np.uint32).reshape(SIZE, SIZE)).mean() > 0.5
    assert (shown >> 24 == 255).all()
    left, right, bottom, top = ends(map_visit)
    # The first picture of the second row and column, in a corner where no digit lies.
    start = 28 - (23 * 28 - SIZE) // 2
    middle = (start + 14) / SIZE
    corner = [left + middle * (right - left), bottom + (1 - middle) * (top - bottom)]
    tile = (shown[start : start + 28, start : start + 28] & 255).astype(int)
    expected = expected_greys(net.forward_from(5, [corner])).reshape(28, 28)
    assert (np.abs(tile - expected) <= 1).mean() > 0.9  # where no digit lies over it
    map_visit.press("manifold")
    map_visit.page.mouse.move(1, 1)
    still(map_visit)
    assert map_visit.pixels("#embedding") == before


@pytest.mark.parametrize("style", ["pictures", "dots"])
def test_there_may_be_up_to_5000_digits(map_visit, style):
    map_visit.page.select_option("#map-style", style)
    still(map_visit)
    few = int(np.count_nonzero(map_visit.pixels("#embedding")))
    map_visit.page.select_option("#map-digits", "5000")
    map_visit.wait_until(
        "few => pixelsOf(document.getElementById('embedding')).filter(Boolean).length > 1.5 * few",
        few,
    )


def test_dots_have_the_colour_and_the_shape_that_the_legend_gives_their_class(map_visit, unseen):
    map_visit.page.select_option("#map-style", "dots")
    still(map_visit)
    shapes = map_visit.page.eval_on_selector_all(
        "#legend canvas", "all => all.map(canvas => [...pixelsOf(canvas)])"
    )
    assert len({tuple(map(bool, shape)) for shape in shapes}) == 10
    assert map_visit.page.is_visible("#legend canvas")
    net = decoder(map_visit)
    map_visit.scroll_to("#embedding")
    net.forward(to_pixels(unseen.images[:200]))
    left, right, bottom, top = ends(map_visit)
    places = (net.layers[5].out_act.reshape(200, 2) - [left, bottom]) / [right - left, top - bottom]
    shown = np.array(map_visit.pixels("#embedding"), np.uint32).reshape(SIZE, SIZE)
    whole = 0
    for place, label in zip(places, unseen.labels[:200], strict=True):
        x, y = (np.array([place[0], 1 - place[1]]) * SIZE - 5.5).round().astype(int)
        shape = np.array(shapes[label], np.uint32).reshape(11, 11)
        if min(x, y) < 0 or max(x, y) > SIZE - 11:
            continue
        whole += (shown[y : y + 11, x : x + 11][shape > 0] == shape[shape > 0]).all()
    assert whole > 50, "of so many nothing is covered"


def test_trails_show_where_digits_came_from(map_visit):
    map_visit.train(2000)
    still(map_visit)
    before = np.count_nonzero(map_visit.pixels("#embedding"))
    map_visit.press("trails")
    still(map_visit)
    assert np.count_nonzero(map_visit.pixels("#embedding")) > before + 100


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
    jumps = visit.page.evaluate(
        """async () => {
            const axis = document.getElementById("map-across").dataset;
            const seen = document.getElementById("examples-seen").dataset;
            const jumps = [];
            const until = Number(seen.value) + 20000;
            for (let high = axis.high; Number(seen.value) < until; ) {
                await new Promise(requestAnimationFrame);
                if (axis.high !== high) jumps.push(performance.now());
                high = axis.high;
            }
            return jumps;
        }"""
    )
    assert all(after - before > 1900 for before, after in pairwise(jumps))
