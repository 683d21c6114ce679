"""Long texts between page and Python, in pieces that hold up no frame.

To the page texts go as bytes: Pyodide makes strings of them character by character.
"""

from __future__ import annotations

import codecs
from collections.abc import Iterable

from pyodide.ffi import JsException, JsProxy, to_js
from pyscript import window

from autoencoder.frames import Tell
from convnet import ConvNetError
from convnet.steps import Steps

PIECE = 2**18
"""Characters or bytes that cross in one go."""

MOST = 500_000_000
"""Characters or bytes of a text: those of the largest network that the page's memory holds."""


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
