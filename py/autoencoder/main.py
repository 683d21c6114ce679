"""Starts the page: the first digits, a session, its views and controls, and the frame loop."""

from __future__ import annotations

import asyncio

from pyodide.ffi import create_once_callable, create_proxy
from pyscript import document, window

from autoencoder.controls import Controls
from autoencoder.digits import Digits
from autoencoder.loop import Loop
from autoencoder.page import Notice, Text, element, link_to_issues
from autoencoder.session import Session
from autoencoder.shards import fetch_manifest, fetch_shard, stream_shards
from autoencoder.views.embedding import EmbeddingView
from autoencoder.views.example import CurrentExample, ExampleView
from autoencoder.views.loss_graph import LossGraphView
from autoencoder.views.network import NetworkView
from autoencoder.views.stats import StatsView
from autoencoder.views.status import StatusView
from convnet import ConvNetError, compute


async def start(notice: Notice) -> None:
    """Trains as soon as the first shard is there, and lets all else follow.

    Raises:
        ConvNetError: not even the first digits could be had.
    """
    choose_backend()
    entries = await fetch_manifest()
    digits = Digits(sum(entry["count"] for entry in entries))
    await fetch_shard(digits, entries[0])
    session = Session(digits)
    loop = Loop(session, [StatusView(), StatsView()], window.performance.now, notice.show)
    session.rehearse = loop.rehearse
    Controls(session, loop, notice)
    run_each_frame(loop)
    await asyncio.gather(
        add_pictures(loop, session), stream_shards(digits, entries[1:], notice.show)
    )


async def add_pictures(loop: Loop, session: Session) -> None:
    """Makes the other panels, each in a frame of its own."""
    example = CurrentExample()
    for make in (
        lambda: ExampleView(example),
        LossGraphView,
        lambda: EmbeddingView(session),
        lambda: NetworkView(example),
    ):
        await next_frame()
        loop.add(make())
    window.addEventListener("beforeprint", create_proxy(lambda _: loop.print()))
    link_to_issues()


def choose_backend() -> None:
    """Lets the address say what to compute with, as in `?compute=numpy`, and shows what it is."""
    asked = window.URLSearchParams.new(window.location.search).get("compute")
    chosen = compute.use(asked) if asked in ("simd", "numpy") else compute.backend()
    Text(element("backend")).show(chosen.name, chosen.name)
    Text(element("backend-reason")).show(chosen.reason)


def run_each_frame(loop: Loop) -> None:
    """Lets the browser call the loop before each frame that it shows.

    What drawing costs stands in `body[data-drawing-ms]`, where `python3 tests/bench` reads it.
    """
    numbers = document.body.dataset

    def on_frame(_: float) -> None:
        window.requestAnimationFrame(proxy)
        loop.frame()
        numbers.drawingMs = round(loop.drawing_ms, 1)

    proxy = create_proxy(on_frame)
    window.requestAnimationFrame(proxy)


def next_frame() -> asyncio.Future[None]:
    """Is done when the browser is about to show another frame."""
    frame = asyncio.get_running_loop().create_future()
    window.requestAnimationFrame(create_once_callable(lambda _: frame.set_result(None)))
    return frame


async def main() -> None:
    """Starts the page, or says in one sentence why it cannot start."""
    notice = Notice()
    try:
        await start(notice)
    except ConvNetError as error:
        document.body.dataset.state = "failed"
        notice.show(f"The page could not start: {error}")


await main()
