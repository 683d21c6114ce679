"""Lines of the list of kept runs, as elements; all that visitors wrote stays text.

row = RunRow(entry.key)
panel.append(row.element)
row.show(entry, Place.HERE, ticked=False)
"""

from __future__ import annotations

from enum import StrEnum

from pyodide.ffi import JsProxy
from pyscript import document, window

from autoencoder.entries import Entry
from autoencoder.page import Text, make
from autoencoder.store import now

LONGEST_NAME = 60
ACTIONS = {"open": "Open", "duplicate": "Duplicate", "download": "Download", "delete": "Delete"}
OF_DAMAGED = {"rescue": "Download what is left", "forget": "Delete"}
UNITS = {86_400: "d", 3_600: "h", 60: "min"}


class Place(StrEnum):
    """Where a run is open."""

    HERE = "open here"
    ELSEWHERE = "open in another tab"
    NOWHERE = ""


class RunRow:
    """A kept run's line: its tick, picture, name, facts, and what can be done with it.

    Args:
        key: what the run is kept under.

    Attributes:
        element: the line.
    """

    def __init__(self, key: str) -> None:
        self.element = make("li", data_key=key)
        self._tick = make("input", type="checkbox")
        self._picture = make("img", alt="", draggable="false")
        self._name = make("input", type="text", maxlength=str(LONGEST_NAME), autocomplete="off")
        self._name.setAttribute("aria-label", "Name of the run")
        self._name.placeholder = "No name yet"
        self._facts, self._time, self._mark = map(make, ("span", "time", "strong"))
        self._texts = [Text(each) for each in (self._facts, self._time, self._mark)]
        self._buttons = _buttons(ACTIONS)
        label, facts = make("label", title="Compare"), make("p")
        label.append(self._tick, make("span", "Compare"))
        facts.append(self._facts, self._time, self._mark)
        self._buttons.append(label)
        self.element.append(self._picture, self._name, facts, self._buttons)

    def show(self, entry: Entry, place: Place, ticked: bool) -> None:
        """Shows the run as the list has it now.

        Args:
            entry: its line of the list.
            place: where it is open.
            ticked: whether it is compared.
        """
        self._picture.hidden = not entry.thumbnail
        if entry.thumbnail and self._picture.getAttribute("src") != entry.thumbnail:
            self._picture.setAttribute("src", entry.thumbnail)
        if not self._name.isSameNode(document.activeElement):
            self._name.value = entry.name
        for text, words in zip(self._texts, (facts(entry), ago(entry.when), place), strict=True):
            text.show(words)
        self._time.title = window.Date.new(entry.when).toLocaleString()
        self._tick.checked = ticked
        self._tick.disabled = place == Place.HERE
        for button in self._buttons.querySelectorAll("button"):
            button.disabled = bool(place) and button.dataset.act in ("open", "delete")
            button.title = f"This run is {place}" if button.disabled else ""


def damaged_row(key: str) -> JsProxy:
    """The line of what was set aside."""
    row = make("li", data_key=key, class_="damaged")
    row.append(make("p", "A kept run that is damaged"), _buttons(OF_DAMAGED))
    return row


def facts(entry: Entry) -> str:
    """What there is to say of a run in one line."""
    loss = "" if entry.loss is None else f"loss {entry.loss:,.2f} · "
    return f"{entry.network} · {entry.examples:,} examples · {loss}"


def ago(when: int) -> str:
    """How long ago a moment was, given in milliseconds since 1970."""
    seconds = (now() - when) / 1000
    for length, unit in UNITS.items():
        if seconds >= length:
            return f"{seconds // length:,.0f} {unit} ago"
    return "now"


def _buttons(actions: dict[str, str]) -> JsProxy:
    buttons = make("div", class_="buttons")
    for act, words in actions.items():
        buttons.append(make("button", words, type="button", class_="secondary", data_act=act))
    return buttons
