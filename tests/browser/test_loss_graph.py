"""The loss graph: what it shows, zooming, and that there is one of it."""

from __future__ import annotations

import re

# Notes what uPlot writes beside its axes.
NOTE_MARKS = """() => {
    const write = CanvasRenderingContext2D.prototype.fillText;
    window.marks = [];
    CanvasRenderingContext2D.prototype.fillText = function (text, ...place) {
        window.marks.push(text);
        return write.call(this, text, ...place);
    };
    window.endNotes = () => { CanvasRenderingContext2D.prototype.fillText = write; };
}"""


def legend(visit) -> str:
    return visit.page.inner_text("#loss-graph .u-legend")


def examples(visit) -> int:
    return int(re.search(r"[\d,]+", legend(visit))[0].replace(",", ""))


def test_a_change_of_light_and_dark_leaves_nothing_behind(visit):
    visit.page.evaluate(
        """() => {
            window.listeners = 0;
            for (const [name, change] of [["addEventListener", 1], ["removeEventListener", -1]]) {
                const original = window[name];
                window[name] = function (...all) {
                    window.listeners += change;
                    return original.apply(this, all);
                };
            }
        }"""
    )
    for scheme in ("dark", "light", "dark", "light"):
        old = visit.page.query_selector(".uplot")
        visit.page.emulate_media(color_scheme=scheme)
        visit.wait_until("old => !old.isConnected", old)
    assert visit.page.locator(".uplot").count() == 1
    assert visit.page.evaluate("window.listeners") == 0
    visit.page.evaluate("delete window.addEventListener; delete window.removeEventListener")


def test_at_rest_the_legend_tells_the_latest_loss(fresh_visit):
    visit = fresh_visit
    visit.page.mouse.move(0, 0)
    visit.scroll_to("#loss-graph")
    visit.train(5000)
    visit.wait_until(
        "/Examples.*[0-9,]+.*Loss.*[0-9]+\\.[0-9]{2}/s.test("
        "document.querySelector('#loss-graph .u-legend').textContent)"
    )
    visit.wait_until(
        """() => {
            const text = document.querySelector("#loss-graph .u-legend").textContent;
            return Number(text.match(/[0-9,]+/)[0].replaceAll(",", "")) > 4000;
        }"""
    )


def test_a_graph_that_is_cleared_has_an_empty_scale(fresh_visit):
    visit = fresh_visit
    visit.train(3000)
    visit.pause()
    visit.scroll_to("#loss-graph")
    visit.next_frames()
    visit.page.mouse.move(0, 0)
    visit.page.evaluate(NOTE_MARKS)
    visit.press("clear-graph")
    visit.wait_until(
        "document.querySelector('#loss-graph .u-legend').textContent.split('–').length === 3"
    )
    visit.wait_until("window.marks.includes('10k')")
    visit.page.evaluate("endNotes()")
    assert {"0", "10k", "100"} <= set(visit.page.evaluate("marks"))


def test_one_spike_does_not_flatten_all_the_rest(fresh_visit):
    visit = fresh_visit
    visit.train(1000)
    visit.pause()
    snapshot = visit.save()
    losses = [1e35, 200.0, *([20.0, 21.0] * 50)]
    snapshot["convnet_py"]["session"]["curve"] = {
        "examples": [200 * (i + 1) for i in range(len(losses))],
        "losses": losses,
        "stride": 200,
    }
    visit.resume()
    visit.train(1000)
    visit.pause()
    visit.scroll_to("#loss-graph")
    visit.page.evaluate(NOTE_MARKS)
    visit.load(snapshot)
    visit.scroll_to("#loss-graph")
    visit.wait_until("window.marks.some(mark => /^20\\.\\d+$/.test(mark))")
    visit.page.evaluate("endNotes()")


def test_other_series_are_drawn_with_dashes_of_their_own_and_named(fresh_visit):
    visit = fresh_visit
    visit.train(1000)
    visit.pause()
    snapshot = visit.save()
    visit.resume()
    visit.train(1000)
    visit.pause()
    visit.scroll_to("#loss-graph")
    visit.page.mouse.move(0, 0)
    visit.page.evaluate(
        """() => {
            window.dashes = new Set();
            const stroke = CanvasRenderingContext2D.prototype.stroke;
            CanvasRenderingContext2D.prototype.stroke = function (...path) {
                if (path.length) dashes.add(this.getLineDash().length);
                return stroke.apply(this, path);
            };
        }"""
    )
    count, stride = 60, 20_000  # beyond all that is measured of the run itself
    snapshot["convnet_py"]["session"]["curve"] = {
        "examples": [stride * (i + 1) for i in range(count)],
        "losses": [30 - 0.2 * i for i in range(count)],
        "stride": stride,
        "others": {"test": [35 - 0.2 * i if i % 20 == 0 else None for i in range(count)]},
    }
    visit.load(snapshot)
    visit.scroll_to("#loss-graph")
    visit.wait_until(
        "/Examples.*1,200,000.*Loss.*18.20.*Test.*27.00/s.test("
        "document.querySelector('#loss-graph .u-legend').textContent)"
    )
    visit.wait_until("dashes.has(0) && dashes.has(2)")
    saved = visit.save()["convnet_py"]["session"]["curve"]["others"]
    assert saved["test"] == snapshot["convnet_py"]["session"]["curve"]["others"]["test"]


def test_what_is_zoomed_into_stays_until_a_double_click(fresh_visit):
    visit = fresh_visit
    visit.train(20_000)
    visit.scroll_to("#loss-graph")
    visit.wait_until(
        "document.querySelector('#loss-graph .u-legend').textContent.includes('Test loss')"
    )
    visit.next_frames()
    over = visit.page.locator("#loss-graph .u-over").bounding_box()
    x, y = over["x"], over["y"] + over["height"] / 2
    at = lambda share: visit.page.mouse.move(x + share * over["width"], y)  # noqa: E731
    at(0.01)
    visit.next_frames()
    whole = examples(visit)
    at(0.5)
    visit.page.mouse.down()
    at(0.7)
    at(0.8)
    visit.page.mouse.up()
    at(0.01)
    visit.next_frames()
    zoomed = examples(visit)
    assert zoomed > 5 * whole
    visit.train(10_000)
    at(0.012)
    visit.next_frames()
    assert examples(visit) == zoomed
    visit.page.emulate_media(color_scheme="dark")  # the chart is made anew
    visit.next_frames()
    assert examples(visit) == zoomed
    visit.page.mouse.dblclick(x + 0.5 * over["width"], y)
    at(0.01)
    visit.next_frames()
    assert examples(visit) < zoomed / 5
    visit.page.mouse.move(0, 0)


def test_on_a_phone_the_legend_is_whole(visit):
    visit.page.set_viewport_size({"width": 360, "height": 740})
    visit.scroll_to("#loss-graph")
    visit.train(1000)
    visit.wait_until(
        """() => {
            const room = document.getElementById("loss-graph").getBoundingClientRect();
            const series = [...document.querySelectorAll("#loss-graph .u-series")];
            return series.length >= 2 && series.every(each => {
                const box = each.getBoundingClientRect();
                return box.bottom <= room.bottom + 0.5 && box.right <= room.right + 0.5;
            });
        }"""
    )
    visit.page.set_viewport_size({"width": 1280, "height": 900})
