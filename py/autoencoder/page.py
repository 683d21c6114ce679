"""The page's elements: finding them, writing numbers into them, telling the visitor something."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from pyodide.ffi import JsProxy
from pyscript import document, window


def element(name: str) -> JsProxy:
    """The element with an id."""
    found = document.getElementById(name)
    if not found:  # JavaScript's null is not None
        raise LookupError(f"The page has no element #{name}.")
    return found


def make(tag: str, text: str = "", **attributes: str) -> JsProxy:
    """A new element with text; an attribute's underscores stand for hyphens."""
    new = document.createElement(tag)
    new.textContent = text
    for name, value in attributes.items():
        new.setAttribute(name.rstrip("_").replace("_", "-"), value)
    return new


def link_to_issues() -> None:
    """Points the footer's link to the repository's issues, where GitHub Pages tells which it is."""
    owner, _, host = window.location.hostname.partition(".")
    if host == "github.io":
        folder = window.location.pathname.split("/")[1]
        repository = folder or window.location.hostname
        element("report").href = f"https://github.com/{owner}/{repository}/issues"


def download(blob: JsProxy, name: str) -> None:
    """Hands a Blob to the visitor as a file."""
    link = make("a", href=window.URL.createObjectURL(blob), download=name)
    link.click()
    window.setTimeout(window.URL.revokeObjectURL, 60_000, link.href)


class Text:
    """An element's text and, for other software, its raw value; written only when they change.

    Args:
        target: the element.
    """

    def __init__(self, target: JsProxy) -> None:
        self._element = target
        self._text: str | None = None

    def show(self, text: str, value: float | int | str | None = None) -> None:
        """Shows text, and what is behind it in `data-value`, which is taken away without one."""
        if value is not None:
            self._element.dataset.value = str(value)
        elif self._element.hasAttribute("data-value"):
            self._element.removeAttribute("data-value")
        if text != self._text and self._may_change(value):
            self._text = text
            self._element.textContent = text

    def _may_change(self, value: float | int | str | None) -> bool:
        return True


class Number(Text):
    """A number that keeps changing, but not while the visitor has it selected, to copy it.

    Attributes:
        held: whether it has therefore not been written.
    """

    held = False

    def _may_change(self, value: float | int | str | None) -> bool:
        selection = window.getSelection()
        selected = selection.type == "Range" and selection.containsNode(self._element, True)
        # One that is true no more goes in any case.
        self.held = selected and value is not None
        return not self.held


class Said:
    """What buttons have done, said beside them: of all of them the last.

    Args:
        names: ids of the places.
    """

    def __init__(self, *names: str) -> None:
        self._texts = {name: Text(element(name)) for name in names}

    def say(self, place: str, sentence: str = "") -> None:
        """Says something in one place; what was said elsewhere is said no more."""
        for name, text in self._texts.items():
            text.show(sentence if name == place else "")


class Notice:
    """The one place where the page says what went wrong; `assets/notice.js` lets it be closed.

    withdraw = notice.show("The digits do not come; they are asked for again.")
    ...
    withdraw()  # they have come
    """

    def __init__(self) -> None:
        self._frame = element("notice")
        self._message = element("message")

    def show(self, sentence: str) -> Callable[[], bool]:
        """Shows a sentence until it is closed or another takes its place.

        Returns:
            What takes it away before, for when the fault that it tells of is over; it returns
            whether the sentence was still there.
        """
        self._frame.hidden = False  # first: what is written into hidden elements is not read out
        self._message.textContent = sentence
        return partial(self._withdraw, sentence)

    def _withdraw(self, sentence: str) -> bool:
        shown = not self._frame.hidden and self._message.textContent == sentence
        if shown:
            self._message.textContent = ""
            self._frame.hidden = True
        return shown
