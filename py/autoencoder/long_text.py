"""Long texts between page and Python, and long work between frames: in pieces that hold up none.

To the page texts go as bytes: Pyodide makes strings of them character by character.
"""

from __future__ import annotations

import asyncio
import codecs
from collections.abc import Callable, Iterable
from time import perf_counter
from typing import TypeVar

from pyodide.ffi import JsException, JsProxy, to_js
from pyscript import window

from convnet import ConvNetError
from convnet.memory import OUT_OF_MEMORY
from convnet.steps import Steps

T = TypeVar("T")

WORKING_S = 0.008
PIECE = 2**18
"""Characters or bytes that cross in one go."""

MOST = 500_000_000
"""Characters or bytes of a text: those of the largest network that the page's memory holds."""

Tell = Callable[[float | None], None]
"""Is told what share of some work is done, from 0 to 1, or None where nobody knows."""


async def between_frames(steps: Steps[T], tell: Tell) -> T:
    """Takes steps for a while, lets the page do what it has to, and so on to their end.

    Args:
        steps: the work; where it is cancelled, it ends between two of them.
        tell: is given the share that is done, now and then.
    """
    try:
        while True:
            until = perf_counter() + WORKING_S
            share = None
            while perf_counter() < until:
                share = next(steps)
            tell(share)
            await asyncio.sleep(0)
    except StopIteration as end:
        return end.value
    except MemoryError:
        raise ConvNetError(OUT_OF_MEMORY) from None
    finally:
        steps.close()


def read_field(field: JsProxy) -> Steps[str]:
    """A field's text.

    Raises:
        ConvNetError: there is more of it than a snapshot has.
    """
    _check_length(field.textLength)
    pieces = []
    for piece in window.longText.piecesOf(field, PIECE):
        pieces.append(piece)
        yield
    return "".join(pieces)


async def read_file(file: JsProxy, tell: Tell) -> str:
    """A file's text in UTF-8; what is none is replaced, as browsers do.

    Args:
        file: the browser's file.
        tell: is given the share that is read.

    Raises:
        ConvNetError: there is more of it than a snapshot has, or it cannot be read.
    """
    _check_length(file.size)
    decoder = codecs.getincrementaldecoder("utf-8-sig")(errors="replace")
    pieces = []
    for start in range(0, file.size, PIECE):
        try:
            buffer = await file.slice(start, start + PIECE).arrayBuffer()
        except JsException as error:  # it is gone, or has been changed since it was chosen
            raise ConvNetError(
                f"The file cannot be read ({error.name}): choose it again."
            ) from None
        pieces.append(decoder.decode(buffer.to_bytes()))
        tell(start / file.size)
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


def _check_length(length: int) -> None:
    if length > MOST:
        raise ConvNetError(
            f"A snapshot has at most {MOST // 10**6} MB, but this text has {length // 10**6:,} MB: "
            "choose another."
        )
