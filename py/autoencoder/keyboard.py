"""The keyboard: keys that press the page's buttons, their tooltips, and the list of them all.

    Keyboard(session, "keys")

Which key presses what is said in `settings.py`. A key means nothing where it would mean something
else: while the visitor types, together with Ctrl, Alt or Meta, in a dialog, or where something has
heard it already.
"""

from __future__ import annotations

from pyodide.ffi import JsProxy, create_proxy
from pyscript import document

from autoencoder.page import element, make
from autoencoder.session import Session
from autoencoder.settings import Action, actions

TYPING = "input:not([type=range], [type=file]), textarea, select"
PRESSED = "button, summary, a[href], label, input[type=file], [role=button]"
"""What the space bar itself presses."""


class Keyboard:
    """Listens for keys, and shows what they do.

    Args:
        session: knows whether the visitor wants keys to do anything.
        dialog: id of the dialog that lists them.
    """

    def __init__(self, session: Session, dialog: str) -> None:
        self._session = session
        self._buttons = {action.key: element(action.element) for action in actions()}
        for action in actions():
            label(action)
        fill(element("key-list"))
        self._dialog = element(dialog)
        element("show-keys").addEventListener("click", create_proxy(lambda _: self._show()))
        element("close-keys").addEventListener("click", create_proxy(lambda _: self._close()))
        self._dialog.addEventListener("close", create_proxy(lambda _: self._leave()))
        document.addEventListener("keydown", create_proxy(self._hear))

    def _hear(self, event: JsProxy) -> None:
        button = self._buttons.get(event.key)
        if button and self._session.takes_keys and is_free(event):
            event.preventDefault()  # the space bar scrolls
            button.click()

    def _show(self) -> None:
        self._dialog.showModal()

    def _close(self) -> None:
        self._dialog.close()

    def _leave(self) -> None:
        """Where nothing had the focus before, the browser leaves it for a moment where it is."""
        if self._dialog.contains(document.activeElement):
            document.activeElement.blur()


def is_free(event: JsProxy) -> bool:
    """Whether a key that went down has no other meaning where it did."""
    if event.defaultPrevented or event.repeat or event.isComposing:
        return False
    if event.ctrlKey or event.altKey or event.metaKey:
        return False
    if is_typing(event.target) or document.querySelector("dialog[open]"):
        return False
    return event.key != " " or not (event.shiftKey or event.target.closest(PRESSED))


def is_typing(target: JsProxy) -> bool:
    """Whether what the visitor types or pastes at an element is written there."""
    return target.matches(TYPING) or target.isContentEditable


def label(action: Action) -> None:
    """Tells of a button's key in its tooltip, and to screen readers."""
    button, key = element(action.element), name_of(action.key)
    # A file's field is not seen; its label stands for it.
    seen = button.labels.item(0) if button.type == "file" else button
    seen.title = f"{action.does} ({key})"
    button.setAttribute("aria-keyshortcuts", key)


def fill(listing: JsProxy) -> None:
    """Lists all keys."""
    for action in actions():
        line = make("div")
        term = make("dt")
        term.append(make("kbd", name_of(action.key)))
        line.append(term, make("dd", action.does))
        listing.append(line)


def name_of(key: str) -> str:
    """A key as people, and `aria-keyshortcuts`, call it."""
    return "Space" if key == " " else key
