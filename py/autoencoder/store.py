"""The runs that this browser keeps: one interface, behind which it is decided where they stand.

    store = Store()
    await store.open()
    await store.keep(entry, pieces)  # all or nothing
    pieces = await store.pieces(entry.key)

`localStorage` holds the list, a line for each run, and the records that fit; IndexedDB holds all
records. For what IndexedDB has taken is on disk, while browsers write `localStorage` there minutes
later; but only that can be written at once, while the page is being closed. Of a run's two records
the newer one counts. No tab writes another's lines, so that none is lost between two.
"""

from __future__ import annotations

import os
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from time import time

from pyodide.ffi import JsProxy, to_js
from pyscript import window

from autoencoder import local_storage
from autoencoder.entries import Entry, record_from_text, record_to_text, time_of_text
from autoencoder.indexed import Indexed
from autoencoder.local_storage import RUN, DeniedError, FullError
from autoencoder.tabs import Tabs
from convnet.errors import ConvNetError

DATA, DAMAGED = "data:", "damaged:"

MOST_AT_ONCE = 1_500_000
"""Bytes of a record that fits into `localStorage`: more would take longer than a frame may."""


@dataclass(frozen=True, slots=True)
class Damaged:
    """A line that was set aside, with the record that it is of.

    Attributes:
        key: what it stood under.
        text: the line as it stands.
    """

    key: str
    text: str


class Store:
    """The kept runs, of all tabs.

    Attributes:
        tabs: which run each tab has open.
        damaged: what was set aside.
    """

    def __init__(self) -> None:
        self.tabs = Tabs(self._tell)
        self.damaged: list[Damaged] = []
        self._entries: dict[str, Entry] = {}
        self._indexed = Indexed()
        self._on_disk: dict[str, int] = {}  # times of the records in IndexedDB, by key
        self._listeners: list[Callable[[], None]] = []

    @property
    def entries(self) -> list[Entry]:
        """The list, the newest first."""
        return sorted(self._entries.values(), key=lambda entry: -entry.when)

    def entry(self, key: str) -> Entry | None:
        """A run's line, if it is kept."""
        return self._entries.get(key)

    def listen(self, act: Callable[[], None]) -> None:
        """Calls an act whenever the list has changed, here or in another tab."""
        self._listeners.append(act)

    async def open(self) -> None:
        """Reads the list. What cannot be read of it is set aside, or left where it is.

        Nothing is raised: a browser that keeps nothing has an empty list.
        """
        with suppress(DeniedError):
            for key in local_storage.names(RUN):
                self._read(key)
            self.damaged += [
                Damaged(key, local_storage.get(DAMAGED + key) or "")
                for key in local_storage.names(DAMAGED)
                if all(key != each.key for each in self.damaged)
            ]
            local_storage.on_change(self._note_change)
        with suppress(DeniedError):
            await self._recover()
        await self.tabs.look()
        self._tell()

    async def keep(self, entry: Entry, pieces: Sequence[JsProxy]) -> None:
        """Keeps a run, in the place of what was kept of it before, which stays until this is whole.

        Args:
            entry: its line of the list.
            pieces: its record, Uint8Arrays of a size that holds up no frame.

        Raises:
            FullError: there is no room for it.
            DeniedError: this browser keeps nothing for this page.
        """
        try:
            await self._indexed.write(entry, pieces)
            self._on_disk[entry.key] = entry.when
        except ConvNetError:
            if not self.keep_at_once(entry, pieces):
                raise
        else:
            with suppress(FullError):
                if self.keep_at_once(entry, pieces):
                    return
            local_storage.remove(DATA + entry.key)  # older, or what took the line's room
            self._write_line(entry)

    def keep_at_once(self, entry: Entry, pieces: Sequence[JsProxy]) -> bool:
        """Does the same before it returns, for a run that is small enough; else it does nothing.

        Returns:
            Whether the run was small enough.

        Raises:
            FullError, DeniedError: as for `keep`.
        """
        if entry.size > MOST_AT_ONCE:
            return False
        text = record_to_text((piece.to_bytes() for piece in pieces), entry.when)
        while True:
            try:
                local_storage.put_long(DATA + entry.key, text)
                break
            except FullError:
                if not self._make_room(entry.key):
                    raise
        self._write_line(entry)
        return True

    async def pieces(self, key: str) -> list[bytes]:
        """A kept run's record.

        Raises:
            DeniedError: it cannot be read now.
            ConvNetError: it is damaged; then it has been set aside.
        """
        try:
            return await self._newest(key)
        except DeniedError:
            raise
        except ConvNetError:
            self.set_aside(key)
            raise ConvNetError(
                "The kept run is damaged. It was set aside, and can be downloaded."
            ) from None

    async def rename(self, key: str, name: str) -> None:
        """Gives a kept run a name.

        Raises:
            FullError, DeniedError: as for `keep`.
        """
        entry = replace(self._known(key), name=name)
        self._write_line(entry)
        with suppress(DeniedError):
            await self._indexed.relabel(entry)

    async def duplicate(self, key: str) -> Entry:
        """Keeps a run a second time, and returns the new line.

        Raises:
            ConvNetError: it is damaged, or there is no room for it.
        """
        entry = replace(self._known(key), key=new_key(), when=now())
        await self.keep(entry, [to_js(piece) for piece in await self.pieces(key)])
        return entry

    async def delete(self, key: str) -> Callable[[], Awaitable[None]]:
        """Keeps a run no more.

        Returns:
            What keeps it again.

        Raises:
            ConvNetError: another tab has it open, or it cannot be read.
        """
        entry = self._known(key)
        if self.is_open_elsewhere(key):
            raise ConvNetError("This run is open in another tab: close that first.")
        pieces = [to_js(piece) for piece in await self.pieces(key)]
        await self.drop(key)
        return lambda: self.keep(entry, pieces)

    async def drop(self, key: str) -> None:
        """The same for good."""
        with suppress(DeniedError):
            await self._indexed.delete(key)
        with suppress(DeniedError):
            local_storage.remove(DATA + key)
            local_storage.remove(RUN + key)
        self._on_disk.pop(key, None)
        self._entries.pop(key, None)
        self._tell()

    async def room(self) -> tuple[int, int | None]:
        """Bytes that the kept runs take, and those that the browser has left for this page, if it
        tells.
        """
        used = sum(entry.size for entry in self._entries.values())
        try:
            estimate = await window.navigator.storage.estimate()
            return used, max(0, int(estimate.quota - estimate.usage))
        except Exception:  # what browsers lack, or refuse, differs
            return used, None

    def is_open_elsewhere(self, key: str) -> bool:
        """Whether another tab has a run open."""
        return key in self.tabs.elsewhere

    # What is damaged

    def set_aside(self, key: str) -> None:
        """Takes a line off the list, but keeps it and its record, see `raw`."""
        with suppress(DeniedError):
            text = local_storage.get(RUN + key) or ""
            local_storage.remove(RUN + key)  # first: there may not be room for both
            self.damaged.append(Damaged(key, text))
            with suppress(FullError):
                local_storage.put(DAMAGED + key, text)
        self._entries.pop(key, None)
        self._tell()

    async def raw(self, damaged: Damaged) -> JsProxy:
        """What was set aside, as a Blob: the line, and whatever there is of the record."""
        parts = window.Array.new()
        parts.push(damaged.text + "\n")
        with suppress(DeniedError):
            text = local_storage.get_long(DATA + damaged.key)
            parts.push(to_js(text or b""))
        with suppress(DeniedError):
            for chunk in await self._indexed.chunks(damaged.key):
                parts.push(chunk)
        return window.Blob.new(parts)

    async def forget(self, damaged: Damaged) -> None:
        """Keeps what was set aside no more."""
        self.damaged.remove(damaged)
        with suppress(DeniedError):
            local_storage.remove(DAMAGED + damaged.key)
        await self.drop(damaged.key)

    # Inside

    async def _newest(self, key: str) -> list[bytes]:
        """The newer one of a run's two records."""
        text = None
        with suppress(DeniedError):
            text = local_storage.get_long(DATA + key)
        try:
            head = await self._indexed.head(key)
        except DeniedError:
            if text is None:
                raise
            head = None
        if text is not None and (head is None or time_of_text(text) >= head.when):
            return record_from_text(text)
        if head is None:
            raise ConvNetError("There is no record of this run.")
        return await self._indexed.read(head)

    async def _recover(self) -> None:
        """Brings back lines that the browser had not written to disk when it was ended."""
        for head in await self._indexed.heads():
            self._on_disk[head.key] = head.when
            known = self._entries.get(head.key)
            aside = local_storage.get(DAMAGED + head.key) is not None
            if aside or (known and known.when >= head.when):
                continue
            with suppress(ConvNetError):
                entry = Entry.from_json(head.entry, head.key)
                self._entries[head.key] = entry
                self._write_line(entry)

    def _read(self, key: str) -> None:
        """Takes in what the list says of a run now."""
        text = local_storage.get(RUN + key)
        if text is None:
            self._entries.pop(key, None)
            return
        try:
            self._entries[key] = Entry.from_json(text, key)
        except ConvNetError:
            self.set_aside(key)

    def _note_change(self, name: str | None) -> None:
        """Takes in what another tab has changed of the list."""
        if name is None:
            self._entries.clear()
        elif name.startswith(RUN):
            self._read(name.removeprefix(RUN))
        else:
            return
        self._tell()
        self.tabs.look_soon()

    def _write_line(self, entry: Entry) -> None:
        local_storage.put(RUN + entry.key, entry.to_json())
        self._entries[entry.key] = entry
        self._tell()

    def _make_room(self, key: str) -> bool:
        """Takes the oldest record out of `localStorage` that IndexedDB has too, but for one run's.

        Returns:
            Whether there was any.
        """
        there = set(local_storage.names(DATA)) - {key}
        for entry in reversed(self.entries):
            if entry.key in there and self._on_disk.get(entry.key, 0) >= entry.when:
                local_storage.remove(DATA + entry.key)
                return True
        return False

    def _known(self, key: str) -> Entry:
        entry = self._entries.get(key)
        if entry is None:
            raise ConvNetError("This run is not kept any more.")
        return entry

    def _tell(self) -> None:
        for act in self._listeners:
            act()


def new_key() -> str:
    """What no other run is kept under."""
    return os.urandom(8).hex()


def now() -> int:
    """Milliseconds since 1970."""
    return int(time() * 1000)
