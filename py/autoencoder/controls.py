"""The page's controls: each tells the session what the visitor wants, and says what went wrong."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from typing import Any

from pyodide.ffi import create_proxy
from pyscript import window

from autoencoder.loop import Loop
from autoencoder.page import Notice, element
from autoencoder.session import Session
from convnet import ConvNetError

CONTROLS = (
    "pause",
    "learning-rate",
    "change-learning-rate",
    "noise",
    "clear-graph",
    "cycle",
    "definition",
    "reload",
    "snapshot-json",
    "save-json",
    "load-json",
)
WRITING_MS = 8


class Controls:
    """Connects the page's controls with a session.

    Args:
        session: the run that they control.
        loop: draws what they have changed.
        notice: tells the visitor what could not be done.
    """

    def __init__(self, session: Session, loop: Loop, notice: Notice) -> None:
        self._session = session
        self._loop = loop
        self._notice = notice
        self._on("pause", "click", lambda _: session.set_paused(not session.paused))
        self._on("change-learning-rate", "click", self._change_learning_rate)
        self._on("learning-rate", "keydown", self._change_learning_rate, key="Enter")
        self._on("noise", "input", lambda _: session.set_noise(_number("noise") / 100))
        self._on("clear-graph", "click", lambda _: session.clear_curve())
        self._on("layers", "click", self._choose_layer)
        self._on("cycle", "click", lambda _: session.cycle_map_neurons())
        self._on("reload", "click", lambda _: session.reload(element("definition").value))
        self._on("load-json", "click", lambda _: session.load_json(element("snapshot-json").value))
        self._on("save-json", "click", self._save)
        element("noise").value = str(round(100 * session.noise))
        for name in CONTROLS:
            element(name).disabled = False

    def _on(
        self, name: str, event: str, act: Callable[[Any], Awaitable | None], key: str = ""
    ) -> None:
        """Lets an event do something; what fails is told, what succeeds is drawn."""

        def handle(happening: Any) -> None:
            if key and happening.key != key:
                return
            try:
                act(happening)
            except ConvNetError as error:
                self._notice.show(str(error))
            else:
                self._notice.clear()
            self._loop.refresh()

        element(name).addEventListener(event, create_proxy(handle))

    def _change_learning_rate(self, _: Any) -> None:
        field = element("learning-rate")
        self._session.set_learning_rate(field.value)
        field.value = f"{self._session.trainer.learning_rate:g}"

    def _choose_layer(self, click: Any) -> None:
        button = click.target.closest("[data-layer]")
        if button:
            self._session.choose_map_layer(int(button.dataset.layer))

    def _save(self, _: Any) -> None:
        asyncio.ensure_future(self._write_json(self._session.to_json()))

    async def _write_json(self, snapshot: dict[str, Any]) -> None:
        """Writes the snapshot's text a little at a time, since all at once would hold up frames."""
        parts = []
        start = window.performance.now()
        for part in json.JSONEncoder(separators=(",", ":")).iterencode(snapshot):
            parts.append(part)
            if window.performance.now() - start > WRITING_MS:
                await asyncio.sleep(0)
                start = window.performance.now()
        element("snapshot-json").value = "".join(parts)


def _number(name: str) -> float:
    return float(element(name).value)
