"""Firefox and WebKitGTK run the page too, SIMD kernels included."""

from __future__ import annotations

import functools
import http.server
import os
import re

import pytest
from drivers import Firefox, WebKit, wait_for
from in_pyodide import address_of, check
from serve import ROOT

from servers import running

# Of the engine's tests, which Chromium runs all, those of its arithmetic.
COMPUTING = [
    f"tests/unit/convnet/test_{name}.py"
    for name in ("golden", "kernel_modules", "kernels", "kernels_of_rules", "layers", "matrix")
]

ENDED = "return ['training', 'failed'].find(state => state === document.body.dataset.state)"


def tool(variable: str, package: str) -> str:
    """Path of a program that `python3 tests` finds or installs."""
    path = os.environ.get(variable)
    if not path:
        pytest.fail(f"{variable} names no program: install {package}, or set {variable}.", False)
    return path


@pytest.fixture(scope="module", params=["Firefox", "WebKitGTK"])
def other_browser(request, tmp_path_factory):
    folder = tmp_path_factory.mktemp(request.param)
    if request.param == "Firefox":
        browser = Firefox(tool("FIREFOX", "firefox-esr"), folder)
    else:
        driver = tool("WEBKIT_DRIVER", "webkit2gtk-driver")
        browser = WebKit(driver, tool("XVFB", "xvfb"), folder)
    with browser:
        yield browser


def test_the_page_trains(other_browser, site):
    browser = other_browser

    def text(name):
        return browser.run(f"return document.getElementById('{name}').textContent")

    def number(name):
        return float(browser.run(f"return document.getElementById('{name}').dataset.value") or 0)

    browser.go(site)
    assert wait_for(lambda: browser.run(ENDED), "the start") == "training", text("message")
    wait_for(lambda: number("examples-seen") > 0, "the first examples")
    loss = number("regression-loss")
    assert 0 < loss < 100
    wait_for(lambda: number("examples-seen") > 5000, "examples")
    wait_for(lambda: number("regression-loss") < 0.9 * loss, "a lower loss")
    assert number("examples-per-second") > 0
    assert text("backend") == "SIMD kernels"
    assert browser.run("return document.getElementById('notice').hidden")


KEPT = """
const [line] = Object.keys(localStorage).filter(name => name.startsWith("autoencoder:run:"));
return line ? JSON.parse(localStorage.getItem(line)).examples : 0;
"""


def test_the_run_is_kept_and_goes_on_at_the_next_visit(other_browser, site):
    browser = other_browser
    browser.go(site)
    wait_for(lambda: browser.run(ENDED), "the start")
    kept = wait_for(lambda: browser.run(KEPT), "a kept run")
    browser.go("about:blank")
    browser.go(site)
    assert wait_for(lambda: browser.run(ENDED), "the start") == "training"
    offer = "return document.getElementById('offered').textContent"
    seen = wait_for(
        lambda: re.search("after ([0-9,]+) examples, as kept", browser.run(offer)), "it"
    )
    assert int(seen[1].replace(",", "")) >= kept
    assert browser.run("return document.getElementById('notice').hidden")


class NotingHandler(http.server.SimpleHTTPRequestHandler):
    """A static host that knows what it was asked for."""

    def __init__(self, paths, *args, **named):
        self.paths = paths
        super().__init__(*args, **named)

    def log_request(self, *_):
        self.paths.append(self.path)


def test_what_is_preloaded_is_fetched_once(other_browser):
    paths = []
    handler = functools.partial(NotingHandler, paths, directory=ROOT)
    with running(http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)) as server:
        other_browser.go(f"http://127.0.0.1:{server.server_address[1]}/")
        wait_for(lambda: other_browser.run(ENDED), "the start")
        other_browser.go("about:blank")
    large = [path for path in paths if re.search(r"asm\.wasm|python_stdlib|\.whl", path)]
    assert len(set(large)) == len(large) == 3


def test_what_kernels_compute_is_right(other_browser, pyodide_tests):
    browser = other_browser
    browser.go(address_of(pyodide_tests, COMPUTING, "simd"))
    report = wait_for(lambda: browser.run("return window.report"), "the report")
    check(report, COMPUTING, "SIMD kernels")
