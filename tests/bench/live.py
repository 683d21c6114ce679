"""The whole page at work, every panel on screen: how fast it trains, how smoothly it draws.

live(browser, site.address, seconds=10)
"""

from __future__ import annotations

from typing import Any

from playwright.sync_api import Browser
from tests.bench.chromium import opened

WIDTH = 1480
SETTLING = 5  # seconds after the last of the digits has come

ALL_DIGITS_CAME = """async () => {
  const { train } = await (await fetch("assets/mnist/manifest.json")).json();
  const came = new Set(performance.getEntriesByType("resource").map(e => e.name.split("/").at(-1)));
  return train.every(({ file }) => came.has(file));
}"""

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
    drawing_ms_per_second: Number.isFinite(drawn) ? drawn / elapsed : null,
    long_tasks: longTasks,
    seconds: elapsed,
  };
}"""


def live(browser: Browser, address: str, seconds: float) -> dict[str, Any]:
    """Opens the page in a window as high as itself, lets it settle, and measures it.

    Returns:
        examples_per_second, frames_per_second, drawing_ms_per_second (None where the page does
        not tell), long_tasks: milliseconds of each that blocked the page for more than 50 ms,
        seconds, and the viewport.
    """
    with (
        browser.new_context(viewport={"width": WIDTH, "height": 1000}) as context,
        opened(context, address, "document.body.dataset.state == 'training'") as page,
    ):
        page.wait_for_function(ALL_DIGITS_CAME, polling=500, timeout=120_000)
        height = page.evaluate("document.documentElement.scrollHeight")
        page.set_viewport_size({"width": WIDTH, "height": height})
        page.wait_for_timeout(1000 * SETTLING)
        hidden = page.evaluate(
            "[...document.querySelectorAll('main > section')]"
            ".filter(s => s.getBoundingClientRect().bottom > innerHeight).map(s => s.id)"
        )
        if hidden:
            raise RuntimeError(f"These panels are off screen: {hidden}")
        return page.evaluate(MEASURE, seconds) | {"viewport": [WIDTH, height]}
