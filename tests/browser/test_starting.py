"""The page starts by itself, wherever it is served, and survives being reloaded."""

from __future__ import annotations

import pytest
from visit import ABANDONED, Visit

SHARDS = [f"train-{number:02}.npz" for number in range(30)]


@pytest.fixture(scope="module", params=["site", "published"])
def held_visit(browser, request):
    """A visit, at the root of serve.py's server or below a sub-path of another, and a gate.

    Only the first shard has come, until the gate is opened.
    """
    visit = Visit(browser, request.getfixturevalue(request.param))
    gate = visit.hold(f"**/{SHARDS[1]}")
    visit.open()
    yield visit, gate
    visit.close()
    visit.check()


def test_training_begins_with_the_first_shard_and_the_others_stream_in(held_visit):
    visit, gate = held_visit
    visit.train(1000)
    assert [name for name in visit.answered if name in SHARDS] == SHARDS[:1]
    assert visit.answered.count("pyodide.asm.wasm") == 1
    gate.open()
    visit.wait_for_answer(SHARDS[-1])
    assert [name for name in visit.answered if name in SHARDS] == SHARDS
    visit.train(1000)
    assert visit.message == ""


def test_it_trains_and_its_loss_falls(held_visit):
    visit, gate = held_visit
    gate.open()
    assert visit.state == "training"
    first = visit.number("regression-loss")
    assert 0 < first < 100
    visit.wait_until(
        "first => Number(document.getElementById('regression-loss').dataset.value) < 0.95 * first",
        first,
    )
    shown = visit.examples_shown()
    assert shown == sorted(set(shown))
    assert visit.message == ""


def test_it_trains_where_python_was_not_compiled_ahead(new_visit, uncompiled):
    visit = new_visit(uncompiled)
    visit.open()
    visit.train(1000)
    assert visit.message == ""


def test_while_it_loads_it_says_what_and_how_much(new_visit):
    visit = new_visit()
    gate = visit.hold("**/*.whl")
    visit.page.goto(visit.url, wait_until="commit")
    visit.wait_until(r"/\d+\.\d of \d+\.\d MB/.test(document.body.innerText)")
    assert visit.state == "loading"
    bar = visit.page.get_by_role("progressbar", name="Loading")
    assert bar.is_visible()
    visit.wait_until("document.querySelector('progress').value > 0")
    assert visit.page.evaluate("document.querySelector('progress').position") < 1
    assert visit.page.locator("main button:enabled").count() == 0
    gate.open()
    visit.wait_for_state("training")
    assert bar.is_hidden()
    assert visit.page.locator("#pause:enabled").count() == 1


def test_a_reload_while_loading_starts_over(new_visit):
    visit = new_visit(allowed=ABANDONED)
    gate = visit.hold("**/pyodide.asm.wasm")
    visit.page.goto(visit.url, wait_until="commit")
    visit.wait_until("document.querySelector('progress').value > 0")
    gate.open()
    visit.page.reload(wait_until="commit")
    visit.wait_for_state("training")
    visit.train(1000)
    assert visit.message == ""


def test_a_reload_while_training_starts_over_and_so_does_coming_back(new_visit):
    visit = new_visit(allowed=ABANDONED)
    visit.open()
    visit.train(2000)
    visit.page.reload(wait_until="commit")
    visit.wait_for_state("training")
    visit.wait_until("examplesShown.length > 0")
    visit.page.goto("about:blank")
    visit.page.go_back(wait_until="commit")
    visit.wait_for_state("training")
    visit.wait_until("examplesShown.length > 0")
    visit.train(1000)
    assert visit.message == ""


def test_a_browser_without_a_language_will_do(new_visit):
    visit = new_visit()
    visit.context.add_init_script(
        'Object.defineProperty(navigator, "language", { value: "C", configurable: true })'
    )
    visit.open()
    visit.train(2000)
    assert visit.message == ""
    assert visit.page.locator("#loss-graph canvas").is_visible()


def test_without_javascript_it_says_what_it_needs(new_visit):
    visit = new_visit(java_script_enabled=False)
    visit.page.goto(visit.url)
    words = visit.page.locator("noscript")
    assert words.is_visible()
    assert "needs JavaScript and WebAssembly" in words.text_content()


@pytest.mark.parametrize(
    ("query", "backend", "reason"),
    [
        ("?compute=numpy", "NumPy", "as was asked for"),
        ("?compute=simd", "SIMD kernels", "compiled code, several numbers at a time"),
        ("?compute=<b>magic</b>", "SIMD kernels", "compiled code, several numbers at a time"),
    ],
)
def test_the_address_says_what_to_compute_with_and_the_page_says_why(
    new_visit, query, backend, reason
):
    visit = new_visit()
    visit.url += query
    visit.open()
    visit.train(500)
    assert (visit.text("backend"), visit.text("backend-reason")) == (backend, reason)
    assert visit.message == ""
