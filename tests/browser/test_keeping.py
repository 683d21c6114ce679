"""No run is lost: it goes on after the tab was closed, and comes back where another took its place.

What is kept is compared by what the page saves of it, which holds every bit of a run.
"""

from __future__ import annotations

import os
import signal
from contextlib import suppress
from functools import partial
from types import SimpleNamespace

import pytest
from definitions import SMALL
from playwright.sync_api import Error
from visit import Visit
from watched import ABANDONED

LARGE = """
layer_defs = [
    dict(type="input", out_sx=28, out_sy=28, out_depth=1),
    dict(type="fc", num_neurons=300),
    dict(type="regression", num_neurons=28*28),
]
net = Net(layer_defs)
trainer = Trainer(net, method="adadelta", batch_size=50)
"""
"""Its record is larger than what goes into localStorage."""


def come_back(visit, state="paused"):
    """Closes the tab, as visitors do, and opens the page in another one."""
    visit.new_tab().close(run_before_unload=True)
    visit.page.goto(visit.url, wait_until="commit")
    visit.wait_for_state(state)
    visit.page.wait_for_selector("#pause:enabled")


def wait_until_kept(visit, examples=1):
    """Waits until the run that was kept last has seen so many examples; returns its line."""
    visit.wait_until(
        """examples => {
            const entries = Object.entries(localStorage)
                .filter(([name]) => name.startsWith("autoencoder:run:"))
                .map(([, text]) => JSON.parse(text));
            return entries.sort((a, b) => b.when - a.when)[0]?.examples >= examples;
        }""",
        examples,
    )
    return visit.kept()[0]


@pytest.mark.parametrize("definition", [None, LARGE], ids=["first", "large"])
def test_a_run_goes_on_with_the_same_bits_after_its_tab_was_closed(new_visit, definition):
    visit = new_visit(allowed=ABANDONED)
    visit.open()
    if definition:
        visit.define(definition)
    visit.train(2000)
    visit.set_noise(35)
    visit.pause()
    saved = visit.saved_run()
    wait_until_kept(visit, visit.number("examples-seen"))
    come_back(visit)
    assert f"after {visit.number('examples-seen'):,.0f} examples, as kept" in visit.offer
    assert visit.saved_run() == saved
    assert visit.number("noise-value") == 0.35
    visit.resume()
    visit.train(500)
    assert visit.message == ""


def test_what_was_trained_last_is_kept_while_the_tab_closes(new_visit):
    visit = new_visit(allowed=ABANDONED)
    visit.open()
    wait_until_kept(visit)
    visit.train(3000)
    visit.pause()
    seen = visit.number("examples-seen")
    come_back(visit)
    assert visit.number("examples-seen") == seen


def test_a_reload_goes_on_with_the_same_run(new_visit):
    visit = new_visit(allowed=ABANDONED)
    visit.open()
    wait_until_kept(visit)
    for _ in range(3):
        visit.page.reload(wait_until="commit")
        visit.wait_for_state("training")
        visit.wait_until("examplesShown.length > 0")
    assert min(visit.examples_shown()) > 0
    assert len(visit.kept()) == 1


def test_a_browser_that_is_killed_loses_no_more_than_was_trained_since(
    browser, launching, site, tmp_path
):
    launch = partial(browser.browser_type.launch_persistent_context, tmp_path, **launching)
    visit = Visit(SimpleNamespace(new_context=launch), site)
    visit.open()
    first = wait_until_kept(visit)
    visit.train(1000)
    kept = wait_until_kept(visit, first["examples"] + 1)  # by itself, 20 s later at most
    visit.train(1000)
    process = (tmp_path / "SingletonLock").readlink().name.rpartition("-")[2]
    os.kill(int(process), signal.SIGKILL)
    with suppress(Error):
        visit.close()
    (tmp_path / "SingletonLock").unlink(missing_ok=True)

    visit = Visit(SimpleNamespace(new_context=launch), site)
    visit.open()
    assert min(visit.examples_shown()) >= kept["examples"]
    assert "as kept" in visit.offer
    visit.close()


def undo(visit):
    """Takes what the page offers, and waits until another run is there."""
    visit.wait_until("/The one before had seen/.test(document.getElementById('offered').innerText)")
    seen = visit.number("examples-seen")
    visit.press("accept")
    visit.wait_until(
        "seen => Number(document.getElementById('examples-seen').dataset.value) !== seen", seen
    )


@pytest.mark.parametrize("how", ["reload", "load"])
def test_undo_brings_the_replaced_run_back_with_the_same_bits(fresh_visit, how):
    visit = fresh_visit
    visit.train(1000)
    visit.pause()
    other = visit.save()
    visit.resume()
    visit.train(2000)
    visit.pause()
    saved = visit.saved_run()
    if how == "reload":
        visit.define(SMALL)
    else:
        visit.load(other)
    undo(visit)
    assert visit.saved_run() == saved
    assert visit.value("definition") == saved["convnet_py"]["session"]["definition"]
    assert visit.offer == ""
    assert visit.message == ""


def test_a_replaced_run_stays_in_the_list_and_one_that_was_hardly_trained_does_not(new_visit):
    visit = new_visit(allowed=ABANDONED)
    visit.open()
    visit.train(2000)
    visit.pause()
    seen = visit.number("examples-seen")
    first = wait_until_kept(visit, seen)
    visit.press("reload")
    visit.wait_until("!document.getElementById('offer').hidden")
    visit.wait_until("Object.keys(localStorage).filter(n => /:run:/.test(n)).length === 2")
    other = visit.kept()[0]
    assert other["examples"] == 0
    undo(visit)
    visit.wait_until(f"localStorage.getItem('autoencoder:run:{other['key']}') === null")
    assert [(entry["key"], entry["examples"]) for entry in visit.kept()] == [(first["key"], seen)]


def test_start_afresh_begins_another_run_and_undo_takes_that_back(new_visit):
    visit = new_visit(allowed=ABANDONED)
    visit.open()
    visit.train(2000)
    visit.set_noise(40)
    visit.pause()
    saved = visit.saved_run()
    seen, seed = visit.number("examples-seen"), visit.number("seed")
    wait_until_kept(visit, seen)
    come_back(visit)
    visit.press("accept")
    visit.wait_for_state("training")
    visit.wait_until(f"/before had seen {seen:,.0f} /.test(document.body.innerText)")
    assert visit.number("noise-value") == 0.1
    assert visit.number("seed") != seed
    undo(visit)
    visit.wait_for_state("paused")
    assert visit.saved_run() == saved


def test_a_network_that_cannot_be_made_takes_nothing_and_offers_nothing(fresh_visit):
    visit = fresh_visit
    visit.pause()
    saved = visit.saved_run()
    visit.write("definition", "layers")
    visit.press("reload")
    visit.expect_message("line 1")
    assert visit.offer == ""
    assert visit.saved_run() == saved
    visit.close_message()


def test_what_is_set_for_this_browser_stays_set(new_visit):
    visit = new_visit(allowed=ABANDONED)
    visit.open()
    visit.wait_until("localStorage.length > 0")  # from here on things are kept
    visit.page.select_option("#hold", "5")
    visit.new_tab().close(run_before_unload=True)
    visit.open()
    visit.wait_until("document.getElementById('hold').value === '5'")
    assert visit.message == ""
