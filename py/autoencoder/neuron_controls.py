"""What opens a neuron to be looked at closely, goes to the next one, and closes it.

A click on it or the Enter key opens it, Escape closes it, wherever the focus is that nothing else
has to do with Escape.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pyodide.ffi import JsProxy, create_proxy
from pyscript import document

from autoencoder.listening import Listening
from autoencoder.page import element
from autoencoder.session import Session

if TYPE_CHECKING:
    from autoencoder.views.network import NetworkView

PANEL = "neuron"


class NeuronControls:
    """Connects the network's pictures, and the neuron's panel, with the session.

    Args:
        session: is told which neuron is looked at.
        listening: what controls have in common.
        network: knows which neuron is pointed at.
    """

    def __init__(self, session: Session, listening: Listening, network: NetworkView) -> None:
        self._session = session
        self._network = network
        self._panel = element(PANEL)
        self._opener: JsProxy | None = None
        listening.on("network", "click", self._open)
        listening.on("network", "keydown", self._open_by_key, key="Enter")
        listening.on("previous-neuron", "click", lambda _: session.inspected.choose_next(-1))
        listening.on("next-neuron", "click", lambda _: session.inspected.choose_next())
        listening.on("close-neuron", "click", lambda _: self._close())
        listening.on("formula", "toggle", lambda _: None)  # it is drawn
        document.addEventListener("keydown", create_proxy(self._hear))

    def _open(self, event: JsProxy) -> None:
        pointed_at = self._network.pointed_at if event.target.closest(".picture") else None
        if pointed_at:
            self._session.inspected.choose(*pointed_at)
            self._opener = event.target.closest(".picture")

    def _open_by_key(self, event: JsProxy) -> None:
        """Opens it, and goes there, where keys reach its buttons."""
        self._open(event)
        if self._session.inspected.layer is not None:
            self._panel.hidden = False
            element("neuron-title").focus()

    def _close(self) -> None:
        had_focus = self._panel.contains(document.activeElement)
        self._session.inspected.close()
        if had_focus and self._opener:
            self._opener.focus()

    def _hear(self, event: JsProxy) -> None:
        is_open = self._session.inspected.layer is not None
        in_dialog = document.querySelector("dialog[open]")
        if event.key == "Escape" and is_open and not (event.defaultPrevented or in_dialog):
            element("close-neuron").click()
