"""A canvas element that shows pictures made in NumPy, each put there in one go."""

from __future__ import annotations

import numpy as np
from pyodide.ffi import JsProxy
from pyscript import window


class Canvas:
    """A canvas and the browser's copy of its pixels, kept for as long as the size stays.

    Args:
        element: the canvas element.
    """

    def __init__(self, element: JsProxy) -> None:
        self.element = element
        self._context = element.getContext("2d")
        self._shape: tuple[int, int] | None = None

    def show(self, picture: np.ndarray) -> None:
        """Shows a picture, uint32 (height, width), and takes on its size."""
        if picture.shape != self._shape:
            self._resize(*picture.shape)
        self._pixels.assign(np.ascontiguousarray(picture).view(np.uint8).reshape(-1))
        self._context.putImageData(self._image, 0, 0)

    def clear(self) -> None:
        """Shows nothing."""
        self._context.clearRect(0, 0, self.element.width, self.element.height)

    def _resize(self, height: int, width: int) -> None:
        self._shape = height, width
        self.element.width, self.element.height = width, height
        self._pixels = window.Uint8ClampedArray.new(4 * height * width)
        self._image = window.ImageData.new(self._pixels, width, height)
