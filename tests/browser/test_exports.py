"""Pictures and tables leave the page as they are seen there."""

from __future__ import annotations

import csv
import io

import pytest
from visit import Visit


def download(visit, name):
    """The suggested name and the bytes of a file that the page makes."""
    with visit.page.expect_download() as download:
        visit.press(name)
    return download.value.suggested_filename, download.value.path().read_bytes()


def decoded(visit, data):
    """A PNG's width, height and number of colours, as a browser decodes it."""
    return visit.page.evaluate(
        """async bytes => {
            const image = await createImageBitmap(new Blob([new Uint8Array(bytes)]));
            const canvas = new OffscreenCanvas(image.width, image.height);
            canvas.getContext("2d").drawImage(image, 0, 0);
            return [image.width, image.height, coloursOf(canvas)];
        }""",
        list(data),
    )


@pytest.fixture(scope="module", params=["light", "dark"])
def trained(request, browser, site):
    """A page that has trained for a while and rests."""
    visit = Visit(browser, f"{site}#seed=7&examples=30000", color_scheme=request.param)
    visit.page.goto(visit.url)
    visit.wait_for_state("paused")
    visit.wait_until("document.getElementById('examples-seen').dataset.value === '30000'")
    visit.page.wait_for_selector("#presets li", state="attached")
    yield visit
    visit.check()
    visit.close()


@pytest.mark.parametrize(
    ("name", "panel", "canvas"),
    [
        ("map", "map", "#embedding"),
        ("loss", "loss-graph", "#loss-graph canvas"),
        ("network", "network", "#network canvas"),
    ],
)
def test_pictures_are_twice_as_large_as_they_are_seen(trained, name, panel, canvas):
    visit = trained
    if name == "network":
        visit.scroll_to("#network-section")
    visit.wait_until("selector => coloursOf(document.querySelector(selector)) > 10", canvas)
    file, data = download(visit, f"export-{name}")
    assert file.startswith(f"{name}-784-50-50-2-50-50-784-20")
    assert file.endswith("-30000.png")
    width, height, colours = decoded(visit, data)
    seen = visit.page.evaluate(
        "id => { const box = document.getElementById(id).getBoundingClientRect(); "
        "return [box.width, box.height]; }",
        panel,
    )
    assert [width, height] == pytest.approx([2 * length for length in seen], abs=1)
    assert colours > 100
    assert visit.message == ""


def test_pictures_are_in_the_colours_that_the_page_has(trained):
    _, data = download(trained, "export-loss")
    background, shown = trained.page.evaluate(
        """async bytes => {
            const image = await createImageBitmap(new Blob([new Uint8Array(bytes)]));
            const context = new OffscreenCanvas(image.width, image.height).getContext("2d");
            context.drawImage(image, 0, 0);
            const colour = getComputedStyle(document.getElementById("loss")).backgroundColor;
            return [[...context.getImageData(1, 1, 1, 1).data.slice(0, 3)].join(", "), colour];
        }""",
        list(data),
    )
    assert shown == f"rgb({background})"


def test_what_is_hidden_has_no_picture(trained):
    visit = trained
    visit.page.evaluate("document.getElementById('map').classList.add('away')")
    visit.press("export-map")
    visit.expect_message("hidden")
    visit.page.evaluate("document.getElementById('map').classList.remove('away')")
    visit.close_message()


def test_the_curve_as_a_table_is_what_is_saved(trained):
    visit = trained
    visit.wait_until("document.getElementById('test-loss').dataset.value !== undefined")
    file, data = download(visit, "export-curve")
    assert file.startswith("curve-784-50-50-2-50-50-784-20")
    assert file.endswith("-30000.csv")
    header, *rows = csv.reader(io.StringIO(data.decode()))
    curve = visit.save()["convnet_py"]["session"]["curve"]
    assert header == ["examples", "loss", *curve["others"]]
    assert header[2:] == ["test loss"]
    assert [int(row[0]) for row in rows] == curve["examples"]
    assert [float(row[1]) for row in rows] == curve["losses"]
    others = [float(row[2]) if row[2] else None for row in rows]
    assert others == curve["others"]["test loss"]


def test_the_codes_as_a_table_are_what_the_network_says_of_the_digits(trained):
    visit = trained
    _, data = download(visit, "export-codes")
    header, *rows = csv.reader(io.StringIO(data.decode()))
    assert header == ["index", "class", "neuron 0", "neuron 1"]
    assert [int(row[0]) for row in rows] == list(range(200))
    assert {int(row[1]) for row in rows} == set(range(10))
    low, high = visit.page.evaluate(
        "(({low, high}) => [+low, +high])(document.getElementById('map-across').dataset)"
    )
    across = [float(row[2]) for row in rows]
    assert low < min(across) < max(across) < high
