"""Records of kept runs as bytes, in IndexedDB: of any size, and on disk at once.

    indexed = Indexed()
    await indexed.write(entry, pieces)  # raises FullError or DeniedError
    head = await indexed.head(entry.key)
    pieces = await indexed.read(head)

There are two stores. A head, by the run's key, is an object with

    key; when: the record's time, milliseconds since 1970; entry: the run's line of the list, JSON;
    count: of its chunks; sum: CRC-32 of them all

and a chunk, by [key, when, index], is a piece of the record. A record is written under a new time,
chunk by chunk; then one transaction puts the new head in the old one's place and takes the old
chunks away. So until the new record is whole, there is the old one.
"""

from __future__ import annotations

import asyncio
import binascii
import math
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from time import time

from pyodide.ffi import JsProxy, create_proxy, to_js
from pyscript import window

from autoencoder.entries import MOST, Entry, check_sum
from autoencoder.local_storage import PREFIX, DeniedError, attempt, refusal
from convnet.errors import ConvNetError
from convnet.fields import Fields

NAME = PREFIX + "runs"
HEADS, CHUNKS = "heads", "chunks"
PATIENCE_S = 5
"""Some browsers that keep nothing never answer."""
ABANDONED_MS = 3_600_000
"""No write takes so long: chunks that still have no head have none to come."""


@dataclass(frozen=True, slots=True)
class Head:
    """What is known of a record before it is read.

    Attributes:
        key: its run's.
        when: it was made, in milliseconds since 1970.
        entry: its run's line of the list, as text.
        count: of its chunks.
        total: their check sum.
    """

    key: str
    when: int
    entry: str
    count: int
    total: int

    @classmethod
    def from_values(cls, values: object) -> Head:
        """What stands in the store, checked.

        Raises:
            ConvNetError: it is no head.
        """
        fields = Fields(values, "The head of a kept record")
        return cls(
            fields.text("key"),
            fields.whole("when", 0, MOST),
            fields.text("entry"),
            fields.whole("count", 1, 100_000),
            fields.whole("sum", 0, 2**32 - 1),
        )


class Indexed:
    """The records in this browser."""

    def __init__(self) -> None:
        self._database: JsProxy | None = None

    async def heads(self) -> list[Head]:
        """The heads of all records that are whole; chunks that were left over are taken away.

        Raises:
            DeniedError: IndexedDB cannot be used.
        """
        transaction = await self._begin("readonly")
        heads = done(transaction.objectStore(HEADS).getAll())
        keys = done(transaction.objectStore(CHUNKS).getAllKeys())
        found, whole = [], set()
        for each in (await heads).to_py(depth=2):
            whole.add(each["key"])
            with suppress(ConvNetError):  # it will be told when its record is to be read
                found.append(Head.from_values(each))
        await self._clean((await keys).to_py(depth=2), whole)
        return found

    async def head(self, key: str) -> Head | None:
        """The head of a run's record, if there is one.

        Raises:
            ConvNetError: it is damaged.
            DeniedError: IndexedDB cannot be used.
        """
        transaction = await self._begin("readonly")
        found = await done(transaction.objectStore(HEADS).get(key))
        return None if found is None else Head.from_values(found.to_py(depth=1))

    async def write(self, entry: Entry, pieces: Sequence[JsProxy]) -> None:
        """Keeps a record in the place of the run's last one.

        Args:
            entry: the run's line of the list.
            pieces: the record's, Uint8Arrays of a size that holds up no frame.

        Raises:
            FullError: there is no room for it.
            DeniedError: IndexedDB cannot be used.
        """
        key, when, total = entry.key, entry.when, 0
        for index, piece in enumerate(pieces):
            transaction = await self._begin("readwrite")
            chunks, place = transaction.objectStore(CHUNKS), to_js([key, when, index])
            attempt(partial(chunks.put, piece, place))
            await done(transaction)
            total = binascii.crc32(piece.to_bytes(), total)
        head = {"key": key, "when": when, "entry": entry.to_json(), "count": len(pieces)}
        transaction = await self._begin("readwrite")
        transaction.objectStore(HEADS).put(as_object(head | {"sum": total}))
        self._delete_chunks(transaction, key, before=when)
        self._delete_chunks(transaction, key, after=when)
        await done(transaction)

    async def relabel(self, entry: Entry) -> None:
        """Gives a run's record, if there is one, another line of the list."""
        transaction = await self._begin("readonly")
        head = await done(transaction.objectStore(HEADS).get(entry.key))
        if head is not None:
            transaction = await self._begin("readwrite")
            head.entry = entry.to_json()
            transaction.objectStore(HEADS).put(head)
            await done(transaction)

    async def read(self, head: Head) -> list[bytes]:
        """A record's pieces.

        Raises:
            ConvNetError: it is damaged.
            DeniedError: IndexedDB cannot be used.
        """
        store = (await self._begin("readonly")).objectStore(CHUNKS)
        requests = [
            done(store.get(to_js([head.key, head.when, index]))) for index in range(head.count)
        ]
        pieces = []
        for request in requests:
            chunk = await request
            if not window.ArrayBuffer.isView(chunk):
                raise ConvNetError("The kept record is damaged: a part of it is missing.")
            pieces.append(chunk.to_bytes())
            await asyncio.sleep(0)
        try:
            check_sum(pieces, head.total)
        except ValueError:
            raise ConvNetError("The kept record is damaged.") from None
        return pieces

    async def chunks(self, key: str) -> list[JsProxy]:
        """All that there is of a run's records, whole or not."""
        within = window.IDBKeyRange.bound(to_js([key]), to_js([key, to_js([])]))
        store = (await self._begin("readonly")).objectStore(CHUNKS)
        return list(await done(store.getAll(within)))

    async def delete(self, key: str) -> None:
        """Keeps a run's record no more."""
        transaction = await self._begin("readwrite")
        transaction.objectStore(HEADS).delete(key)
        self._delete_chunks(transaction, key)
        await done(transaction)

    async def _begin(self, mode: str) -> JsProxy:
        """A transaction over both stores."""
        if self._database is None:
            self._database = await open_database()
        try:
            return attempt(lambda: self._database.transaction(to_js([HEADS, CHUNKS]), mode))
        except DeniedError:  # the browser has closed it, as where site data were cleared
            self._database = await open_database()
            return attempt(lambda: self._database.transaction(to_js([HEADS, CHUNKS]), mode))

    async def _clean(self, keys: list[object], whole: set[object]) -> None:
        """Takes chunks away that a write left which never came to its end."""
        latest = time() * 1000 - ABANDONED_MS
        left = {tuple(key[:2]) for key in keys if isinstance(key, list) and len(key) == 3}
        left = {each for each in left if each[0] not in whole and 0 < each[1] < latest}
        if left:
            transaction = await self._begin("readwrite")
            for key, when in left:
                self._delete_chunks(transaction, key, when - 1, when + 1)
            await done(transaction)

    def _delete_chunks(
        self, transaction: JsProxy, key: str, after: float = -math.inf, before: float = math.inf
    ) -> None:
        """Deletes a run's chunks of the times between two others."""
        within = window.IDBKeyRange.bound(to_js([key, after + 1]), to_js([key, before]))
        transaction.objectStore(CHUNKS).delete(within)


async def open_database() -> JsProxy:
    """The database, which is made where there is none.

    Raises:
        DeniedError: IndexedDB cannot be used.
    """
    request = attempt(lambda: window.indexedDB.open(NAME, 1))

    def make_stores(_: JsProxy) -> None:
        request.result.createObjectStore(HEADS, as_object({"keyPath": "key"}))
        request.result.createObjectStore(CHUNKS)

    making = create_proxy(make_stores)
    try:
        request.onupgradeneeded = making
        async with asyncio.timeout(PATIENCE_S):
            return await done(request)
    except (TimeoutError, AttributeError):
        raise refusal(None) from None
    finally:
        making.destroy()


def done(request: JsProxy) -> asyncio.Future[JsProxy]:
    """Is done when a request or a transaction is, with the request's result.

    Raises:
        FullError: there is no room for it.
        DeniedError: it failed for another reason.
    """
    future = asyncio.get_running_loop().create_future()

    def settle(event: JsProxy) -> None:
        listener.destroy()
        if future.done():
            return
        if event.type in ("success", "complete"):
            future.set_result(getattr(request, "result", None))
        else:
            future.set_exception(refusal(getattr(request, "error", None)))

    listener = create_proxy(settle)
    is_transaction = hasattr(request, "objectStoreNames")
    for event in ("complete", "abort") if is_transaction else ("success", "error"):
        setattr(request, f"on{event}", listener)
    return future


def as_object(values: dict[str, object]) -> JsProxy:
    """A dict as a JavaScript object."""
    return to_js(values, dict_converter=window.Object.fromEntries)
