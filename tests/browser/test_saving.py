"""Networks are saved and come back: through the page's field and through files, small and large."""

from __future__ import annotations

import copy
import json
import math
import re

import pytest
from definitions import CONVNETJS_TEXT, LAYERS, SMALL, numbers
from visit import Visit

from convnet import Net, parse_definition

LARGE = SMALL.replace("num_neurons=3", "num_neurons=200")
PIECE = 2**18  # of a text, which comes to Python in so long ones


def download(visit: Visit) -> tuple[str, str]:
    """The name and the text of the file that the page makes, in a browser without a save dialog."""
    visit.page.evaluate("delete window.showSaveFilePicker")
    with visit.page.expect_download() as download:
        visit.press("download-json")
    return download.value.suggested_filename, download.value.path().read_text(encoding="utf-8")


def open_file(visit: Visit, text: str) -> None:
    file = {"name": "network.json", "mimeType": "application/json", "buffer": text.encode()}
    visit.page.set_input_files("#open-json", file)


def test_what_is_saved_is_the_network_as_convnetjs_writes_it(fresh_visit):
    layers = fresh_visit.save()["layers"]
    assert [(layer["layer_type"], layer["out_depth"]) for layer in layers[1:]] == LAYERS[1:]
    first = layers[0]
    assert (first["layer_type"], first["out_sx"], first["out_sy"]) == ("input", 28, 28)
    inputs = 784
    for layer in layers:
        if layer["layer_type"] == "fc":
            assert layer["num_inputs"] == inputs
            assert len(layer["filters"]) == layer["out_depth"]
            assert {len(f["w"]) for f in layer["filters"]} == {inputs}
            assert {f["depth"] * f["sx"] * f["sy"] for f in layer["filters"]} == {inputs}
            assert len(layer["biases"]["w"]) == layer["out_depth"]
            inputs = layer["out_depth"]
    assert all(map(math.isfinite, numbers({"layers": layers})))
    assert len(set(numbers({"layers": layers}))) > 40_000


def test_what_was_saved_is_what_is_loaded(fresh_visit):
    visit = fresh_visit
    visit.train(1000)
    visit.pause()
    saved = visit.save()
    visit.resume()
    visit.train(2000)
    visit.pause()
    assert numbers(visit.save()) != numbers(saved)
    visit.load(saved)
    assert numbers(visit.save()) == numbers(saved)
    assert visit.message == ""
    visit.resume()
    visit.train(1000)


def test_what_a_browser_wrote_with_convnetjs_is_loaded(fresh_visit):
    visit = fresh_visit
    layer_defs, _ = parse_definition(CONVNETJS_TEXT)
    network = json.loads(json.dumps(Net(layer_defs, seed=5).to_json()))
    foreign = copy.deepcopy(network)
    for layer in foreign["layers"]:
        for volume in (
            *layer.get("filters", []),
            *([layer["biases"]] if "biases" in layer else []),
        ):
            volume["w"] = {str(index): value for index, value in enumerate(volume["w"])}
    visit.pause()
    visit.load(foreign)
    assert visit.number("examples-seen") == 0
    assert numbers(visit.save()) == numbers(network)
    assert visit.message == ""
    visit.resume()
    visit.train(1000)


def test_what_is_downloaded_is_what_is_saved(fresh_visit):
    visit = fresh_visit
    visit.train(1000)
    visit.halt()
    name, text = download(visit)
    seen = f"{visit.number('examples-seen'):.0f}"
    assert re.fullmatch(rf"autoencoder-784-50-50-2-50-50-784-\d{{4}}-\d\d-\d\d-{seen}\.json", name)
    visit.save()
    assert visit.value("snapshot-json") == text


def test_a_run_goes_on_from_a_file_and_again_from_the_same(fresh_visit):
    visit = fresh_visit
    visit.pause()
    _, text = download(visit)
    seen = json.loads(text)["convnet_py"]["session"]["examples_seen"]
    for _ in range(2):
        visit.resume()
        visit.train(1000)
        visit.pause()
        open_file(visit, text)
        visit.wait_until(
            "seen => Number(document.getElementById('examples-seen').dataset.value) === seen", seen
        )
        assert numbers(visit.save()) == numbers(json.loads(text))
    assert visit.message == ""


@pytest.mark.parametrize("way", ["field", "file"])
def test_characters_on_the_border_of_two_pieces_stay_whole(fresh_visit, way):
    visit = fresh_visit
    visit.define(SMALL)
    snapshot = visit.save()
    definition = SMALL + "# " + 9 * "\U0001f600"
    snapshot["convnet_py"]["session"]["definition"] = definition
    text = json.dumps(snapshot, ensure_ascii=False)
    # The border is 9 places into them, or 6 behind a byte order mark: in the middle of one.
    text = " " * (2 * PIECE - 9 - text.index("\U0001f600")) + text
    if way == "file":
        open_file(visit, "\ufeff" + text)
    else:
        visit.load(text)
    visit.wait_until(
        "definition => document.getElementById('definition').value === definition", definition
    )
    assert visit.message == ""


def test_frames_pass_while_a_large_network_is_saved_and_while_it_is_loaded(fresh_visit):
    visit = fresh_visit
    visit.define(LARGE)
    visit.pause()
    visit.write("snapshot-json", "")
    count = """async ([button, done]) => {
        let frames = 0;
        document.getElementById(button).click();
        for (; !document.querySelector(done); frames++) await new Promise(requestAnimationFrame);
        return frames;
    }"""
    assert visit.page.evaluate(count, ["save-json", "#snapshot-json.long"]) > 5
    snapshot = json.loads(visit.value("snapshot-json"))
    snapshot["convnet_py"]["trainer"]["options"]["learning_rate"] = 0.02
    visit.write("snapshot-json", json.dumps(snapshot))
    assert visit.page.evaluate(count, ["load-json", "#learning-rate[data-value='0.02']"]) > 5


def test_what_is_asked_for_meanwhile_comes_after_it(fresh_visit):
    visit = fresh_visit
    visit.define(LARGE)
    visit.save()
    visit.write("definition", SMALL)
    visit.page.evaluate(
        "['load-json', 'reload'].forEach(name => document.getElementById(name).click())"
    )
    visit.wait_until("document.querySelector('#layers [data-layer]').textContent === 'fc(3)'")
    for _ in range(60):
        visit.next_frames()
    assert visit.save()["layers"][1]["out_depth"] == 3


def begin_to_load(visit, megabytes):
    """Presses the button below a text that takes seconds to read, and is no snapshot in the end."""
    visit.page.evaluate(
        """megabytes => {
            const layer = '{"layer_type": "fc", "filters": [[0], [1], [2]], "out_depth": "1"},';
            const layers = layer.repeat(megabytes * 1e6 / layer.length);
            document.getElementById("snapshot-json").value = `{"layers": [${layers}0]}`;
        }""",
        megabytes,
    )
    visit.press("load-json")
    visit.page.wait_for_selector("#work:not([hidden])")


def test_a_long_text_shows_how_far_it_is_read_and_is_left_alone_when_cancelled(fresh_visit):
    visit = fresh_visit
    seen = visit.number("examples-seen")
    begin_to_load(visit, 60)
    assert "Reading" in visit.text("work-name")
    visit.wait_until("document.getElementById('work-progress').value > 0")
    visit.press("cancel")
    visit.page.wait_for_selector("#work", state="hidden")
    visit.train(1000)
    assert visit.number("examples-seen") > seen
    assert visit.message == ""
    visit.write("snapshot-json", "")


def test_another_network_does_not_wait_for_one_that_is_not_wanted_any_more(fresh_visit):
    visit = fresh_visit
    begin_to_load(visit, 60)
    visit.write("definition", SMALL)
    visit.press("reload")
    visit.wait_until("document.getElementById('reload-status').textContent.startsWith('Started')")
    visit.page.wait_for_selector("#work", state="hidden")
    assert visit.text("snapshot-status") == ""
    assert visit.message == ""
    visit.write("snapshot-json", "")
