"""Saving and loading: the run as a file, and as JSON text in a field."""

from __future__ import annotations

import asyncio
from datetime import date
from typing import Any

from pyodide.ffi import JsProxy, create_proxy
from pyscript import window

from autoencoder.file_names import RUN, file_name
from autoencoder.files import ChosenFile, Destination, Download, can_choose
from autoencoder.kept_settings import of_run, restore
from autoencoder.listening import Listening
from autoencoder.long_text import read_field, read_file, write_blob, write_field
from autoencoder.network_name import describe_network
from autoencoder.page import Notice, Said, Text, element
from autoencoder.session import Session
from convnet.json_text import json_pieces, parse_snapshot_in_steps
from convnet.steps import finish

LONG_TEXT = 100_000
STATUS = "snapshot-status"
WRITING = "Writing the network"


class Snapshots:
    """Connects what saves and loads with a session.

    Args:
        session: the run that is saved, or replaced.
        listening: what controls have in common.
        said: says what was saved or loaded.
        notice: says which of the settings that were loaded cannot be used.
    """

    def __init__(self, session: Session, listening: Listening, said: Said, notice: Notice) -> None:
        self._session = session
        self._listening = listening
        self._work = listening.work
        self._said = said
        self._notice = notice
        self._destination = Destination()
        self._field = element("snapshot-json")
        self._size = Text(element("snapshot-size"))
        # Not what the visitor asks for, so that it settles nothing.
        self._field.addEventListener("input", create_proxy(self._measure_input))
        # With its selection in a long text, the browser lays that out in every frame.
        self._field.addEventListener(
            "blur", create_proxy(lambda _: window.getSelection().removeAllRanges())
        )
        element("save-as").hidden = not can_choose()
        listening.on("download-json", "click", lambda _: self._save_to_file("download-json"))
        listening.on("save-as", "click", lambda _: self._save_to_file("save-as", elsewhere=True))
        listening.on("import", "click", lambda _: element("open-json").click())
        on_long, reading = listening.on_long, "Reading the network"
        on_long("save-json", "click", self._save, WRITING)
        on_long("load-json", "click", self._load, reading, field="snapshot-json", replaces=True)
        on_long("open-json", "change", self._open, reading, replaces=True)

    async def _save(self) -> None:
        self._said.say(STATUS)
        snapshot = await self._work.do(self._session.save(of_run(self._session)))
        await self._work.do(write_field(self._field, json_pieces(snapshot)))
        self._measure()
        self._said.say(STATUS, f"Saved: {self._field.textLength / 1e6:.1f} MB.")

    async def _load(self) -> None:
        await self._start_from(await self._work.do(read_field(self._field)))

    def _save_to_file(self, button: str, elsewhere: bool = False) -> None:
        """Saves the run as it stands when the visitor asks for it, whatever they are asked then."""
        run = self._session.run
        snapshot = finish(self._session.save(of_run(self._session)))
        network = describe_network(run.net, run.trainer.options.method)
        name = file_name(RUN, network, date.today(), run.examples_seen)
        choosing = self._destination.choose(run, name, elsewhere)
        self._listening.begin(self._write_file(snapshot, choosing), WRITING, button)

    async def _write_file(
        self, snapshot: dict[str, Any], choosing: asyncio.Future[ChosenFile | Download | None]
    ) -> None:
        self._said.say(STATUS)
        place = await choosing
        if place is not None:
            blob = await self._work.do(write_blob(json_pieces(snapshot)))
            self._said.say(STATUS, await place.write(blob))

    async def _open(self) -> None:
        """Starts from a file of the visitor's, the first if they drop several."""
        field = element("open-json")
        file, count = field.files.item(0), field.files.length
        if file:
            try:
                text = await read_file(file, self._work.tell)
            finally:
                field.value = ""  # so that the same file can be opened again
            others = f" It is {file.name}, the first of {count} files." if count > 1 else ""
            await self._start_from(text, others)

    async def _start_from(self, text: str, others: str = "") -> None:
        self._said.say(STATUS)
        snapshot = await self._work.do(parse_snapshot_in_steps(text))
        await self._work.do(self._session.load(snapshot))
        complaints = await self._work.do(restore(self._session))
        if complaints:
            self._notice.show(" ".join(complaints))
        seen = self._session.run.examples_seen
        self._said.say(STATUS, f"Loaded: goes on after {seen:,} examples.{others}")

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
