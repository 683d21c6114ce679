"""Starts the page: the first digits, a session, the frame loop, and then all else."""

from __future__ import annotations

import asyncio

from pyscript import document, window

from autoencoder.frames import run_each_frame
from autoencoder.local_storage import is_anything_kept
from autoencoder.loop import Loop
from autoencoder.page import Notice, Text, element
from autoencoder.panels import furnish
from autoencoder.session import Session
from autoencoder.shards import fetch_manifest, fetch_shard, make_room, stream_shards
from autoencoder.views.stats import StatsView
from autoencoder.views.status import StatusView
from convnet import ConvNetError
from convnet.compute import NumPy, Reproducible, best_backend


async def start(notice: Notice) -> None:
    """Trains as soon as the first shard is there, and lets all else follow.

    Raises:
        ConvNetError: not even the first digits could be had.
    """
    backend = choose_backend()
    train, test = await fetch_manifest()
    digits, test_digits = make_room(train, "Training"), make_room(test, "The map")
    await fetch_shard(digits, train[0])
    session = Session(digits, test_digits, backend=backend)
    loop = Loop(session, [StatusView(), StatsView()], window.performance.now, notice.show)
    session.rehearse = loop.rehearse
    resumed = None
    if is_anything_kept() or window.location.search or window.location.hash:
        from autoencoder.opening import open_page  # no first visit waits for it

        resumed = await open_page(session, notice.show)
    numbers = document.body.dataset

    def on_frame() -> None:
        loop.frame()
        # What drawing has cost, for `python3 tests/bench`.
        numbers.drawingMs = round(loop.drawing_ms, 1)

    run_each_frame(on_frame)
    await asyncio.gather(
        furnish(session, loop, notice, resumed),
        stream_shards(digits, train[1:], notice.show),
        stream_shards(test_digits, test[:1], notice.show),
    )
    # Training waits for its digits, and nothing for these.
    await stream_shards(test_digits, test[1:], notice.show)


def choose_backend() -> NumPy:
    """What computes: the best there is, or NumPy for `?compute=numpy`; the page shows which."""
    asked = window.URLSearchParams.new(window.location.search).get("compute")
    backend = Reproducible() if asked == "numpy" else best_backend()
    Text(element("backend")).show(backend.name, backend.name)
    Text(element("backend-reason")).show(backend.reason)
    return backend


async def main() -> None:
    """Starts the page, or says in one sentence why it cannot start."""
    notice = Notice()
    try:
        await start(notice)
    except ConvNetError as error:
        document.body.dataset.state = "failed"
        notice.show(f"The page could not start: {error}")
