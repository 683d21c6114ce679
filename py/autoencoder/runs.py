"""The list of kept runs: to go on with one, compare it, name it, take it along, be rid of it.

It is made while its sheet is open, a few lines a frame, and keeps its order then: what the visitor
points at stays where it is.
"""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Iterator
from datetime import date
from typing import Any

from pyodide.ffi import JsProxy, create_proxy

from autoencoder.comparison import MOST, Compared, from_record
from autoencoder.entries import Entry
from autoencoder.file_names import RUN, file_name
from autoencoder.frames import between_frames
from autoencoder.keeping import Keeping
from autoencoder.listening import Listening
from autoencoder.long_text import write_blob
from autoencoder.offer import Offer
from autoencoder.page import Text, download, element
from autoencoder.run_rows import LONGEST_NAME, Place, RunRow, damaged_row
from autoencoder.session import Session
from autoencoder.store import Damaged
from convnet.errors import ConvNetError
from convnet.json_text import json_pieces

LIST = "kept-runs"
LETTERS = "ABCDEFGH"
"""What compared runs are called beside their names, which may be equal."""


class Runs:
    """Connects the list with the runs that are kept.

    Args:
        session: the run that is on the page, with which others are compared.
        listening: what controls have in common.
        keeping: keeps runs, and goes on with them.
        offer: offers to take back what was deleted.
    """

    def __init__(
        self, session: Session, listening: Listening, keeping: Keeping, offer: Offer
    ) -> None:
        self._session = session
        self._listening = listening
        self._keeping = keeping
        self._store = keeping.store
        self._offer = offer
        self._sheet = element("runs")
        self._list = element(LIST)
        self._damaged_list = element("damaged-runs")
        self._room = Text(element("room"))
        self._rows: dict[str, RunRow] = {}
        self._compared: dict[str, Compared] = {}
        self._refreshing: asyncio.Task[None] | None = None
        self._acts = {
            "open": (self._open, "Opening the run"),
            "duplicate": (self._duplicate, "Copying the run"),
            "download": (self._download, "Writing the network"),
            "delete": (self._delete, "Deleting the run"),
        }
        self._sheet.addEventListener("toggle", create_proxy(lambda _: self._toggle()))
        self._list.addEventListener("click", create_proxy(self._press))
        self._list.addEventListener("change", create_proxy(self._change))
        self._damaged_list.addEventListener("click", create_proxy(self._press_damaged))
        self._store.listen(self._note_change)
        self._toggle()

    # What the visitor does

    def _press(self, click: JsProxy) -> None:
        button = click.target.closest("[data-act]")
        if button:
            act, doing = self._acts[button.dataset.act]
            key = button.closest("[data-key]").dataset.key
            self._begin(act(key), doing, replaces=button.dataset.act == "open")

    def _press_damaged(self, click: JsProxy) -> None:
        button = click.target.closest("[data-act]")
        if button:
            key = button.closest("[data-key]").dataset.key
            damaged = next(each for each in self._store.damaged if each.key == key)
            act = self._rescue if button.dataset.act == "rescue" else self._forget
            self._begin(act(damaged), "Reading what is left")

    def _change(self, change: JsProxy) -> None:
        field = change.target
        key = field.closest("[data-key]").dataset.key
        if field.type == "checkbox":
            act = self._tick(key, field) if field.checked else self._untick(key)
            self._begin(act, "Reading the run")
        else:
            self._begin(self._rename(key, field.value), "Naming the run")

    def _begin(self, work: Coroutine[Any, Any, None], doing: str, replaces: bool = False) -> None:
        self._listening.begin(work, doing, LIST, replaces)

    async def _open(self, key: str) -> None:
        await self._keeping.open(key)

    async def _duplicate(self, key: str) -> None:
        if key == self._keeping.key:
            await self._keeping.keep()
        entry = await self._store.duplicate(key)
        await self._store.rename(entry.key, f"Copy of {title(entry)}"[:LONGEST_NAME])

    async def _rename(self, key: str, name: str) -> None:
        await self._store.rename(key, name.strip()[:LONGEST_NAME])

    async def _download(self, key: str) -> None:
        entry, work = self._entry(key), self._listening.work
        snapshot = await work.do(self._session.convert(await self._store.pieces(key)))
        blob = await work.do(write_blob(json_pieces(snapshot)))
        download(blob, file_name(RUN, entry.network, date.today(), entry.examples))

    async def _delete(self, key: str) -> None:
        entry = self._entry(key)
        if key == self._keeping.key:
            raise ConvNetError(
                "This run is on the page now: open another one before you delete it."
            )
        undo = await self._store.delete(key)
        self._offer.make(
            f"{title(entry)} was deleted.",
            "Undo",
            lambda: self._listening.begin(undo(), "Bringing the run back", "accept"),
        )

    async def _rescue(self, damaged: Damaged) -> None:
        download(await self._store.raw(damaged), f"damaged-run-{damaged.key}.txt")

    async def _forget(self, damaged: Damaged) -> None:
        await self._store.forget(damaged)

    async def _tick(self, key: str, box: JsProxy) -> None:
        try:
            if len(self._compared) >= MOST:
                raise ConvNetError(
                    f"{MOST} runs can be compared with the one on the page: untick another first."
                )
            entry = self._entry(key)
            description, *_ = await self._store.pieces(key)
            letter = next(
                each
                for each in LETTERS
                if all(not run.title.startswith(each) for run in self._compared.values())
            )
            steps = from_record(f"{letter}: {title(entry)}", description, entry.loss)
            self._compared[key] = await self._listening.work.do(steps)
        except BaseException:
            box.checked = False
            raise
        self._compare()

    async def _untick(self, key: str) -> None:
        self._compared.pop(key, None)
        self._compare()

    def _entry(self, key: str) -> Entry:
        entry = self._store.entry(key)
        if entry is None:
            raise ConvNetError("This run is not kept any more.")
        return entry

    # What is shown

    def _compare(self) -> None:
        self._session.compare(list(self._compared.values()))

    def _note_change(self) -> None:
        gone = [
            key
            for key in self._compared
            if key == self._keeping.key or self._store.entry(key) is None
        ]
        for key in gone:
            del self._compared[key]
        if gone:
            self._compare()
        if self._sheet.open:
            self._refresh()

    def _toggle(self) -> None:
        if self._sheet.open:
            self._refresh()
            # So that the list says of the run on the page what is true of it now.
            self._begin(self._keeping.keep(), "Keeping the run")
            return
        if self._refreshing:
            self._refreshing.cancel()
        self._list.replaceChildren()
        self._rows.clear()

    def _refresh(self) -> None:
        """Begins to show the list as it is now, in the place of what was being shown of it."""
        if self._refreshing:
            self._refreshing.cancel()
        self._refreshing = asyncio.ensure_future(self._show())

    async def _show(self) -> None:
        self._damaged_list.replaceChildren(*(damaged_row(each.key) for each in self._store.damaged))
        await between_frames(self._show_entries(), lambda _: None)
        await self._store.tabs.look()
        used, left = await self._store.room()
        count = len(self._store.entries)
        said = f"{count} kept run{'s take' if count != 1 else ' takes'} {used / 1e6:,.1f} MB."
        self._room.show(said if left is None else f"{said} There is room for {left / 1e6:,.0f} MB.")

    def _show_entries(self) -> Iterator[None]:
        """Brings the lines up to date, one a step; a new one comes behind the next newer one."""
        entries = self._store.entries
        keys = {entry.key for entry in entries}
        for key in self._rows.keys() - keys:
            self._rows.pop(key).element.remove()
        newer: RunRow | None = None
        for entry in entries:
            row = self._rows.get(entry.key)
            if row is None:
                row = self._rows[entry.key] = RunRow(entry.key)
                if newer:
                    newer.element.after(row.element)
                else:
                    self._list.prepend(row.element)
            row.show(entry, self._place(entry.key), entry.key in self._compared)
            newer = row
            yield

    def _place(self, key: str) -> Place:
        if key == self._keeping.key:
            return Place.HERE
        return Place.ELSEWHERE if self._store.is_open_elsewhere(key) else Place.NOWHERE


def title(entry: Entry) -> str:
    """What a run is called where it has to have a name."""
    return entry.name or entry.network
