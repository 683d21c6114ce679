"""Runs are compared: their curves on the loss graph together, and a table of what differs."""

from __future__ import annotations

import re

import pytest
from definitions import SMALL
from playwright.sync_api import expect
from watched import PATIENCE_MS

LEGEND = "#loss-graph .u-legend"
OWN_LINES = ("Loss", "Test loss", "PCA with 3")


@pytest.fixture
def comparing(new_visit):
    """A visit with a run on the page, paused, and two kept ones, in the open list."""
    visit = new_visit()
    visit.open()
    visit.train(20_000)
    visit.define(visit.first_definition)
    visit.set_noise(50)
    visit.train(20_000)
    visit.define(SMALL)
    visit.train(10_000)
    visit.pause()
    visit.press("decline")
    visit.unfold("kept-runs")
    expect(visit.page.locator("#kept-runs li")).to_have_count(3, timeout=PATIENCE_MS)
    visit.scroll_to("#loss-graph")
    for own in OWN_LINES:
        expect(visit.page.locator(LEGEND)).to_contain_text(own, timeout=PATIENCE_MS)
    visit.next_frames()
    return visit


def boxes(visit):
    return visit.page.locator("#kept-runs li:not(:has-text('open here')) input[type=checkbox]")


def wait_for_compared(visit, count: int) -> None:
    """Waits until the legend names so many runs besides the one on the page."""
    lines = visit.page.locator(f"{LEGEND} .u-series", has_text=re.compile("[A-Z]: "))
    expect(lines).to_have_count(count, timeout=PATIENCE_MS)


def value_of(visit, line: str):
    """What the legend says of a line."""
    label = visit.page.locator(".u-label", has_text=re.compile(f"^{line}"))
    return visit.page.locator(f"{LEGEND} .u-series").filter(has=label).locator(".u-value")


def table(visit) -> dict[str, list[str]]:
    rows = visit.page.eval_on_selector_all(
        "#compared-runs tr", "all => all.map(row => [...row.cells].map(cell => cell.textContent))"
    )
    return {label: values for label, *values in rows}


def test_ticked_runs_are_on_the_graph_with_dashes_of_their_own_and_go_again(comparing):
    visit = comparing
    alone = visit.pixels("#loss-graph canvas")
    assert visit.page.locator("#comparison").is_hidden()
    boxes(visit).nth(0).check()
    wait_for_compared(visit, 1)
    boxes(visit).nth(1).check()
    wait_for_compared(visit, 2)
    assert visit.pixels("#loss-graph canvas") != alone
    legend = visit.page.inner_text(LEGEND)
    assert "A: 784–50–50" in legend
    assert "B: 784–50–50" in legend
    samples = visit.page.eval_on_selector_all(
        f"{LEGEND} .u-marker[style]",
        "all => all.map(mark => mark.style.background.match(/\\d+px/g))",
    )
    assert len({" ".join(lengths) for lengths in samples}) == len(OWN_LINES) + 2
    fits = visit.page.evaluate(
        """() => {
            const legend = document.querySelector("#loss-graph .u-legend");
            const room = document.getElementById("loss-graph").getBoundingClientRect();
            return legend.getBoundingClientRect().bottom <= room.bottom + 0.5;
        }"""
    )
    assert fits
    boxes(visit).nth(0).uncheck()
    boxes(visit).nth(1).uncheck()
    wait_for_compared(visit, 0)
    assert visit.page.locator(".uplot").count() == 1
    expect(visit.page.locator("#comparison")).to_be_hidden()
    visit.wait_until(
        "alone => [...pixelsOf(document.querySelector('#loss-graph canvas'))]"
        ".every((pixel, i) => pixel === alone[i])",
        alone,
    )


def test_the_table_tells_what_differs_and_follows_the_run_on_the_page(comparing):
    visit = comparing
    boxes(visit).nth(0).check()
    boxes(visit).nth(1).check()
    wait_for_compared(visit, 2)
    visit.wait_until("document.querySelectorAll('#compared-runs tr:first-child th').length === 3")
    found = table(visit)
    assert found[""][0] == "This run"
    assert found["network"][0] == "784 – 3 tanh – 784"
    assert found["network"][1] == found["network"][2]
    assert found["noise"][0] == "50%"
    assert set(found["noise"][1:]) == {"10%", "50%"}
    assert "seed" not in found
    assert found["examples"][0] == f"{visit.number('examples-seen'):,.0f}"
    assert all(float(loss) > 0 for loss in found["loss"])
    visit.set_noise(20)
    visit.wait_until(
        "[...document.querySelectorAll('#compared-runs tr')].some(row =>"
        "row.textContent.startsWith('noise20%'))"
    )


def test_what_is_pointed_at_is_told_of_every_run(comparing):
    visit = comparing
    boxes(visit).nth(0).check()
    wait_for_compared(visit, 1)
    visit.page.click("#runs > summary")
    visit.scroll_to("#loss-graph")
    over = visit.page.locator("#loss-graph .u-over").bounding_box()
    at = lambda share: visit.page.mouse.move(  # noqa: E731
        over["x"] + share * over["width"], over["y"] + over["height"] / 2
    )
    number = re.compile(r"^[\d,.]+$")
    at(0.2)
    for line in ("Examples", "Loss", "A: "):
        expect(value_of(visit, line)).to_have_text(number, timeout=PATIENCE_MS)
    visit.press("clear-graph")
    at(0.21)
    expect(value_of(visit, "Loss")).to_have_text("–", timeout=PATIENCE_MS)
    expect(value_of(visit, "A: ")).to_have_text(number, timeout=PATIENCE_MS)
    visit.page.mouse.move(0, 0)


def test_another_run_on_the_page_leaves_the_others_on_the_graph_but_is_not_there_twice(comparing):
    visit = comparing
    boxes(visit).nth(0).check()
    boxes(visit).nth(1).check()
    wait_for_compared(visit, 2)
    visit.page.locator("#kept-runs li:has(:checked)").first.get_by_role(
        "button", name="Open"
    ).click()
    wait_for_compared(visit, 1)
    visit.resume()
    visit.train(2000)
    wait_for_compared(visit, 1)
    assert visit.message == ""
