"""The pad: where the visitor draws a digit of their own, or puts a picture of one.

    Pad(session, listening)

Strokes appear as the pen moves; the session is told of the ink once a frame.
"""

from __future__ import annotations

import numpy as np
from pyodide.ffi import JsProxy, create_proxy
from pyscript import document

from autoencoder.frames import OncePerFrame
from autoencoder.keyboard import is_typing
from autoencoder.listening import Listening
from autoencoder.page import element
from autoencoder.scanning import scan
from autoencoder.session import Session
from autoencoder.views.canvas import Canvas

PEN_SHARE = 0.09
"""A stroke's width, as a share of the pad's: a digit that fills it is as thick as MNIST's."""

WHITE = np.uint32(0xFFFFFF)
OPACITY = 24
"""By so many bits a pixel's opacity lies above its colour."""

MOST_UNDONE = 50
MAIN_BUTTON = 0
READING = "Reading the picture"


class Pad:
    """Connects the pad with a session.

    The canvas is white wherever there is ink, and as opaque as there is ink.

    Args:
        session: is told of the ink.
        listening: what controls have in common.
    """

    def __init__(self, session: Session, listening: Listening) -> None:
        self._session = session
        self._listening = listening
        pad = self._pad = element("pad")
        # The first who asks for the context says how it is used.
        self._context = pad.getContext("2d", willReadFrequently=True)
        self._canvas = Canvas(pad)
        self._rgba = np.empty((pad.height, pad.width, 4), np.uint8)
        self._pen = PEN_SHARE * pad.width
        self._pointer: int | None = None
        self._before: list[np.ndarray] = []  # the ink before each change
        self._reading = OncePerFrame(self._tell)
        # Not by way of `Listening`, which would have all of the page drawn anew with each of them.
        for event, act in {
            "pointerdown": self._touch,
            "pointermove": self._move,
            "pointerup": self._lift,
            "pointercancel": self._lift,
        }.items():
            pad.addEventListener(event, create_proxy(act))
        listening.on("undo-pad", "click", lambda _: self._undo())
        listening.on("clear-pad", "click", lambda _: self._clear())
        listening.on_long("open-picture", "change", self._open, READING)
        document.addEventListener("paste", create_proxy(self._paste))

    # Strokes

    def _touch(self, event: JsProxy) -> None:
        if self._pointer is not None or event.button != MAIN_BUTTON:
            return
        self._pointer = event.pointerId
        self._pad.setPointerCapture(event.pointerId)
        self._remember()
        self._context.fillStyle = self._context.strokeStyle = "#fff"
        self._context.lineWidth = self._pen
        self._context.lineCap = self._context.lineJoin = "round"
        (self._place,) = self._places([event])
        self._context.beginPath()
        self._context.arc(*self._place, self._pen / 2, 0, 7)
        self._context.fill()
        self._reading.ask()

    def _move(self, event: JsProxy) -> None:
        if event.pointerId != self._pointer:
            return
        # Between two frames a pen has been in many places; what scripts send tells of none.
        events = event.getCoalescedEvents() if hasattr(event, "getCoalescedEvents") else []
        self._context.beginPath()
        self._context.moveTo(*self._place)
        for place in self._places(events or [event]):
            self._context.lineTo(*place)
            self._place = place
        self._context.stroke()
        self._reading.ask()

    def _lift(self, event: JsProxy) -> None:
        if event.pointerId == self._pointer:
            self._pointer = None

    def _places(self, events: list[JsProxy] | JsProxy) -> list[tuple[float, float]]:
        """Where pointers are on the canvas, which may be seen in any size."""
        box = self._pad.getBoundingClientRect()
        scale = self._pad.width / box.width
        return [((e.clientX - box.left) * scale, (e.clientY - box.top) * scale) for e in events]

    # Ink

    def _ink(self) -> np.ndarray:
        """The ink, uint8 (height, width)."""
        image = self._context.getImageData(0, 0, self._pad.width, self._pad.height)
        image.data.assign_to(self._rgba.reshape(-1))
        return self._rgba[..., 3].copy()

    def _show(self, ink: np.ndarray) -> None:
        self._pointer = None  # a stroke ends here
        self._canvas.show(WHITE | ink.astype(np.uint32) << OPACITY)
        self._reading.ask()

    def _tell(self) -> None:
        self._session.own_digit.draw(self._ink())

    def _remember(self) -> None:
        self._before = [*self._before, self._ink()][-MOST_UNDONE:]

    def _undo(self) -> None:
        """Takes back the last stroke or picture, or the last clearing."""
        if self._before:
            self._show(self._before.pop())

    def _clear(self) -> None:
        if self._ink().any():
            self._remember()
            self._show(np.zeros_like(self._before[-1]))

    # Pictures

    async def _open(self) -> None:
        field = element("open-picture")
        if field.files.length:
            file = field.files.item(0)
            field.value = ""  # so that the same file can be opened again
            await self._put(file)

    def _paste(self, event: JsProxy) -> None:
        """Takes a picture from the clipboard; text there is for fields."""
        files = event.clipboardData.files
        if files.length and not is_typing(event.target):
            event.preventDefault()
            self._listening.begin(self._put(files.item(0)), READING, "open-picture")

    async def _put(self, file: JsProxy) -> None:
        """Puts a picture in the place of what is on the pad."""
        ink = await scan(file, self._pad.width)
        self._remember()
        self._show(ink)
        self._pad.scrollIntoView(block="nearest")
