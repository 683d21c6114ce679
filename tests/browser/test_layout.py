"""Things stay where one has them at hand, say what they did, and can be seen and printed."""

from __future__ import annotations

import re

import pytest
from definitions import CONVOLUTIONAL

WIDTHS = {"phone": 360, "tablet": 1024, "desktop": 1400}
PLACE = """names => names.map(name => {
    const box = document.getElementById(name).getBoundingClientRect();
    return [box.x + scrollX, box.y + scrollY].map(Math.round).join();
})"""


@pytest.fixture(params=WIDTHS)
def sized(request, fresh_visit):
    fresh_visit.page.set_viewport_size({"width": WIDTHS[request.param], "height": 900})
    fresh_visit.next_frames()
    yield fresh_visit
    fresh_visit.page.set_viewport_size({"width": 1280, "height": 900})


def test_another_network_moves_no_control(sized):
    visit = sized
    names = ["reload", "download-json", "keep", "layers", "embedding", "cycle", "loss-graph"]
    before = visit.page.evaluate(PLACE, names)
    visit.define(CONVOLUTIONAL)
    visit.wait_until("document.querySelectorAll('#network [data-layer]').length === 9")
    visit.page.evaluate("scrollTo(0, 0)")
    visit.next_frames()
    assert visit.page.evaluate(PLACE, names) == before


def test_choosing_what_the_map_shows_moves_nothing(sized):
    visit = sized
    names = ["embedding", "cycle", "legend"]
    before = visit.page.evaluate(PLACE, names)
    for layer in (1, 10, 5):
        visit.page.click(f'#layers [data-layer="{layer}"]')
        for _ in range(2):
            visit.press("cycle")
            visit.next_frames()
            assert visit.page.evaluate(PLACE, names) == before


def said(visit, name: str, pattern: str) -> None:
    visit.wait_until(
        "([name, pattern]) => new RegExp(pattern).test(document.getElementById(name).textContent)",
        [name, pattern],
    )


def test_what_a_button_did_is_said_beside_it(fresh_visit):
    visit = fresh_visit
    visit.press("reload")
    said(visit, "reload-status", r"^Started anew with [\d,]{5,} parameters\.$")
    visit.train(1000)
    visit.pause()
    visit.press("save-json")
    said(visit, "snapshot-status", r"^Saved: \d\.\d MB\.$")
    assert visit.text("reload-status") == ""
    visit.press("load-json")
    said(visit, "snapshot-status", r"^Loaded: goes on after [\d,]+ examples\.$")
    seen = f"{visit.number('examples-seen'):,.0f}"
    assert seen in visit.text("snapshot-status")
    for name in ("reload-status", "snapshot-status"):
        assert visit.page.get_by_role("status").locator(f"xpath=self::*[@id='{name}']").count() == 1


def test_on_a_phone_everything_is_large_enough_for_a_finger(visit):
    visit.page.set_viewport_size({"width": 360, "height": 740})
    small = visit.page.eval_on_selector_all(
        "main button, main summary, #learning-rate",
        "all => all.filter(e => e.getBoundingClientRect().height < 44).map(e => e.outerHTML)",
    )
    visit.page.set_viewport_size({"width": 1280, "height": 900})
    assert small == []


def test_layers_of_a_kind_have_names_of_their_own(fresh_visit):
    visit = fresh_visit
    buttons = visit.page.locator("#layers").get_by_role("button")
    names = re.findall(r'button "([^"]+)"', visit.page.locator("#layers").aria_snapshot())
    assert len(names) == buttons.count() == len(set(names)) == 10


# Colours


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_each_colour_of_the_legend_stands_out_or_is_outlined(visit, scheme):
    visit.page.emulate_media(color_scheme=scheme)
    visit.next_frames()
    outlines = visit.page.evaluate(
        """() => {
            const luminance = (colour) => {
                const [r, g, b] = colour.match(/[\\d.]+/g).map(c => c / 255)
                    .map(c => c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4);
                return 0.2126 * r + 0.7152 * g + 0.0722 * b;
            };
            const ground = luminance(getComputedStyle(document.querySelector("#map"))
                .backgroundColor);
            return [...document.querySelectorAll("#legend li")].map(item => {
                const {outlineColor, outlineWidth} = getComputedStyle(item);
                const [dark, light] = [ground, luminance(outlineColor)].sort((a, b) => a - b);
                return parseFloat(outlineWidth) && (light + 0.05) / (dark + 0.05);
            });
        }"""
    )
    visit.page.emulate_media(color_scheme="light")
    assert len(outlines) == 10
    assert min(outlines) >= 3


def test_with_forced_colours_classes_signs_and_the_choice_can_be_told_apart(visit):
    visit.page.emulate_media(forced_colors="active")
    visit.next_frames()
    colours = visit.page.evaluate(
        """() => {
            const of = (selector, name) => [...document.querySelectorAll(selector)]
                .map(element => getComputedStyle(element)[name]);
            return {
                legend: of("#legend li", "borderBottomColor"),
                signs: of(".swatch", "backgroundColor"),
                chosen: of("#layers [aria-pressed=true]", "backgroundColor"),
                others: of("#layers [aria-pressed=false]", "backgroundColor"),
                slider: of("#noise", "appearance"),
            };
        }"""
    )
    visit.page.emulate_media(forced_colors="none")
    assert len(set(colours["legend"])) == 10
    assert len(set(colours["signs"])) == 2
    assert not set(colours["chosen"]) & set(colours["others"])
    assert colours["slider"] == ["auto"]


# Paper


def test_what_is_off_screen_is_on_paper(new_visit):
    visit = new_visit(viewport={"width": 1000, "height": 200})
    visit.open()
    visit.wait_until("document.querySelectorAll('#network canvas').length > 10")
    visit.train(20_000)
    visit.pause()
    visit.page.evaluate(
        """() => document.querySelectorAll("#network canvas, #embedding").forEach(canvas =>
            canvas.getContext("2d").clearRect(0, 0, canvas.width, canvas.height))"""
    )
    visit.page.pdf()
    blank = visit.page.eval_on_selector_all(
        "#network canvas, #embedding, #loss-graph canvas",
        "all => all.filter(canvas => coloursOf(canvas) < 2).length",
    )
    assert blank == 0


def test_no_picture_is_cut_in_two_on_paper(visit):
    visit.page.emulate_media(media="print")
    breaks = visit.page.evaluate(
        """() => ["#map", "#loss", "#flow", "figure", ".layer"].map(selector =>
            getComputedStyle(document.querySelector(selector)).breakInside)"""
    )
    visit.page.emulate_media(media="screen")
    assert breaks == ["avoid"] * 5
