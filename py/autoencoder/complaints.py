"""What is wrong with what the visitor wrote: said in the notice, marked at its field.

complaints = Complaints(notice)
complaints.make("learning-rate", "The learning rate must be a number, but it is empty.")
complaints.settle("learning-rate")  # now it is one
"""

from __future__ import annotations

from collections.abc import Callable

from pyodide.ffi import create_proxy
from pyscript import document

from autoencoder.page import Notice, element

FIELDS = "input, textarea"


class Complaints:
    """One at most for each control.

    Args:
        notice: says them.
    """

    def __init__(self, notice: Notice) -> None:
        self._notice = notice
        self._withdrawals: dict[str, Callable[[], None]] = {}
        document.addEventListener("input", create_proxy(lambda event: _unmark(event.target)))

    def make(self, name: str, sentence: str) -> None:
        """Says what is wrong; a field is marked until the visitor writes in it, and gets the focus.

        Not from another field, where the visitor may have gone on to write meanwhile, and not
        where its text is so long that the browser would lay it out for seconds.
        """
        self._withdrawals[name] = self._notice.show(sentence)
        field = element(name)
        if field.matches(FIELDS):
            field.setAttribute("aria-invalid", "true")
            field.setAttribute("aria-errormessage", "message")
            if not document.activeElement.matches(FIELDS) and not field.matches(".long"):
                field.focus()

    def settle(self, name: str) -> None:
        """Takes back what was said of a control, which has worked now."""
        _unmark(element(name))
        self._withdrawals.pop(name, lambda: None)()


def _unmark(field: object) -> None:
    field.removeAttribute("aria-invalid")
    field.removeAttribute("aria-errormessage")
