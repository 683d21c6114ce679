"""What every view has: whether its panel is on screen, and how often it wants to be drawn."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from pyodide.ffi import JsProxy, create_proxy
from pyscript import window

if TYPE_CHECKING:
    from autoencoder.session import Session


class View:
    """A panel that shows something of the session.

    Args:
        panel: the element whose place decides whether the view is on screen.

    Attributes:
        period_ms: time between drawings; 0 for every frame.
        unfinished: whether it wants to be drawn again though the session is as it was.
        stop_watching: frees what the browser holds of it, where the panel is to be no more.
    """

    period_ms: float = 0
    unfinished: bool = False

    def __init__(self, panel: JsProxy) -> None:
        self._on_screen = True
        self.stop_watching = _watch(panel, self._note_place)

    def _note_place(self, on_screen: bool) -> None:
        self._on_screen = on_screen

    @property
    def visible(self) -> bool:
        """Whether there is something of it to see: some of the panel is on screen."""
        return self._on_screen

    @property
    def parts(self) -> Sequence[View]:
        """What can be drawn by itself of it."""
        return (self,)

    def renew(self, session: Session) -> None:
        """Forgets another network, before this one is drawn for the first time."""

    def draw(self, session: Session) -> None:
        """Shows the session's state."""
        raise NotImplementedError

    def print(self, session: Session) -> None:
        """Shows the session's state whole, also what is off screen."""
        self.draw(session)


def _watch(panel: JsProxy, tell: Callable[[bool], None]) -> Callable[[], None]:
    """Calls `tell` whenever an element comes on screen or leaves it.

    Returns:
        A function that ends it and frees what the browser holds of it.
    """
    callback = create_proxy(lambda entries, _: tell(bool(entries[len(entries) - 1].isIntersecting)))
    observer = window.IntersectionObserver.new(callback)
    observer.observe(panel)

    def stop() -> None:
        observer.disconnect()
        callback.destroy()

    return stop
