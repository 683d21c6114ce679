"""A panel of the page as a picture, drawn anew at a multiple of its size: canvases and texts.

    paper = Paper(element("network"), 2)
    for canvas in panel.querySelectorAll("canvas"):
        paper.paste(canvas)
    paper.write(panel)
    blob = await paper.png()

All is put where it is on the page, in the colours and letters that it has there.
"""

from __future__ import annotations

import asyncio
import math
import re

from pyodide.ffi import JsProxy, create_once_callable
from pyscript import document, window

from autoencoder.page import make
from convnet import ConvNetError

TEXT_NODES = 4  # NodeFilter.SHOW_TEXT
CONTROLS = "button, select, label"
SIDES = ("Top", "Right", "Bottom", "Left")


class Paper:
    """A canvas as large as a panel, times a scale.

    Args:
        panel: what is drawn.
        scale: pixels of the picture for one of the page.

    Raises:
        ConvNetError: the panel is hidden.
    """

    def __init__(self, panel: JsProxy, scale: float) -> None:
        box = panel.getBoundingClientRect()
        if not box.width * box.height:
            raise ConvNetError("This part of the page is hidden, so there is no picture of it.")
        self._panel = panel
        self._canvas = make("canvas")
        self._canvas.width = math.ceil(scale * box.width)
        self._canvas.height = math.ceil(scale * box.height)
        self._context = self._canvas.getContext("2d")
        self._context.scale(scale, scale)
        card = window.getComputedStyle(panel.closest("section"))
        self._context.fillStyle = card.backgroundColor
        self._context.fillRect(0, 0, box.width, box.height)

    def paste(self, target: JsProxy, picture: JsProxy | None = None, smooth: bool = False) -> None:
        """Draws a canvas where it is on the page, or another one in its place."""
        left, top, width, height = self._place(target)
        self._context.imageSmoothingEnabled = smooth
        self._context.imageSmoothingQuality = "high"
        if width * height:
            self._context.drawImage(picture or target, left, top, width, height)

    def frame(self, target: JsProxy) -> None:
        """Draws an element's border, side by side."""
        left, top, width, height = self._place(target)
        style = window.getComputedStyle(target)
        right, bottom = left + width, top + height
        ends = ((left, top, right, top), (right, top, right, bottom))
        ends += ((left, bottom, right, bottom), (left, top, left, bottom))
        inward = ((0, 1), (-1, 0), (0, -1), (1, 0))
        for side, (x0, y0, x1, y1), (across, down) in zip(SIDES, ends, inward, strict=True):
            thickness = _pixels(getattr(style, f"border{side}Width"))
            if thickness and width:
                self._stroke(thickness, getattr(style, f"border{side}Color"))
                x, y = across * thickness / 2, down * thickness / 2
                self._context.moveTo(x0 + x, y0 + y)
                self._context.lineTo(x1 + x, y1 + y)
                self._context.stroke()

    def shade(self, target: JsProxy) -> None:
        """Fills an element with the colours that it names, evenly from its left to its right."""
        left, top, width, height = self._place(target)
        colours = target.dataset.colours.split()
        gradient = self._context.createLinearGradient(left, 0, left + width, 0)
        for index, colour in enumerate(colours):
            gradient.addColorStop(index / (len(colours) - 1), colour)
        self._context.fillStyle = gradient
        self._context.fillRect(left, top, width, height)

    def ring(self, target: JsProxy) -> None:
        """Draws an element that is a ring."""
        left, top, width, height = self._place(target)
        style = window.getComputedStyle(target)
        thickness = _pixels(style.borderTopWidth)
        if width:
            self._stroke(thickness, style.borderTopColor)
            middle = left + width / 2, top + height / 2
            self._context.arc(*middle, (width - thickness) / 2, 0, math.tau)
            self._context.stroke()

    def write(self, target: JsProxy) -> None:
        """Writes what is in an element, beside controls, each word where it is on the page."""
        walker = document.createTreeWalker(target, TEXT_NODES)
        word = document.createRange()
        while node := walker.nextNode():
            if node.data.strip() and not node.parentElement.closest(CONTROLS):
                style = window.getComputedStyle(node.parentElement)
                self._context.font = f"{style.fontWeight} {style.fontSize} {style.fontFamily}"
                self._context.fillStyle = style.color
                upright = style.writingMode == "horizontal-tb"
                for match in re.finditer(r"\S+", node.data):
                    word.setStart(node, match.start())
                    word.setEnd(node, match.end())
                    self._write_word(match[0], word, upright)

    async def png(self) -> JsProxy:
        """The picture as a blob."""
        done = asyncio.get_running_loop().create_future()
        self._canvas.toBlob(create_once_callable(done.set_result), "image/png")
        return await done

    def _write_word(self, text: str, place: JsProxy, upright: bool) -> None:
        left, top, width, height = self._place(place)
        if not width:
            return
        ascent = self._context.measureText(text).fontBoundingBoxAscent
        self._context.save()
        if upright:
            self._context.translate(left, top + ascent)
        else:  # the page has nothing that is written downward
            self._context.translate(left + ascent, top + height)
            self._context.rotate(-math.tau / 4)
        self._context.fillText(text, 0, 0)
        self._context.restore()

    def _stroke(self, thickness: float, colour: str) -> None:
        self._context.beginPath()
        self._context.lineWidth = thickness
        self._context.strokeStyle = colour

    def _place(self, target: JsProxy) -> tuple[float, float, float, float]:
        """Left, top, width and height of something on the panel; it may have been scrolled."""
        box, panel = target.getBoundingClientRect(), self._panel.getBoundingClientRect()
        return box.left - panel.left, box.top - panel.top, box.width, box.height


def _pixels(length: str) -> float:
    return float(length.removesuffix("px"))
