"""The sheet for showing others what is here: the link, a frame for one's own page, files."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from pyodide.ffi import JsException, JsProxy
from pyscript import document, window

from autoencoder.address import Address
from autoencoder.link import LONGEST, describes_run
from autoencoder.listening import Listening
from autoencoder.page import Notice, Said, Text, element
from autoencoder.session import Session

if TYPE_CHECKING:
    from autoencoder.exports import Exports

STATUS = "share-status"
PICTURES = ("map", "loss", "network")
NUMBERS = ("curve", "codes")


class Share:
    """Connects the sheet with a session, and keeps the page's address current.

    Args:
        session: what is shown.
        listening: what controls have in common.
        said: says what was copied or downloaded.
        notice: says what is wrong with a link.
        make_exports: makes what makes files, when they are first asked for.
    """

    def __init__(
        self,
        session: Session,
        listening: Listening,
        said: Said,
        notice: Notice,
        make_exports: Callable[[], Exports],
    ) -> None:
        self._session = session
        self._said = said
        self._make_exports = make_exports
        self._field = element("share-link")
        self._frame = element("share-frame")
        self._hint = Text(element("share-hint"))
        self._address = Address(session, listening, notice, self._show)
        listening.on("share", "toggle", lambda _: self._show(self._address.link))
        listening.on("copy-link", "click", lambda _: self._copy(self._field, "link"))
        listening.on("copy-frame", "click", lambda _: self._copy(self._frame, "frame"))
        for names, doing in ((PICTURES, "Drawing the picture"), (NUMBERS, "Writing the table")):
            for name in names:
                listening.on_long(f"export-{name}", "click", partial(self._export, name), doing)

    def _show(self, link: str) -> None:
        """Writes the link into its fields, where the sheet is open."""
        if not element("share").open:
            return
        self._field.value = link
        self._frame.value = frame_of(link)
        self._hint.show(
            what_it_lacks(describes_run(self._address.texts), self._session.run.repeatable)
        )

    def _copy(self, field: JsProxy, what: str) -> None:
        """Copies what stands in a field, as it is now."""
        self._show(self._address.link)
        self._copying = asyncio.ensure_future(self._copy_from(field, what))

    async def _copy_from(self, field: JsProxy, what: str) -> None:
        try:
            await window.navigator.clipboard.writeText(field.value)
            copied = True
        except (AttributeError, JsException):  # a page without https, or a frame, may not
            field.select()
            copied = document.execCommand("copy")
        self._said.say(STATUS, "Copied." if copied else f"Copy the {what} from its field, please.")

    async def _export(self, name: str) -> None:
        self._said.say(STATUS)
        file = await self._make_exports().hand_over(name)
        self._said.say(STATUS, f"Downloaded as {file}.")


def frame_of(link: str) -> str:
    """The HTML of a frame that shows the page."""
    address = link.replace("&", "&amp;")
    return (
        f'<iframe src="{address}" title="An autoencoder learns" width="100%" height="700" '
        'allow="clipboard-write; fullscreen"></iframe>'
    )


def what_it_lacks(has_run: bool, repeatable: bool) -> str:
    """What is to be said of a link that does not lead to this very run.

    Args:
        has_run: whether it carries definition and seed.
        repeatable: whether these lead to this run.
    """
    if not has_run:
        return (
            f"This network’s definition makes a link longer than {LONGEST:,} characters, which "
            "many programs cut, so the link leaves it out: save the run, and send the file."
        )
    if not repeatable:
        return (
            "This run did not begin here from its seed, so the link carries its definition and "
            "settings, but not these weights: save the run, and send the file."
        )
    return ""
