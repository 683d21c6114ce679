"""The page starts by itself, wherever it is served, and survives being reloaded."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Error, expect
from visit import Visit
from watched import ABANDONED, PATIENCE_MS

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
    visit.wait_until(r"/\d+\.\d of \d+\.\d MB/.test(document.body?.innerText)")
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
    visit.wait_until("document.querySelector('progress')?.value > 0")
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


# Browsers that keep nothing

DENIED = 'throw new DOMException("denied", "SecurityError")'


@pytest.mark.parametrize(
    "script",
    [
        f"Object.defineProperty(window, 'indexedDB', {{ get() {{ {DENIED} }} }})",
        f"IDBFactory.prototype.open = () => {{ {DENIED} }}",
        "Object.defineProperty(window, 'indexedDB', { value: null })",
        "delete window.indexedDB",
        "IDBFactory.prototype.open = () => ({})",
        "IDBFactory.prototype.open = () => {"
        "  const request = {}; setTimeout(() => request.onerror(new Event('error')));"
        "  return request }",
    ],
    ids=["throws", "denies", "is null", "is absent", "never answers", "errs"],
)
def test_it_starts_where_indexeddb_cannot_be_used(new_visit, script):
    visit = new_visit()
    visit.context.add_init_script(script)
    visit.open()
    visit.train(500)
    assert visit.message == ""


INDEXEDDB = """
new Promise((resolve) => {
  const request = indexedDB.open("database");
  request.onsuccess = () => resolve("open");
  request.onerror = () => resolve("denied");
}).catch(() => "denied")
"""


def test_it_starts_where_all_site_data_are_blocked(browser_that, site):
    visit = Visit(browser_that(default_content_setting_values={"cookies": 2}), site)
    visit.open()
    visit.train(500)
    visit.expect_message("keeps nothing")
    assert visit.page.evaluate(INDEXEDDB) == "denied"
    visit.close()
    visit.check()


def test_a_browser_that_keeps_things_still_does_after_the_start(loaded):
    assert loaded.page.evaluate(INDEXEDDB) == "open"


def test_it_starts_in_another_sites_frame(browser_that, site, framed):
    address = framed(site).replace("127.0.0.1", "localhost")
    blocked = {"cookie_controls_mode": 1, "block_third_party_cookies": True}
    visit = Visit(browser_that(**blocked), address)
    visit.page.goto(visit.url)
    frame = visit.page.frame_locator("iframe")
    frame.locator('body[data-state="training"]').wait_for()
    expect(frame.locator("#message")).to_contain_text("keeps nothing", timeout=PATIENCE_MS)
    visit.close()


@pytest.mark.parametrize("allowed", ["", "allow-scripts"])
def test_in_a_sandboxed_frame_it_says_what_it_needs(browser, site, framed, allowed):
    page = browser.new_page()
    page.goto(framed(site, f'sandbox="{allowed}"'))
    words = page.frame_locator("iframe").locator("#loading-status")
    words.wait_for()
    assert "needs JavaScript and WebAssembly" in words.text_content()
    assert "sandboxed" in words.text_content()
    page.close()


def test_in_a_sandboxed_frame_of_a_host_that_lets_all_read_it_says_why(browser, published, framed):
    """As on GitHub Pages, scripts come there, and find that they have no origin."""
    page = browser.new_page()
    page.route(f"{published}**", let_all_read)
    page.goto(framed(published, 'sandbox="allow-scripts"'))
    message = page.frame_locator("iframe").locator("#message")
    message.wait_for()
    assert "a window of its own" in message.text_content()
    page.close()


def let_all_read(route):
    response = route.fetch()
    headers = response.headers | {"access-control-allow-origin": "*"}
    route.fulfill(response=response, headers=headers)


# What does not end the start


def test_errors_of_what_else_runs_in_the_page_do_not_end_the_start(new_visit):
    visit = new_visit(allowed="stranger")
    visit.context.add_init_script(
        """
        Promise.reject(new Error("stranger"));
        Promise.reject("stranger");
        setTimeout(() => { throw new Error("stranger") });
        addEventListener("DOMContentLoaded", () => {
          Promise.reject(new Event("stranger"));
          setTimeout(() => { throw new Error("stranger") });
        });
        """
    )
    visit.open()
    visit.train(500)
    assert visit.message == ""
    assert len([fault for fault in visit.faults if "stranger" in fault]) >= 4
    visit.faults = [fault for fault in visit.faults if "stranger" in fault]


@pytest.mark.parametrize(
    "path", ["vendor/manifest.json", "vendor/pyodide/pyodide.asm.wasm", "mnist/train-00.npz"]
)
def test_a_start_that_hangs_says_what_it_waits_for_until_it_comes(new_visit, path):
    visit = new_visit(allowed="link preload")
    visit.page.clock.install()
    gate = visit.hold(f"**/{path}")
    visit.page.goto(visit.url, wait_until="commit")
    status = visit.page.locator("#loading-status")
    for _ in range(200):  # until everything else has come
        visit.page.clock.fast_forward(31_000)
        said = status.text_content()
        if path in said:
            break
        visit.page.wait_for_timeout(100)
    assert re.search(rf"still waits for \S*{path}: .*reload\.$", said)
    gate.open()
    visit.wait_for_state("training")
    assert status.is_hidden()
    assert visit.message == ""


# What it needs


@pytest.mark.parametrize("policy", ["default-src 'none'", "script-src 'none'"])
def test_where_scripts_are_blocked_it_says_what_it_needs(new_visit, policy):
    visit = new_visit(allowed="")
    visit.under_policy(policy)
    visit.page.goto(visit.url)
    assert "needs JavaScript and WebAssembly" in visit.page.inner_text("#loading-status")


@pytest.mark.parametrize(
    "policy", ["default-src 'self'", "script-src 'self'", "script-src 'self' 'wasm-unsafe-eval'"]
)
def test_where_a_policy_forbids_what_python_needs_it_says_so(new_visit, policy):
    visit = new_visit(allowed="")
    visit.under_policy(policy)
    visit.open("failed")
    visit.expect_message("could not start: .*Content-Security-Policy.*'unsafe-eval'")


def test_what_it_needs_is_said_no_more_when_scripts_run(new_visit):
    visit = new_visit()
    gate = visit.hold("**/*.whl")
    visit.page.goto(visit.url, wait_until="commit")
    visit.page.wait_for_selector("#loading-status:has-text('Loading')")
    assert "If this text stays" not in visit.page.inner_text("body")
    gate.open()
    visit.wait_for_state("training")


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


def test_a_crash_of_the_browser_is_noted_with_its_last_words(new_visit):
    visit = new_visit(allowed=r"crashed.*(\n.*)*Intentionally crashing")
    with visit.page.expect_event("crash"), pytest.raises(Error):
        visit.page.goto("chrome://crash")
    assert len(visit.faults) == 1
