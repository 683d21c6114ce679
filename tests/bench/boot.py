"""From navigation to the first training step, beside a page that only starts Python and NumPy.

boot(browser, site)  # {"page": {"cold": 3.1, "warm": 2.8}, "bare": {"cold": …, "warm": …}}
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
    """Seconds that the page and the bare one take, with an empty cache and with a filled one.

    Args:
        browser: the browser, in which each page gets a profile of its own.
        site: where the pages are.
        page_first: who is measured first; take turns.
    """
    addresses = {"page": site.address, "bare": site.page("bare")}
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
