"""Files of the visitor's: the browser's save dialog, downloads, and what is dropped on the page."""

from __future__ import annotations

import json

import pytest
from definitions import SMALL, numbers
from visit import Visit

# A dialog in which the visitor chooses files of the browser's own, one after the other: what
# Chromium's dialog gives, it gives too, a FileSystemFileHandle. Headless, no one can answer that.
ANSWER = """names => {
    window.asked = [];
    window.showSaveFilePicker = async (options) => {
        asked.push(options.suggestedName);
        const folder = await navigator.storage.getDirectory();
        return folder.getFileHandle(names.shift(), {create: true});
    };
}"""
READ = """async name => {
    const folder = await navigator.storage.getDirectory();
    return (await (await folder.getFileHandle(name)).getFile()).text();
}"""
# What dragging files or text over the page and letting them fall there says to it.
DRAG = """([names, texts, last]) => {
    const dataTransfer = new DataTransfer();
    names.forEach((name, i) => dataTransfer.items.add(new File([texts[i]], name)));
    if (!names.length) dataTransfer.setData("text/plain", texts[0]);
    const place = document.getElementById("definition");
    return ["dragover", last].map(type => place.dispatchEvent(
        new DragEvent(type, {dataTransfer, bubbles: true, cancelable: true})));
}"""


@pytest.fixture
def choosing(new_visit):
    """A visit with a dialog that chooses one.json, and then two.json."""
    visit = new_visit()
    visit.open()
    visit.page.evaluate(ANSWER, ["one.json", "two.json"])
    yield visit
    visit.page.evaluate(
        """async () => {
            const folder = await navigator.storage.getDirectory();
            for await (const name of folder.keys()) await folder.removeEntry(name);
        }"""
    )


def save(visit: Visit, button: str = "download-json") -> str:
    """Saves to a file; returns what is said then."""
    visit.page.evaluate("document.getElementById('snapshot-status').textContent = ''")
    visit.press(button)
    visit.wait_until("document.getElementById('snapshot-status').textContent !== ''")
    return visit.text("snapshot-status")


def seen(text: str) -> int:
    return json.loads(text)["convnet_py"]["session"]["examples_seen"]


def drop(visit: Visit, *files: tuple[str, str]) -> None:
    names, texts = zip(*files, strict=True)
    visit.page.evaluate(DRAG, [names, texts, "drop"])


def snapshot_of(visit: Visit) -> dict:
    visit.define(SMALL)
    visit.train(1000)
    visit.pause()
    return visit.save()


def test_the_second_save_goes_to_the_same_file_and_save_as_to_another(choosing):
    visit = choosing
    visit.train(1000)
    assert "one.json" in save(visit)
    first = visit.page.evaluate(READ, "one.json")
    visit.train(1000)
    visit.halt()
    assert "one.json" in save(visit)
    (name,) = visit.page.evaluate("asked")
    second = visit.page.evaluate(READ, "one.json")
    assert str(seen(first)) in name
    assert seen(second) == visit.number("examples-seen") > seen(first)
    assert numbers(json.loads(second)) == numbers(visit.save())
    assert "two.json" in save(visit, "save-as")
    assert numbers(json.loads(visit.page.evaluate(READ, "two.json"))) == numbers(visit.save())


def test_another_network_is_not_written_over_what_was_saved(choosing):
    visit = choosing
    save(visit)
    kept = visit.page.evaluate(READ, "one.json")
    visit.define(SMALL)
    assert "two.json" in save(visit)
    assert visit.page.evaluate(READ, "one.json") == kept
    assert len(json.loads(visit.page.evaluate(READ, "two.json"))["layers"]) == 5


def test_a_file_that_cannot_be_written_is_said_and_asked_for_anew(choosing):
    visit = choosing
    save(visit)
    kept = visit.page.evaluate(READ, "one.json")
    tools, origin = visit.context.new_cdp_session(visit.page), {"origin": visit.url}
    tools.send("Storage.overrideQuotaForOrigin", origin | {"quotaSize": len(kept) + 1000})
    visit.press("download-json")
    visit.expect_message(r"one\.json could not be written \(QuotaExceededError\)")
    assert visit.page.evaluate(READ, "one.json") == kept
    tools.send("Storage.overrideQuotaForOrigin", origin)
    assert "two.json" in save(visit)
    assert visit.message == ""


def test_a_dialog_that_is_closed_saves_nothing_and_complains_of_nothing(visit):
    visit.press("download-json")  # headless, Chromium closes its dialog at once
    visit.train(10_000)
    assert visit.text("snapshot-status") == ""
    assert visit.message == ""
    visit.press("save-json")
    visit.wait_until("document.getElementById('snapshot-status').textContent.startsWith('Saved:')")


def test_in_a_frame_on_another_origin_saving_downloads(browser, site, framed):
    visit = Visit(browser, framed(site, 'width="900" height="700"'))
    visit.page.goto(visit.url)
    frame = visit.page.frame_locator("iframe")
    frame.locator("body[data-state=training]").wait_for()
    with visit.page.expect_download() as download:
        frame.locator("#download-json:enabled").click()
    assert download.value.suggested_filename.startswith("autoencoder-784-")
    visit.close()


def test_a_file_that_is_dropped_anywhere_is_opened(fresh_visit):
    visit = fresh_visit
    snapshot = snapshot_of(visit)
    visit.start_over()
    drop(visit, ("mine.json", json.dumps(snapshot)))
    visit.wait_until("document.querySelector('#layers [data-layer]').textContent === 'fc(3)'")
    visit.wait_until("document.getElementById('snapshot-status').textContent.startsWith('Loaded')")
    visit.pause()
    assert visit.number("examples-seen") >= snapshot["convnet_py"]["session"]["examples_seen"]
    assert visit.message == ""


def test_of_several_files_the_first_is_opened_and_that_is_said(fresh_visit):
    visit = fresh_visit
    snapshot = json.dumps(snapshot_of(visit))
    drop(visit, ("first.json", snapshot), ("second.json", "nonsense"))
    visit.wait_until(
        "document.getElementById('snapshot-status').textContent.includes("
        "'It is first.json, the first of 2 files.')"
    )
    assert visit.message == ""


@pytest.mark.parametrize("text", ["Dear network,", "\x00\x01\xff", "<b onclick=alert(1)>"])
def test_what_is_no_network_is_refused_when_it_is_dropped(visit, text):
    seen = visit.number("examples-seen")
    drop(visit, ("letter.txt", text))
    visit.expect_message("The snapshot is not JSON: line 1, column 1")
    visit.train(1000)
    assert visit.number("examples-seen") > seen
    visit.close_message()


def test_a_hint_is_there_while_a_file_is_dragged_and_text_goes_where_it_always_does(visit):
    hint = visit.page.locator("#drop-hint")
    entered, _ = visit.page.evaluate(DRAG, [["a.json"], ["{}"], "dragover"])
    assert not entered, "the browser would go to the file"
    assert hint.is_visible()
    visit.page.evaluate(DRAG, [["a.json"], ["{}"], "dragleave"])
    assert hint.is_hidden()
    assert visit.page.evaluate(DRAG, [[], ["words"], "drop"]) == [True, True]
    assert hint.is_hidden()


def test_before_python_is_awake_a_dropped_file_does_not_take_the_page_away(new_visit):
    visit = new_visit()
    python = visit.hold("**/pyodide.asm.wasm")
    visit.page.goto(visit.url, wait_until="commit")
    visit.page.wait_for_selector("#drop-hint", state="attached")
    dropped = """() => {
        const dataTransfer = new DataTransfer();
        dataTransfer.items.add(new File(["{}"], "a.json"));
        return !document.body.dispatchEvent(
            new DragEvent("drop", {dataTransfer, bubbles: true, cancelable: true}));
    }"""
    visit.wait_until(dropped)
    assert visit.page.locator("#drop-hint").is_hidden()
    python.open()
    visit.wait_for_state("training")
    assert visit.message == ""


def test_the_map_comes_back_as_it_was_saved_and_what_is_wrong_there_is_said(fresh_visit):
    visit = fresh_visit
    visit.page.click('#layers [data-layer="1"]')
    visit.press("cycle")
    visit.next_frames()
    status = visit.text("cycle-status")
    snapshot = visit.save()
    visit.start_over()
    assert visit.text("cycle-status") != status
    visit.write("snapshot-json", json.dumps(snapshot))
    visit.press("load-json")
    visit.wait_until("s => document.getElementById('cycle-status').textContent === s", status)
    assert visit.message == ""
    snapshot["convnet_py"]["session"]["settings"] |= {"map_layer": "<b>7</b>"}
    visit.write("snapshot-json", json.dumps(snapshot))
    visit.press("load-json")
    visit.expect_message("A layer must be a whole number")
    assert visit.page.locator("#message b").count() == 0
    visit.close_message()
