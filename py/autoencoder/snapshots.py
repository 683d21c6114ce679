"""Saving and loading: the run as a file, and as JSON text in a field."""

from __future__ import annotations

from pyodide.ffi import JsProxy, create_proxy
from pyscript import window

from autoencoder.listening import Listening
from autoencoder.long_text import read_field, read_file, write_blob, write_field
from autoencoder.page import Said, Text, element, make
from autoencoder.session import Session
from convnet.json_text import json_pieces, parse_snapshot_in_steps

LONG_TEXT = 100_000
STATUS = "snapshot-status"


class Snapshots:
    """Connects what saves and loads with a session.

    Args:
        session: the run that is saved, or replaced.
        listening: what controls have in common.
        said: says what was saved or loaded.
    """

    def __init__(self, session: Session, listening: Listening, said: Said) -> None:
        self._session = session
        self._work = listening.work
        self._said = said
        self._field = element("snapshot-json")
        self._size = Text(element("snapshot-size"))
        # Not what the visitor asks for, so that it settles nothing.
        self._field.addEventListener("input", create_proxy(self._measure_input))
        # With its selection in a long text, the browser lays that out in every frame.
        self._field.addEventListener(
            "blur", create_proxy(lambda _: window.getSelection().removeAllRanges())
        )
        on_long, reading, writing = listening.on_long, "Reading the network", "Writing the network"
        on_long("save-json", "click", self._save, writing)
        on_long("load-json", "click", self._load, reading, field="snapshot-json", replaces=True)
        on_long("download-json", "click", self._download, writing)
        on_long("open-json", "change", self._open, reading, replaces=True)

    async def _save(self) -> None:
        self._said.say(STATUS)
        snapshot = await self._work.do(self._session.save())
        await self._work.do(write_field(self._field, json_pieces(snapshot)))
        self._measure()
        self._said.say(STATUS, f"Saved: {self._field.textLength / 1e6:.1f} MB.")

    async def _load(self) -> None:
        await self._start_from(await self._work.do(read_field(self._field)))

    async def _download(self) -> None:
        """Hands the snapshot to the visitor as a file."""
        self._said.say(STATUS)
        snapshot = await self._work.do(self._session.save())
        name = f"autoencoder-{self._session.run.examples_seen}.json"  # before it is trained further
        blob = await self._work.do(write_blob(json_pieces(snapshot)))
        link = make("a", href=window.URL.createObjectURL(blob), download=name)
        link.click()
        self._said.say(STATUS, f"Downloaded as {name}: {blob.size / 1e6:.1f} MB.")
        window.setTimeout(window.URL.revokeObjectURL, 60_000, link.href)

    async def _open(self) -> None:
        """Starts from a file of the visitor's."""
        field = element("open-json")
        if field.files.length:
            try:
                text = await read_file(field.files.item(0), self._work.tell)
            finally:
                field.value = ""  # so that the same file can be opened again
            await self._start_from(text)

    async def _start_from(self, text: str) -> None:
        self._said.say(STATUS)
        snapshot = await self._work.do(parse_snapshot_in_steps(text))
        await self._work.do(self._session.load(snapshot))
        seen = self._session.run.examples_seen
        self._said.say(STATUS, f"Loaded: goes on after {seen:,} examples.")

    def _measure_input(self, happening: JsProxy) -> None:
        self._measure()
        # Scripts and tools send plain events, which tell of no type.
        is_paste = getattr(happening, "inputType", "") == "insertFromPaste"
        if is_paste and self._field.textLength > LONG_TEXT:
            self._field.blur()

    def _measure(self) -> None:
        """Folds a text away that would take long to lay out, until the visitor goes to it."""
        length = self._field.textLength
        self._field.classList.toggle("long", length > LONG_TEXT)
        self._size.show(f"{length / 1e6:.1f} MB of JSON text are in this field; click to see them.")
