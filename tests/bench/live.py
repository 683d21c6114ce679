"""The whole page at work, every panel on screen: how fast it trains, how smoothly it draws.

live(browser, site, seconds=10)
live(browser, site, seconds=10, settings=BUSY)
"""

from __future__ import annotations

import json
from typing import Any

from playwright.sync_api import Browser, CDPSession, Page
from tests.bench.chromium import opened
from tests.bench.staging import Site

WIDTH = 1480
BUSY = "#map_digits=2000&manifold"
"""The page's address with what costs most; the test loss is on anyway."""
PATIENCE = 120  # seconds, until the last of the digits has come
SETTLING = 5  # seconds after that

# Counts by what the page shows, and by the browser's own frames and long tasks.
MEASURE = """async (seconds) => {
  const seen = document.getElementById("examples-seen");
  const drawing = () => Number(document.body.dataset.drawingMs);
  const shown = [];
  const longTasks = [];
  const watch = new MutationObserver(() => shown.push([performance.now(), +seen.dataset.value]));
  const tasks = new PerformanceObserver((list) =>
    longTasks.push(...list.getEntries().map(({ duration }) => duration)));
  const frame = () => new Promise(requestAnimationFrame);
  const start = await frame();
  const drawnBefore = drawing();
  if (!Number.isFinite(drawnBefore)) throw new Error("the page does not tell how long it draws");
  watch.observe(seen, { attributes: true, attributeFilter: ["data-value"] });
  tasks.observe({ type: "longtask" });
  let frames = 0;
  let now = start;
  while (now - start < 1000 * seconds) {
    now = await frame();
    frames += 1;
  }
  const elapsed = (now - start) / 1000;
  const drawn = drawing() - drawnBefore;
  const [[t0, first], [t1, last]] = [shown[0], shown.at(-1)];
  return {
    examples_per_second: (last - first) / ((t1 - t0) / 1000),
    frames_per_second: frames / elapsed,
    python_ms_per_second: drawn / elapsed,
    long_tasks: longTasks,
    seconds: elapsed,
  };
}"""


def live(browser: Browser, site: Site, seconds: float, settings: str = "") -> dict[str, Any]:
    """Opens the page, waits for the last of the digits, and measures it in a window as high.

    Args:
        browser: the browser.
        site: the page's.
        seconds: how long to measure.
        settings: the end of the page's address.

    Returns:
        examples_per_second; frames_per_second; python_ms_per_second, which the views take to
        draw; browser_ms_per_second, which the page's thread takes for anything but scripts: styles,
        layout, painting; drawing_ms_per_second, their sum; long_tasks, milliseconds of each task
        of more than 50; seconds; viewport.
    """
    with browser.new_context(viewport={"width": WIDTH, "height": 1000}) as context:
        missing = shards(site)
        context.on("requestfinished", lambda request: missing.discard(request.url))
        with opened(
            context, site.address + settings, "document.body.dataset.state == 'training'"
        ) as page:
            for _ in range(PATIENCE):
                if missing:
                    page.wait_for_timeout(1000)
            if missing:
                raise RuntimeError(f"{len(missing)} files of digits never came")
            return measured_on(page, seconds)


def shards(site: Site) -> set[str]:
    """The addresses of all digits."""
    folder = "assets/mnist/"
    manifest = json.loads((site.folder / folder / "manifest.json").read_text())
    entries = manifest["train"] + manifest["test"]
    return {site.address + folder + entry["file"] for entry in entries}


def measured_on(page: Page, seconds: float) -> dict[str, Any]:
    """Makes the window as high as the page, lets it settle, and measures; see `live`."""
    height = page.evaluate("document.documentElement.scrollHeight")
    page.set_viewport_size({"width": WIDTH, "height": height})
    page.wait_for_timeout(1000 * SETTLING)
    hidden = page.evaluate(
        "[...document.querySelectorAll('main > section')]"
        ".filter(s => s.getBoundingClientRect().bottom > innerHeight).map(s => s.id)"
    )
    if hidden:
        raise RuntimeError(f"These panels are off screen: {hidden}")
    devtools = page.context.new_cdp_session(page)
    devtools.send("Performance.enable")
    before = browser_seconds(devtools)
    measured = page.evaluate(MEASURE, seconds)
    browser_ms = 1000 * (browser_seconds(devtools) - before) / measured["seconds"]
    return measured | {
        "browser_ms_per_second": browser_ms,
        "drawing_ms_per_second": measured["python_ms_per_second"] + browser_ms,
        "viewport": [WIDTH, height],
    }


def browser_seconds(devtools: CDPSession) -> float:
    """What the page's thread has spent on anything but scripts."""
    metrics = devtools.send("Performance.getMetrics")["metrics"]
    seconds = {metric["name"]: metric["value"] for metric in metrics}
    return seconds["TaskDuration"] - seconds["ScriptDuration"]
