"""A browser that keeps nothing, has no room left, or whose storage was changed by hand: one notice
says so, training goes on, and nothing is lost that is there.
"""

from __future__ import annotations

import json

import pytest
from visit import Visit
from watched import ABANDONED

RUN, DATA, DAMAGED = (f"autoencoder:{name}:" for name in ("run", "data", "damaged"))

ELSEWHERE = f"{ABANDONED.pattern}|favicon"
"""What a browser says when the page is left, and on pages that are none."""

FILL = """() => {
    let text = "x".repeat(2 ** 20), count = 0;
    while (text.length) {
        try { localStorage.setItem(`other${count}`, text); count += 1; }
        catch { text = text.slice(0, text.length >> 1); }
    }
}"""
"""Fills localStorage to the last character."""

CHANGE_RECORDS = """async () => {
    for (const name of Object.keys(localStorage)) {
        if (name.startsWith("autoencoder:data:")) {
            const text = localStorage.getItem(name);
            const half = text.length >> 1;
            const changed = text[half] === "A" ? "B" : "A";
            localStorage.setItem(name, text.slice(0, half) + changed + text.slice(half + 1));
        }
    }
}"""

KEYS_OF_RECORDS = """() => new Promise((resolve, reject) => {
    const request = indexedDB.open("autoencoder:runs");
    request.onerror = reject;
    request.onsuccess = () => {
        const heads = request.result.transaction("heads").objectStore("heads");
        heads.getAllKeys().onsuccess = (event) => resolve(event.target.result);
    };
})"""

FORGET_CHUNKS = """() => new Promise((resolve, reject) => {
    const request = indexedDB.open("autoencoder:runs");
    request.onerror = reject;
    request.onsuccess = () => {
        const transaction = request.result.transaction("chunks", "readwrite");
        transaction.objectStore("chunks").clear();
        transaction.oncomplete = resolve;
    };
})"""


def names(visit, prefix):
    """What stands in localStorage under names that begin so, without that beginning."""
    return visit.page.evaluate(
        """prefix => Object.keys(localStorage)
            .filter(name => name.startsWith(prefix)).map(name => name.slice(prefix.length))""",
        prefix,
    )


def wait_until_kept(visit):
    visit.wait_until("Object.keys(localStorage).some(n => n.startsWith('autoencoder:data:'))")


def come_back(visit, script=None, argument=None):
    """Leaves the page, changes what it has kept, and opens it again."""
    address = visit.url + "assets/icon.svg"  # of the same origin, without the page
    visit.page.goto(address)
    if script:
        visit.page.evaluate(script, argument)
    visit.open()
    visit.train(500)


def test_where_site_data_are_blocked_one_notice_says_so(browser_that, site):
    visit = Visit(browser_that(default_content_setting_values={"cookies": 2}), site)
    visit.open()
    message = visit.expect_message("keeps nothing")
    visit.train(2000)
    visit.pause()
    saved = visit.saved_run()
    visit.press("reload")
    visit.wait_until("!document.getElementById('offer').hidden")
    visit.wait_until("examplesShown.at(-1) === 0")
    visit.press("accept")
    visit.wait_until("examplesShown.at(-1) > 0")
    assert visit.saved_run() == saved, "undo needs no storage"
    assert visit.message == message
    visit.close()
    visit.check()


LISTED = "count => Object.keys(localStorage).filter(n => /:run:/.test(n)).length === count"


@pytest.mark.parametrize("indexed", [True, False], ids=["with IndexedDB", "without"])
def test_where_localstorage_is_full_the_run_before_is_not_deleted(new_visit, indexed):
    visit = new_visit(allowed="")
    if not indexed:
        visit.context.add_init_script("delete window.indexedDB")
    visit.open()
    wait_until_kept(visit)
    (key,) = names(visit, RUN)
    visit.page.evaluate(FILL)
    visit.train(1000)
    visit.page.evaluate("sessionStorage.clear()")
    visit.press("restart")
    if indexed:  # which has the record, so that there is room for the line
        visit.wait_until(LISTED, 2)
        assert visit.message == ""
    else:
        visit.expect_message("no room left")
    visit.train(2000)
    assert key in names(visit, RUN)
    assert key in names(visit, DATA) or key in visit.page.evaluate(KEYS_OF_RECORDS)
    visit.page.evaluate(
        "Object.keys(localStorage).forEach(n => /^other/.test(n) && localStorage.removeItem(n))"
    )
    visit.wait_until(LISTED, 2)


def test_a_run_that_could_not_be_listed_is_in_the_list_once_there_is_room(new_visit):
    visit = new_visit(allowed=ELSEWHERE)
    come_back(visit, FILL)
    visit.expect_message("no room left")
    assert names(visit, RUN) == []
    come_back(visit, "localStorage.clear()")
    visit.wait_until(LISTED, 2)
    assert visit.message == ""


@pytest.mark.parametrize("script", [CHANGE_RECORDS, FORGET_CHUNKS], ids=["changed", "gone"])
def test_a_damaged_record_is_set_aside_and_can_be_downloaded(new_visit, script):
    visit = new_visit(allowed=ELSEWHERE)
    visit.open()
    wait_until_kept(visit)
    (key,) = names(visit, RUN)
    if script is FORGET_CHUNKS:
        script = (
            f"async () => {{ localStorage.removeItem('{DATA}{key}'); await ({FORGET_CHUNKS})(); }}"
        )
    come_back(visit, script)
    visit.expect_message("damaged.*set aside")
    assert "set aside" in visit.offer
    assert names(visit, DAMAGED) == [key]
    assert key not in names(visit, RUN)
    with visit.page.expect_download() as download:
        visit.press("accept")
    line, _, record = download.value.path().read_bytes().partition(b"\n")
    assert json.loads(line)["key"] == key
    if key in names(visit, DATA):
        kept = visit.page.evaluate("name => localStorage.getItem(name)", DATA + key)
        assert record.startswith(kept.encode())

    come_back(visit)
    assert names(visit, DAMAGED) == [key], "it stays until the visitor deletes it"


HOSTILE = [
    "",
    "null",
    "{",
    "[" * 50_000,
    '<img src=x onerror="window.hacked = true">',
    json.dumps({"key": "0123456789abcdef", "name": 1}),
]


def test_hostile_lines_are_set_aside_and_the_run_goes_on(new_visit):
    visit = new_visit(allowed=ELSEWHERE)
    visit.open()
    wait_until_kept(visit)
    (key,) = names(visit, RUN)
    come_back(
        visit,
        """texts => texts.forEach((text, i) =>
            localStorage.setItem(`autoencoder:run:${String(i).padStart(16, "0")}`, text))""",
        HOSTILE,
    )
    assert names(visit, RUN) == [key]
    assert len(names(visit, DAMAGED)) == len(HOSTILE)
    assert min(visit.examples_shown()) > 0
    assert visit.page.evaluate("window.hacked") is None
    texts = visit.page.evaluate(
        "Object.entries(localStorage).filter(([n]) => /:damaged:/.test(n)).map(([, text]) => text)"
    )
    assert sorted(texts) == sorted(HOSTILE)


@pytest.mark.parametrize("text", ["", "null", "[]", '{"hold": "<b>"}', '{"hold": [], "keys": 1}'])
def test_settings_that_make_no_sense_are_left_as_they_are(new_visit, text):
    visit = new_visit(allowed=ELSEWHERE)
    visit.context.add_init_script(f"localStorage.setItem('autoencoder:settings', {text!r})")
    visit.open()
    visit.train(500)
    if "hold" in text:
        visit.expect_message("must be")
    assert visit.value("hold") == "2"
    visit.close_message()


def test_without_indexeddb_a_run_that_is_small_enough_goes_on(new_visit):
    visit = new_visit(allowed=ELSEWHERE)
    visit.context.add_init_script("IDBFactory.prototype.open = () => ({})")  # it never answers
    visit.open()
    visit.train(500)
    wait_until_kept(visit)
    come_back(visit)
    assert min(visit.examples_shown()) > 0
    assert visit.message == ""
