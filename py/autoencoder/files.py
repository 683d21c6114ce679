"""Where the visitor's files go: to a place that they choose, or to the browser's downloads.

destination = Destination()
choosing = destination.choose(run, "autoencoder.json")  # within the click that asks for it
...
place = await choosing
if place:
    sentence = await place.write(blob)
"""

from __future__ import annotations

import asyncio
import weakref
from collections.abc import Callable

from pyodide.ffi import JsProxy, to_js
from pyscript import window

from autoencoder.page import download
from convnet import ConvNetError
from convnet.run import Run


class Download:
    """The browser's downloads.

    Args:
        name: what the file is called there, unless there is such a one.
    """

    def __init__(self, name: str) -> None:
        self._name = name

    async def write(self, blob: JsProxy) -> str:
        """Hands a file to the visitor, and says so in a sentence."""
        download(blob, self._name)
        return f"Downloaded as {self._name}: {blob.size / 1e6:.1f} MB."


class ChosenFile:
    """A file of the visitor's, which the page may write.

    Args:
        handle: the browser's handle of it.
        forget: is called where it cannot be written any more.
    """

    def __init__(self, handle: JsProxy, forget: Callable[[], None]) -> None:
        self._handle = handle
        self._forget = forget

    async def write(self, blob: JsProxy) -> str:
        """Writes the file, all or nothing, and says so in a sentence.

        Raises:
            ConvNetError: it could not be written, and is as it was.
        """
        name = self._handle.name
        refused = await window.saving.write(self._handle, blob)
        if refused:
            self._forget()
            raise ConvNetError(
                f"The file {name} could not be written ({refused}): save again, and choose "
                "another place."
            )
        return f"Saved as {name}: {blob.size / 1e6:.1f} MB."


class Destination:
    """Where a run is saved to: once its file has been chosen, there again."""

    def __init__(self) -> None:
        self._file: ChosenFile | None = None
        self._run: Callable[[], Run | None] = lambda: None

    def choose(
        self, run: Run, name: str, elsewhere: bool = False
    ) -> asyncio.Future[ChosenFile | Download | None]:
        """Asks the visitor for a file, where the browser has a dialog for that.

        Browsers allow it within a click only.

        Args:
            run: what is to be saved.
            name: what the file may be called.
            elsewhere: whether it is to be another file than the last time.

        Returns:
            What becomes the place, or None where the visitor has thought better of it.
        """
        if self._file and self._run() is run and not elsewhere:
            place = asyncio.get_running_loop().create_future()
            place.set_result(self._file)
            return place
        asked = _ask(name) if can_choose() else None
        return asyncio.ensure_future(self._answer(asked, run, name))

    async def _answer(
        self, asked: JsProxy | None, run: Run, name: str
    ) -> ChosenFile | Download | None:
        if asked is None:
            return Download(name)
        answer = await asked
        refused = getattr(answer, "refused", "")
        if refused:
            # Frames on other origins, and clicks of scripts, may not open the dialog.
            return None if refused == "AbortError" else Download(name)
        self._file, self._run = ChosenFile(answer.handle, self._forget), weakref.ref(run)
        return self._file

    def _forget(self) -> None:
        self._file = None


def can_choose() -> bool:
    """Whether the browser lets visitors choose where a file goes."""
    return hasattr(window, "showSaveFilePicker")


def _ask(name: str) -> JsProxy:
    """What the visitor chooses, in the end."""
    kinds = [{"description": "Network", "accept": {"application/json": [".json"]}}]
    options = {"suggestedName": name, "types": kinds}
    return window.saving.choose(to_js(options, dict_converter=window.Object.fromEntries))
