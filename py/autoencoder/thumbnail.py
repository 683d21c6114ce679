"""A small picture of a canvas, as text: what the list of kept runs shows of a map.

thumbnail = Thumbnail("embedding")
thumbnail.take()  # "data:image/png;base64,..."
"""

from __future__ import annotations

from pyscript import document

from autoencoder.page import element

SIDE = 96
"""Pixels of its width and height."""


class Thumbnail:
    """Makes small pictures of a canvas.

    Args:
        name: id of the canvas.
    """

    def __init__(self, name: str) -> None:
        self._source = element(name)
        self._canvas = document.createElement("canvas")
        self._canvas.width = self._canvas.height = SIDE
        self._context = self._canvas.getContext("2d")

    def take(self) -> str:
        """The canvas as it is now, as a data: address of a PNG."""
        self._context.clearRect(0, 0, SIDE, SIDE)
        self._context.drawImage(self._source, 0, 0, SIDE, SIDE)
        return self._canvas.toDataURL("image/png")
