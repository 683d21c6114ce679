"""The list of kept runs: they are opened, copied, named, taken along, deleted."""

from __future__ import annotations

import json

import pytest
from definitions import SMALL, numbers
from playwright.sync_api import expect
from visit import Visit
from watched import PATIENCE_MS

HOSTILE = '<img src=x onerror="alert(1)">{{7*7}}\u202e\u0000\'"'


@pytest.fixture
def listing(new_visit):
    """A visit with two kept runs, the small one on the page and paused, and their list open."""
    visit = new_visit()
    visit.open()
    visit.train(3000)
    visit.define(SMALL)
    visit.train(3000)
    visit.pause()
    visit.press("decline")
    visit.unfold("kept-runs")
    wait_for_rows(visit, 2)
    return visit


def row(visit: Visit, words: str):
    """The list's line that says something."""
    return visit.page.locator("#kept-runs li", has_text=words)


def wait_for_rows(visit: Visit, count: int) -> None:
    expect(visit.page.locator("#kept-runs li")).to_have_count(count, timeout=PATIENCE_MS)


def act(visit: Visit, words: str, name: str) -> None:
    row(visit, words).get_by_role("button", name=name, exact=True).click()


def wait_for_first_layer(visit: Visit, words: str) -> None:
    visit.wait_until(
        "words => document.querySelector('#layers [data-layer]').textContent.includes(words)", words
    )


FIRST_ONE, SMALL_ONE = "784–50–50–2–50–50–784", "784–3–784"


def test_the_list_tells_of_every_run_and_which_is_open(listing):
    visit = listing
    expect(row(visit, "open here")).to_have_count(1)
    assert "adadelta" in row(visit, FIRST_ONE).inner_text()
    assert "examples · loss" in row(visit, FIRST_ONE).inner_text()
    assert row(visit, FIRST_ONE).locator("time").get_attribute("title")
    picture = row(visit, FIRST_ONE).locator("img")
    visit.wait_until("image => image.naturalWidth > 0", picture.element_handle())
    for name in ("Open", "Delete"):
        expect(row(visit, "open here").get_by_role("button", name=name)).to_be_disabled()
    visit.wait_until("/2 kept runs take .* MB/.test(document.getElementById('room').textContent)")


def test_a_run_is_opened_and_the_other_stays(listing):
    visit = listing
    small = visit.number("examples-seen")
    act(visit, FIRST_ONE, "Open")
    wait_for_first_layer(visit, "50")
    expect(row(visit, "open here")).to_contain_text(FIRST_ONE, timeout=PATIENCE_MS)
    wait_for_rows(visit, 2)
    visit.pause()
    act(visit, SMALL_ONE, "Open")
    visit.wait_until(
        "seen => Number(document.getElementById('examples-seen').dataset.value) >= seen", small
    )
    assert visit.message == ""


def test_names_are_given_and_stay_text(listing):
    visit = listing
    asked = []
    visit.page.on("dialog", lambda dialog: asked.append(dialog.message))
    field = row(visit, FIRST_ONE).locator("input[type=text]")
    field.fill(HOSTILE)
    field.press("Enter")
    visit.wait_until(
        """name => Object.keys(localStorage).some(key =>
            key.startsWith("autoencoder:run:") && JSON.parse(localStorage[key]).name === name)""",
        HOSTILE,
    )
    act(visit, FIRST_ONE, "Delete")
    visit.wait_until("document.getElementById('offered').textContent.includes('onerror')")
    visit.press("accept")
    wait_for_rows(visit, 2)
    row(visit, FIRST_ONE).locator("input[type=checkbox]").check()
    visit.wait_until(
        "document.querySelector('#loss-graph .u-legend').textContent.includes('onerror')"
    )
    assert visit.page.locator("img[src=x]").count() == 0
    assert not asked
    assert row(visit, FIRST_ONE).locator("input[type=text]").input_value().startswith("<img")


def test_a_run_is_copied_and_the_copy_goes_its_own_way(listing):
    visit = listing
    act(visit, FIRST_ONE, "Duplicate")
    wait_for_rows(visit, 3)
    visit.wait_until(
        "[...document.querySelectorAll('#kept-runs input[type=text]')]"
        ".some(field => field.value.startsWith('Copy of 784–50'))"
    )


def test_what_is_downloaded_goes_on_elsewhere_and_the_run_on_the_page_stays(listing, new_visit):
    visit = listing
    before = visit.save()
    with visit.page.expect_download() as download:
        act(visit, FIRST_ONE, "Download")
    assert download.value.suggested_filename.startswith("autoencoder-784-50-50-2-50-50-784-20")
    text = download.value.path().read_text(encoding="utf-8")
    assert numbers(visit.save()) == numbers(before)
    other = new_visit()
    other.open()
    other.pause()
    other.write("snapshot-json", text)
    other.press("load-json")
    other.wait_until("document.getElementById('snapshot-status').textContent.startsWith('Loaded')")
    assert numbers(other.save()) == numbers(json.loads(text))
    assert json.loads(text)["convnet_py"]["session"]["examples_seen"] >= 3000


def test_what_was_deleted_comes_back_with_undo(listing):
    visit = listing
    act(visit, FIRST_ONE, "Delete")
    wait_for_rows(visit, 1)
    visit.press("accept")
    wait_for_rows(visit, 2)
    act(visit, FIRST_ONE, "Open")
    wait_for_first_layer(visit, "50")
    assert visit.message == ""


def test_a_damaged_run_is_set_aside_can_be_taken_along_and_deleted(listing):
    visit = listing
    visit.page.evaluate(
        """() => {
            const key = Object.keys(localStorage).find(key =>
                key.startsWith("autoencoder:run:") && localStorage[key].includes("adadelta"));
            localStorage[key.replace("run:", "damaged:")] = "<b>what is left</b>";
            localStorage.removeItem(key);
        }"""
    )
    visit.page.reload()
    visit.wait_for_state("paused")
    visit.unfold("kept-runs")
    damaged = visit.page.locator("#damaged-runs li")
    expect(damaged).to_have_count(1, timeout=PATIENCE_MS)
    with visit.page.expect_download() as download:
        damaged.get_by_role("button", name="Download what is left").click()
    assert "<b>what is left</b>" in download.value.path().read_text(errors="replace")
    damaged.get_by_role("button", name="Delete").click()
    expect(damaged).to_have_count(0, timeout=PATIENCE_MS)
    kept = visit.page.evaluate(
        "Object.keys(localStorage).filter(key => key.startsWith('autoencoder:damaged'))"
    )
    assert kept == []


def test_two_tabs_list_each_other(listing):
    visit = listing
    tab = visit.context.new_page()
    tab.goto(visit.url)
    tab.wait_for_selector("body[data-state=training]", timeout=PATIENCE_MS)
    tab.wait_for_selector("#restart:enabled", timeout=PATIENCE_MS)
    tab.click("#runs > summary")
    elsewhere = tab.locator("#kept-runs li", has_text="open in another tab")
    expect(elsewhere).to_have_count(1, timeout=PATIENCE_MS)
    expect(elsewhere.get_by_role("button", name="Delete")).to_be_disabled()
    visit.page.bring_to_front()
    expect(row(visit, "open in another tab")).to_have_count(1, timeout=PATIENCE_MS)
    expect(row(visit, "open here")).to_have_count(1)
    tab.close()


def test_a_list_of_hundreds_is_shown_between_frames_and_goes_when_the_sheet_closes(listing):
    visit = listing
    visit.page.click("#runs > summary")
    wait_for_rows(visit, 0)
    visit.page.evaluate(
        """() => {
            const name = Object.keys(localStorage).find(key => key.startsWith("autoencoder:run:"));
            const entry = JSON.parse(localStorage[name]);
            for (let i = 0; i < 1000; i++) {
                const key = i.toString(16).padStart(16, "0");
                const line = {...entry, key, thumbnail: "", when: i, name: `run ${i}`};
                localStorage[`autoencoder:run:${key}`] = JSON.stringify(line);
            }
        }"""
    )
    visit.page.reload()
    visit.wait_for_state("paused")
    visit.wait_until("!document.getElementById('restart').disabled")
    frames = visit.page.evaluate(
        """async () => {
            let frames = 0;
            document.querySelector("#runs > summary").click();
            for (; document.querySelectorAll("#kept-runs li").length < 1002; frames++) {
                await new Promise(requestAnimationFrame);
            }
            return frames;
        }"""
    )
    assert frames > 5
    names = visit.page.eval_on_selector_all(
        "#kept-runs input[type=text]", "all => all.map(field => field.value).filter(Boolean)"
    )
    assert names[-2:] == ["run 1", "run 0"]
