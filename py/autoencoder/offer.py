"""One thing that the page offers to do: undo what was done, or start afresh.

    offer = Offer()
    offer.make("Started anew with 84,586 parameters.", "Undo", bring_back)

It stands in one line over the page, and the next one takes its place.
"""

from __future__ import annotations

from collections.abc import Callable

from pyodide.ffi import create_proxy

from autoencoder.page import element


class Offer:
    """The line with its two buttons: one does what is offered, the other lets it be."""

    def __init__(self) -> None:
        self._frame = element("offer")
        self._sentence = element("offered")
        self._button = element("accept")
        self._act: Callable[[], None] | None = None
        self._button.addEventListener("click", create_proxy(lambda _: self._accept()))
        element("decline").addEventListener("click", create_proxy(lambda _: self.withdraw()))

    def make(self, sentence: str, button: str, act: Callable[[], None]) -> None:
        """Offers something until it is taken, declined, or another offer takes its place.

        Args:
            sentence: what has happened.
            button: what may be done about it.
            act: does it.
        """
        self._frame.hidden = False  # first: what is written into hidden elements is not read out
        self._sentence.textContent = sentence
        self._button.textContent = button
        self._act = act

    def withdraw(self) -> None:
        """Offers it no more."""
        self._frame.hidden = True
        self._sentence.textContent = ""
        self._act = None

    def _accept(self) -> None:
        act = self._act
        self.withdraw()
        if act:
            act()
