"""Zooming and panning the map, with mouse, keys and fingers."""

from __future__ import annotations

import pytest
from map_page import code, ends, point, still

# Zooming


def test_the_wheel_zooms_where_the_pointer_is(map_visit):
    still(map_visit)
    point(map_visit, 0.3, 0.6)
    map_visit.next_frames()
    before, pointed, scrolled = ends(map_visit), code(map_visit), map_visit.page.evaluate("scrollY")
    map_visit.page.mouse.wheel(0, -300)
    map_visit.wait_until(
        "low => Number(document.getElementById('map-across').dataset.low) > low", before[0]
    )
    after = ends(map_visit)
    assert after[1] - after[0] < 0.7 * (before[1] - before[0])
    assert code(map_visit) == pytest.approx(pointed, abs=1e-3 * (before[1] - before[0]))
    assert map_visit.page.evaluate("scrollY") == scrolled


def test_the_wheel_goes_on_scrolling_the_page_over_a_map_that_shows_all(map_visit):
    map_visit.page.evaluate("scrollTo(0, 0)")
    point(map_visit, 0.5, 0.5)
    before = ends(map_visit)
    map_visit.page.mouse.wheel(0, 200)
    map_visit.wait_until("scrollY > 0")
    map_visit.page.mouse.wheel(0, -50)
    map_visit.next_frames()
    still(map_visit)
    assert ends(map_visit)[1] - ends(map_visit)[0] >= 0.5 * (before[1] - before[0])


def test_dragging_moves_the_map_and_picks_nothing(map_visit):
    still(map_visit)
    before = ends(map_visit)
    x, y = point(map_visit, 0.5, 0.5)
    map_visit.page.mouse.down()
    map_visit.page.mouse.move(x + 60, y, steps=4)
    map_visit.page.mouse.up()
    map_visit.wait_until(
        "low => Number(document.getElementById('map-across').dataset.low) < low", before[0]
    )
    after = ends(map_visit)
    width = map_visit.page.locator("#embedding").bounding_box()["width"]
    assert after[0] == pytest.approx(before[0] - 60 / width * (before[1] - before[0]), rel=0.02)
    assert not map_visit.page.is_visible("#picked")
    map_visit.page.mouse.dblclick(x, y)
    still(map_visit)
    assert ends(map_visit) == pytest.approx(before)


def test_buttons_and_keys_zoom_too(map_visit):
    still(map_visit)
    before = ends(map_visit)
    map_visit.press("map-closer")
    map_visit.page.focus("#embedding")
    map_visit.page.keyboard.press("+")
    map_visit.wait_until(
        "low => Number(document.getElementById('map-across').dataset.low) > low", before[0]
    )
    map_visit.next_frames()
    assert ends(map_visit)[1] - ends(map_visit)[0] == pytest.approx((before[1] - before[0]) / 2.25)
    map_visit.press("map-farther")
    map_visit.press("map-fit")
    still(map_visit)
    assert ends(map_visit) == pytest.approx(before)


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
