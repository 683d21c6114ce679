"""The Chromium that everything in a browser is measured in."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, BrowserContext, Page, TimeoutError, sync_playwright

FLAGS = [
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
PATIENCE = 90  # waits of 2 s; a page that takes longer will never be ready


@contextmanager
def launched(path: str) -> Iterator[Browser]:
    """A headless Chromium with a profile of its own."""
    # As root, Chromium starts without its sandbox only.
    flags = [*FLAGS, "--no-sandbox"] if hasattr(os, "geteuid") and os.geteuid() == 0 else FLAGS
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=flags)
        yield browser
        browser.close()


@contextmanager
def opened(context: BrowserContext, address: str, ready: str) -> Iterator[Page]:
    """A page on which a JavaScript expression has become true, open as long as it is used.

    Raises:
        RuntimeError: it never is; says what went wrong on the page.
    """
    page = context.new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.goto(address, wait_until="commit")
    for _ in range(PATIENCE):
        try:
            page.wait_for_function(ready, polling=100, timeout=2000)
            break
        except TimeoutError:
            if errors:
                break
    else:
        errors.append("it is not ready after minutes")
    if errors:
        raise RuntimeError(f"{address}: {errors[0]}")
    yield page
    page.close()
