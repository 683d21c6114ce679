"""Long texts between page and Python, and long work between frames: in pieces that hold up none.

To the page texts go as bytes: Pyodide makes strings of them character by character.
"""

from __future__ import annotations

import asyncio
import codecs
from collections.abc import Iterable
from time import perf_counter
from typing import TypeVar

from pyodide.ffi import JsProxy, to_js
from pyscript import window

from convnet import ConvNetError
from convnet.memory import OUT_OF_MEMORY
from convnet.steps import Steps

T = TypeVar("T")

WORKING_S = 0.008
PIECE = 2**18
"""Characters or bytes that cross in one go."""


async def between_frames(steps: Steps[T]) -> T:
    """Takes steps for a while, lets the page do what it has to, and so on to their end."""
    while True:
        until = perf_counter() + WORKING_S
        while perf_counter() < until:
            try:
                next(steps)
            except StopIteration as end:
                return end.value
            except MemoryError:
                raise ConvNetError(OUT_OF_MEMORY) from None
        await asyncio.sleep(0)


def read_field(field: JsProxy) -> Steps[str]:
    """A field's text."""
    pieces = []
    for piece in window.longText.piecesOf(field, PIECE):
        pieces.append(piece)
        yield
    return "".join(pieces)


async def read_file(file: JsProxy) -> str:
    """A file's text in UTF-8; what is none is replaced, as browsers do."""
    decoder = codecs.getincrementaldecoder("utf-8-sig")(errors="replace")
    pieces = []
    for start in range(0, file.size, PIECE):
        buffer = await file.slice(start, start + PIECE).arrayBuffer()
        pieces.append(decoder.decode(buffer.to_bytes()))
    pieces.append(decoder.decode(b"", final=True))
    return "".join(pieces)


def write_field(field: JsProxy, pieces: Iterable[str]) -> Steps[None]:
    """Makes pieces a field's text."""
    texts = window.Array.new()
    for piece in pieces:
        window.longText.add(texts, to_js(piece.encode()))
        yield
    window.longText.fill(field, texts)


def write_blob(pieces: Iterable[str]) -> Steps[JsProxy]:
    """Makes a Blob of pieces."""
    blobs = window.Array.new()
    for piece in pieces:
        blobs.push(window.Blob.new(to_js([piece.encode()])))
        yield
    return window.Blob.new(blobs)
