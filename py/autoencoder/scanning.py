"""Pictures that the visitor opens or pastes, as ink.

ink = await scan(file, 420)
"""

from __future__ import annotations

import numpy as np
from pyodide.ffi import JsException, JsProxy
from pyscript import window

from autoencoder.ink import ink_of
from autoencoder.page import make
from convnet import ConvNetError

MOST_BYTES = 50_000_000
MOST_PIXELS = 100_000_000
"""What a browser decodes takes four bytes of memory a pixel."""

LUMA = np.array([0.299, 0.587, 0.114], np.float32)
"""How bright red, green and blue are: ITU-R BT.601."""


async def scan(file: JsProxy, size: int) -> np.ndarray:
    """The ink on a picture, whatever its colours, as large as fits into a square.

    Args:
        file: the browser's file.
        size: the square's side in pixels.

    Returns:
        uint8 (size, size), 255 where there is the most ink.

    Raises:
        ConvNetError: it is no picture, too large, or of one shade.
    """
    if file.size > MOST_BYTES:
        raise ConvNetError(
            f"A picture may have {MOST_BYTES // 10**6} MB, but this file has "
            f"{file.size / 1e6:,.0f} MB: choose another."
        )
    width, height = await _size_of(file)
    if width * height > MOST_PIXELS:
        raise ConvNetError(
            f"A picture may have {MOST_PIXELS // 10**6} million pixels, but this one has "
            f"{width:,}×{height:,}: choose another."
        )
    scale = size / max(width, height)
    width, height = (max(1, round(scale * length)) for length in (width, height))
    pixels = await _pixels_of(file, width, height)
    ink = ink_of((pixels[..., :3] @ LUMA).round().astype(np.uint8), pixels[..., 3])
    if ink is None:
        raise ConvNetError("There is no ink on the picture, which is all of one shade.")
    square = np.zeros((size, size), np.uint8)
    top, left = (size - height) // 2, (size - width) // 2
    square[top : top + height, left : left + width] = ink
    return square


async def _size_of(file: JsProxy) -> tuple[int, int]:
    bitmap = await _decoded(file)
    size = bitmap.width, bitmap.height
    bitmap.close()
    return size


async def _pixels_of(file: JsProxy, width: int, height: int) -> np.ndarray:
    """A picture's pixels, scaled, uint8 (height, width, 4): red, green, blue, opacity."""
    # The browser does this beside the page; in drawing it would hold up a frame.
    bitmap = await _decoded(file, resizeWidth=width, resizeHeight=height, resizeQuality="high")
    context = make("canvas", width=str(width), height=str(height)).getContext("2d")
    context.drawImage(bitmap, 0, 0, width, height)
    bitmap.close()
    data = context.getImageData(0, 0, width, height).data
    return np.frombuffer(data.to_bytes(), np.uint8).reshape(height, width, 4)


async def _decoded(file: JsProxy, **options: object) -> JsProxy:
    try:
        return await window.createImageBitmap(file, **options)
    except JsException:
        raise ConvNetError(
            "The file is no picture that this browser can read: choose a PNG, JPEG or WebP."
        ) from None
