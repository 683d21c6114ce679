"""A run as it stood at a moment, copied out of Python's memory, to be kept or brought back.

copy = yield from copy_run(session, entry)
yield from bring_back(session, await copy.read())
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from pyodide.ffi import JsProxy
from pyscript import window

from autoencoder.entries import Entry
from autoencoder.kept_settings import of_run, restore
from autoencoder.session import Session
from convnet.steps import Steps

PAUSED = "paused"
"""What a copy says beside the settings of its run: whether it goes on by itself."""


@dataclass(frozen=True, slots=True)
class Copy:
    """A copied run.

    Attributes:
        entry: its line of the list of kept runs.
        pieces: its record, Uint8Arrays.
    """

    entry: Entry
    pieces: list[JsProxy]

    async def read(self) -> Iterator[bytes]:
        """The pieces, one after the other: together they may be more than Python has room for."""
        return (piece.to_bytes() for piece in self.pieces)


def copy_run(session: Session, entry: Entry) -> Steps[Copy]:
    """Copies a session's run, in steps, while nothing trains.

    Args:
        session: the session.
        entry: the run's line of the list, but for its size.
    """
    settings = of_run(session)
    settings[PAUSED] = "true" if session.paused else "false"
    pieces = yield from session.record(to_array, settings)
    return Copy(replace(entry, size=sum(piece.length for piece in pieces)), pieces)


def bring_back(session: Session, pieces: Iterable[bytes]) -> Steps[list[str]]:
    """Goes on with a run that was copied, with the settings that it had, in steps, meanwhile
    nothing trains.

    Returns:
        A sentence for each that could not be set.

    Raises:
        ConvNetError: it is damaged; the session's run is as it was.
    """
    with session.standstill():
        yield from session.open(pieces)
        complaints = yield from restore(session)
        settings = session.run.beside.get("settings")
        if isinstance(settings, Mapping) and settings.get(PAUSED) == "true" and not session.paused:
            session.set_paused(True)
    return complaints


def to_array(piece: bytes | memoryview) -> JsProxy:
    """A copy of bytes, as a Uint8Array."""
    array = window.Uint8Array.new(len(piece))
    array.assign(piece)
    return array
