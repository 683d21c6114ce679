"""The engine's tests pass inside Pyodide as they do here, with and without the SIMD kernels."""

from __future__ import annotations

import pytest
from in_pyodide import address_of, check, engine_tests

BACKENDS = {"numpy": "NumPy", "simd": "SIMD kernels"}
PATIENCE_MS = 20 * 60_000


@pytest.fixture(scope="module")
def pages(browser, pyodide_tests):
    """Both runs, side by side since they take long."""
    pages = {compute: browser.new_page() for compute in BACKENDS}
    for compute, page in pages.items():
        page.goto(address_of(pyodide_tests, engine_tests(), compute))
    yield pages
    for page in pages.values():
        page.close()


@pytest.mark.parametrize("compute", BACKENDS)
def test_the_engines_tests_pass_in_pyodide(pages, compute):
    pages[compute].wait_for_function("window.report", timeout=PATIENCE_MS)
    check(pages[compute].evaluate("window.report"), engine_tests(), BACKENDS[compute])
