"""From navigation to the first training step, beside pages that only start Python and NumPy.

boot(browser, site)  # {"page": {"cold": 1.6, "warm": 1.5}, "bare": …, "bare, compiled": …}
"""

from __future__ import annotations

from playwright.sync_api import Browser
from tests.bench.chromium import opened
from tests.bench.staging import Site

# Notes when the page first shows that it has trained; a bare page notes itself when it is ready.
WATCH = """
addEventListener("DOMContentLoaded", () => {
  const seen = document.getElementById("examples-seen");
  const note = () => {
    if (Number(seen.dataset.value) > 0) window.startedAt ??= performance.now();
  };
  if (seen) new MutationObserver(note).observe(seen, { attributes: true });
});
"""
READY = "window.startedAt"


def boot(browser: Browser, site: Site, page_first: bool) -> dict[str, dict[str, float]]:
    """Seconds that the page and the bare ones take, with an empty cache and with a filled one.

    Args:
        browser: the browser, in which each page gets a profile of its own.
        site: where the pages are.
        page_first: who is measured first; take turns.

    Returns:
        "cold" and "warm" of "page"; of "bare", which has Pyodide as it is released; and of
        "bare, compiled", which has the archives that the page has.
    """
    addresses = {
        "page": site.address,
        "bare": f"{site.page('bare')}?pyodide=bench/pyodide",
        "bare, compiled": f"{site.page('bare')}?pyodide=vendor/pyodide",
    }
    names = list(addresses) if page_first else list(reversed(addresses))
    return {name: visits(browser, addresses[name]) for name in names}


def visits(browser: Browser, address: str) -> dict[str, float]:
    """Seconds of the first visit and of the second, in a fresh profile."""
    seconds = {}
    with browser.new_context() as context:
        context.add_init_script(WATCH)
        for cache in ("cold", "warm"):
            with opened(context, address, READY) as page:
                seconds[cache] = page.evaluate(READY) / 1000
    return seconds
