"""The page, served as visitors get it, and a real Chromium to visit it with."""

from __future__ import annotations

import functools
import http.server
import json
import os
import shlex
from contextlib import ExitStack, contextmanager
from types import SimpleNamespace

import in_pyodide
import pytest
from playwright.sync_api import sync_playwright
from serve import ROOT
from visit import Visit
from watched import LOG

from convnet.mnist import read_digits
from hosting.preparation import PYODIDE, place_sources, write_lock, write_vendor_manifest
from hosting.publishing import build
from hosting.releases import RUNTIME
from hosting.server import open_servers
from hosting.site import ARCHIVE, pack_packages
from servers import running

FLAGS = [
    "--disable-background-networking",
    "--enable-logging=stderr",
    "--log-level=1",
    f"--crash-dumps-dir={LOG.parent / 'crashes'}",
    "--disable-component-update",
    "--disable-quic",
    "--disable-sync",
]


def keeping_its_words(path, folder):
    """A program that starts Chromium and keeps what it says, crashes included, in `LOG`."""
    if os.name == "nt":
        return path
    LOG.parent.mkdir(exist_ok=True)
    LOG.write_bytes(b"")
    program = folder / "chromium"
    program.write_text(f'#!/bin/sh\nexec {shlex.quote(path)} "$@" 2>>{shlex.quote(str(LOG))}\n')
    program.chmod(0o755)
    return program


@pytest.fixture(scope="session")
def launching(tmp_path_factory):
    """How Chromium is launched."""
    path = os.environ.get("CHROMIUM")
    if not path:
        pytest.fail("CHROMIUM names no browser: run `python3 tests`, which finds one.", False)
    # As root, Chromium starts without its sandbox only.
    flags = [*FLAGS, "--no-sandbox"] if hasattr(os, "geteuid") and os.geteuid() == 0 else FLAGS
    program = keeping_its_words(path, tmp_path_factory.mktemp("chromium"))
    return {"executable_path": program, "args": flags}


@pytest.fixture(scope="session")
def browser(launching):
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(**launching)
        yield browser
        browser.close()


@pytest.fixture
def browser_that(browser, launching, tmp_path):
    """Makes a browser with preferences of a visitor's own, for `Visit`."""

    def make(**preferences):
        (tmp_path / "Default").mkdir()
        (tmp_path / "Default/Preferences").write_text(json.dumps({"profile": preferences}))
        launch = browser.browser_type.launch_persistent_context
        return SimpleNamespace(new_context=functools.partial(launch, tmp_path, **launching))

    return make


class StaticHandler(http.server.SimpleHTTPRequestHandler):
    """What any static host does: the files of a folder, below no address but their own."""

    def log_message(self, *_):
        pass


@pytest.fixture(scope="session")
def site():
    """The page's address where serve.py serves the checkout, as `python3 serve.py` does."""
    (server,) = open_servers(ROOT, "127.0.0.1", 0)
    with running(server):
        yield f"http://127.0.0.1:{server.server_address[1]}/"


@contextmanager
def static_host(folder):
    """The address of a folder that a static host serves."""
    handler = functools.partial(StaticHandler, directory=folder)
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    with running(server):
        yield f"http://127.0.0.1:{server.server_address[1]}/"


@pytest.fixture
def framed(tmp_path_factory):
    """Makes the address of a page that holds another in a frame, on a host of its own."""
    with ExitStack() as hosts:

        def make(address, attributes=""):
            folder = tmp_path_factory.mktemp("outer")
            (folder / "index.html").write_text(f'<iframe src="{address}" {attributes}></iframe>')
            return hosts.enter_context(static_host(folder))

        yield make


@pytest.fixture(scope="session")
def published(tmp_path_factory):
    """The page's address below a sub-path of a static host, as on GitHub Pages."""
    folder = tmp_path_factory.mktemp("host")
    build(ROOT, folder / "name")
    with static_host(folder) as address:
        yield f"{address}name/"


@pytest.fixture(scope="session")
def uncompiled(tmp_path_factory):
    """The page's address where serve.py found no Node.js to compile Python's archives."""
    folder = tmp_path_factory.mktemp("uncompiled")
    build(ROOT, folder)
    place_sources(ROOT / "assets", RUNTIME, folder / "assets" / PYODIDE)
    write_lock(folder / "assets" / PYODIDE, RUNTIME)
    write_vendor_manifest(folder / "assets", RUNTIME)
    (folder / ARCHIVE).write_bytes(pack_packages(ROOT))
    with static_host(folder) as address:
        yield address


@pytest.fixture(scope="session")
def pyodide_tests(tmp_path_factory):
    """The address of a page that runs tests inside Pyodide, in whatever browser opens it."""
    folder = tmp_path_factory.mktemp("pyodide")
    in_pyodide.write_page(folder)
    with static_host(folder) as address:
        yield address


@pytest.fixture(scope="module")
def loaded(browser, site):
    """One visit that a module's tests share, since starting takes seconds."""
    visit = Visit(browser, site)
    visit.open()
    visit.wait_until("Object.keys(localStorage).length > 0")  # the last of what the start does
    yield visit
    visit.close()


@pytest.fixture
def visit(loaded):
    """The shared visit, training what the test before left; the browser must not complain."""
    loaded.resume()
    yield loaded
    loaded.check()


@pytest.fixture
def fresh_visit(visit):
    """The shared visit, just started on the network that the page starts with."""
    visit.start_over()
    return visit


@pytest.fixture
def new_visit(browser, site):
    """Makes visits of a test's own; what the browser complained of must be allowed by `allowed`."""
    visits = []

    def make(url=site, allowed=None, **options):
        visit = Visit(browser, url, **options)
        visits.append((visit, allowed))
        return visit

    yield make
    for visit, _ in visits:
        visit.close()
    for visit, allowed in visits:
        visit.check(allowed)


@pytest.fixture(scope="module")
def unseen():
    """The test digits."""
    return read_digits(ROOT / "assets/mnist", "test")


@pytest.fixture
def map_visit(fresh_visit):
    """The page on its first network, trained a little, the map on screen and fitted."""
    fresh_visit.train(3000)
    fresh_visit.scroll_to("#embedding")
    fresh_visit.press("map-fit")
    yield fresh_visit
    fresh_visit.page.mouse.move(1, 1)
    fresh_visit.page.evaluate(
        """() => {
            for (const name of ["manifold", "trails"]) {
                const button = document.getElementById(name);
                if (button.ariaPressed === "true") button.click();
            }
            const {textContent, click} = document.getElementById("keep");
            if (textContent === "Let it go") document.getElementById("keep").click();
        }"""
    )
    fresh_visit.page.select_option("#map-digits", "200")
    fresh_visit.page.select_option("#map-style", "pictures")
