"""The first screenful is the learning, on a projector as on a phone; what is folded is aside."""

from __future__ import annotations

import pytest

SIZES = {
    "wide": (1400, 900),
    "laptop": (1280, 800),
    "projector": (1024, 768),
    "phone": (360, 740),
}
BOXES = """names => Object.fromEntries(names.map(name => {
    const {left, top, right, bottom} = document.querySelector(name).getBoundingClientRect();
    return [name, {left, top, right, bottom, width: right - left, height: bottom - top}];
}))"""


@pytest.fixture(params=SIZES)
def screen(request, visit):
    width, height = SIZES[request.param]
    visit.page.set_viewport_size({"width": width, "height": height})
    visit.page.evaluate("scrollTo(0, 0)")
    visit.next_frames()

    def boxes(*names):
        return visit.page.evaluate(BOXES, list(names))

    yield request.param, (width, height), boxes
    visit.page.set_viewport_size({"width": 1280, "height": 900})


def test_all_that_learns_is_seen_without_scrolling(screen):
    kind, (width, height), boxes = screen
    names = ["h1", "#pause", "#noise", "#total-loss", "#embedding", "#layers"]
    names += ["#current-image", "#current-corrupted", "#current-reconstruction", "#code"]
    if kind != "phone":
        names += ["#examples-seen", "#examples-per-second", "#restart", "#legend", "#loss-graph"]
        names += ["#download-json", "label[for=open-json]", "#snapshot > summary"]
    bottom = boxes(".at-hand")[".at-hand"]["top"] if kind == "phone" else height
    for name, box in boxes(*names).items():
        at_hand = name in ("#pause", "#noise", "#total-loss")
        assert box["width"] > 0, name
        assert box["left"] >= 0, name
        assert box["right"] <= width, name
        assert box["top"] >= 0, name
        assert box["bottom"] <= (height if at_hand else bottom), name


def test_map_pictures_and_graph_are_large(screen):
    kind, (_, height), boxes = screen
    found = boxes("#embedding", "#loss-graph", "#current-image", "#legend")
    least = {"wide": (0.7, 120), "laptop": (0.7, 100), "projector": (0.55, 90), "phone": (0.4, 64)}
    share, picture = least[kind]
    assert found["#embedding"]["height"] >= share * height
    assert found["#current-image"]["width"] >= picture
    assert found["#loss-graph"]["height"] >= 200
    if kind != "phone":
        assert found["#legend"]["left"] >= found["#embedding"]["right"]


def test_what_is_at_hand_stays_in_sight(screen, visit):
    _, (_, height), boxes = screen
    visit.page.evaluate("scrollTo(0, document.body.scrollHeight)")
    visit.next_frames()
    for name, box in boxes("#pause", "#noise", "#total-loss").items():
        assert 0 <= box["top"] < box["bottom"] <= height, name
    visit.page.evaluate("scrollTo(0, 0)")


def test_all_that_is_folded_can_be_open_at_once_and_moves_no_picture(screen, visit):
    _, _, boxes = screen
    pictures = ["#embedding", "#layers", "#current-image", "#pause"]
    before = boxes(*pictures)
    folded = visit.page.locator("details:not([open]) > summary:visible")
    opened = folded.count()
    while folded.count():
        folded.first.click()
    assert opened == visit.page.locator("details:visible").count() >= 4
    visit.page.evaluate("scrollTo(0, 0)")
    assert boxes(*pictures) == before
    for name in ("save-json", "load-json", "snapshot-json"):
        visit.page.click(f"#{name}", trial=True)
    visit.page.hover("#about dt")
    assert visit.page.is_visible("#forward-time")
    unfolded = visit.page.locator("details[open] > summary")
    while unfolded.count():
        unfolded.first.click()
    visit.page.evaluate("scrollTo(0, 0)")
    visit.close_message()


def test_escape_folds_what_one_is_in(visit):
    visit.page.click("#about > summary")
    visit.page.keyboard.press("Escape")
    assert not visit.page.is_visible("#about > .prose")
    assert visit.page.evaluate("document.activeElement.parentElement.id") == "about"


def test_nothing_is_too_small_for_the_last_row(visit):
    visit.page.set_viewport_size({"width": 1024, "height": 768})
    small = visit.page.evaluate(
        """() => [...document.querySelectorAll("body *")].filter(element =>
            [...element.childNodes].some(node => node.nodeType === 3 && node.data.trim())
            && element.checkVisibility() && parseFloat(getComputedStyle(element).fontSize) < 14)
            .map(element => element.outerHTML)"""
    )
    visit.page.set_viewport_size({"width": 1280, "height": 900})
    assert small == []


def test_where_there_is_no_full_screen_that_is_said(new_visit):
    visit = new_visit()
    visit.context.add_init_script("delete Document.prototype.fullscreenEnabled")
    visit.open()
    visit.press("map-full-screen")
    visit.expect_message("full screen")
    assert visit.state == "training"


def test_the_map_fills_the_screen_and_leaves_it_again(visit):
    size = "document.querySelector('#embedding').getBoundingClientRect().height / innerHeight"
    visit.press("map-full-screen")
    visit.wait_until("document.fullscreenElement?.id === 'map'")
    visit.next_frames()
    assert visit.page.evaluate(size) > 0.75
    visit.press("map-full-screen")
    visit.wait_until("document.fullscreenElement === null")
