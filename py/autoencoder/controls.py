"""The page's controls: each tells the session what the visitor wants, and says what went wrong."""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from typing import Any

from pyodide.ffi import JsProxy, create_proxy
from pyscript import window

from autoencoder.complaints import Complaints
from autoencoder.long_text import read_field, read_file, write_blob, write_field
from autoencoder.loop import Loop
from autoencoder.page import Notice, Text, element, make
from autoencoder.session import Session
from autoencoder.work import Work
from convnet import ConvNetError
from convnet.json_text import json_pieces, parse_snapshot_in_steps

CONTROLS = (
    "pause",
    "learning-rate",
    "change-learning-rate",
    "noise",
    "clear-graph",
    "cycle",
    "definition",
    "reload",
    "snapshot-json",
    "save-json",
    "load-json",
    "download-json",
    "open-json",
    "cancel",
)
FIELDS = {
    "change-learning-rate": "learning-rate",
    "reload": "definition",
    "load-json": "snapshot-json",
}
"""The field that a button takes its text from."""

LONG_TEXT = 100_000


class Controls:
    """Connects the page's controls with a session.

    Args:
        session: the run that they control.
        loop: draws what they have changed.
        notice: tells the visitor what could not be done.
    """

    def __init__(self, session: Session, loop: Loop, notice: Notice) -> None:
        self._session = session
        self._loop = loop
        self._complaints = Complaints(notice)
        self._snapshot = element("snapshot-json")
        self._size = Text(element("snapshot-size"))
        self._done = {name: Text(element(name)) for name in ("reload-status", "snapshot-status")}
        self._work = Work()
        self._on("pause", "click", lambda _: session.set_paused(not session.paused))
        self._on("change-learning-rate", "click", self._change_learning_rate)
        self._on("learning-rate", "keydown", self._change_learning_rate, key="Enter")
        self._on("noise", "input", lambda _: session.set_noise(_number("noise") / 100))
        self._on("clear-graph", "click", lambda _: session.clear_curve())
        self._on("layers", "click", self._choose_layer)
        self._on("cycle", "click", lambda _: session.cycle_map_neurons())
        self._on_long("reload", "click", self._reload, "Making the network", replaces=True)
        # Not what the visitor asks for, so that it settles nothing.
        self._snapshot.addEventListener("input", create_proxy(self._measure_input))
        # With its selection in a long text, the browser lays that out in every frame.
        self._snapshot.addEventListener(
            "blur", create_proxy(lambda _: window.getSelection().removeAllRanges())
        )
        self._on_long("save-json", "click", self._save, "Writing the network")
        self._on_long("load-json", "click", self._load, "Reading the network", replaces=True)
        self._on_long("download-json", "click", self._download, "Writing the network")
        self._on_long("open-json", "change", self._open, "Reading the network", replaces=True)
        for name in CONTROLS:
            element(name).disabled = False

    def _on(
        self,
        name: str,
        event: str,
        act: Callable[[JsProxy], None],
        key: str | None = None,
    ) -> None:
        """Lets an event, or only that of one key, do something with what stands in a field."""
        field = FIELDS.get(name, name)

        def listen(happening: JsProxy) -> None:
            if key is None or happening.key == key:
                with self._telling(field):
                    act(happening)

        element(name).addEventListener(event, create_proxy(listen))

    def _on_long(
        self,
        name: str,
        event: str,
        act: Callable[[], Coroutine[Any, Any, None]],
        doing: str,
        replaces: bool = False,
    ) -> None:
        """The same for what takes longer than a frame can wait, see `Work.start`."""
        field = FIELDS.get(name, name)

        def listen(_: JsProxy) -> None:
            self._work.start(act(), self._telling(field), doing, replaces)

        element(name).addEventListener(event, create_proxy(listen))

    @contextmanager
    def _telling(self, name: str) -> Iterator[None]:
        """Tells what fails, and of which control; what succeeds is drawn."""
        try:
            yield
        except ConvNetError as error:
            self._complaints.make(name, str(error))
        except Exception as error:
            self._complaints.make(
                name,
                f"This did not work because of a fault in the page ({type(error).__name__}). "
                "Training goes on.",
            )
            raise
        else:
            self._complaints.settle(name)
        finally:
            self._loop.refresh()

    def _change_learning_rate(self, _: JsProxy) -> None:
        field = element("learning-rate")
        self._session.set_learning_rate(field.value)
        field.value = f"{self._session.trainer.learning_rate:g}"

    def _choose_layer(self, click: JsProxy) -> None:
        button = click.target.closest("[data-layer]")
        if button:
            self._session.choose_map_layer(int(button.dataset.layer))

    def _reload(self) -> Coroutine[Any, Any, None]:
        """Starts over with the definition as it is now, whatever is under way."""
        return self._start_anew(element("definition").value)

    async def _start_anew(self, definition: str) -> None:
        self._say("reload-status")
        await self._work.do(self._session.reload_in_steps(definition))
        count = self._session.net.num_parameters
        self._say("reload-status", f"Started anew with {count:,} parameters.")

    async def _save(self) -> None:
        self._say("snapshot-status")
        snapshot = await self._work.do(self._session.save_in_steps())
        await self._work.do(write_field(self._snapshot, json_pieces(snapshot)))
        self._measure_snapshot()
        self._say("snapshot-status", f"Saved: {self._snapshot.textLength / 1e6:.1f} MB.")

    async def _load(self) -> None:
        await self._start_from(await self._work.do(read_field(self._snapshot)))

    async def _download(self) -> None:
        """Hands the snapshot to the visitor as a file."""
        self._say("snapshot-status")
        snapshot = await self._work.do(self._session.save_in_steps())
        name = f"autoencoder-{self._session.examples_seen}.json"  # before it is trained further
        blob = await self._work.do(write_blob(json_pieces(snapshot)))
        link = make("a", href=window.URL.createObjectURL(blob), download=name)
        link.click()
        self._say("snapshot-status", f"Downloaded as {name}: {blob.size / 1e6:.1f} MB.")
        window.setTimeout(window.URL.revokeObjectURL, 60_000, link.href)

    async def _open(self) -> None:
        """Starts from a file of the visitor's."""
        field = element("open-json")
        if field.files.length:
            try:
                text = await read_file(field.files.item(0), self._work.tell)
            finally:
                field.value = ""  # so that the same file can be opened again
            await self._start_from(text)

    async def _start_from(self, text: str) -> None:
        self._say("snapshot-status")
        snapshot = await self._work.do(parse_snapshot_in_steps(text))
        await self._work.do(self._session.load_in_steps(snapshot))
        seen = self._session.examples_seen
        self._say("snapshot-status", f"Loaded: goes on after {seen:,} examples.")

    def _say(self, place: str, sentence: str = "") -> None:
        """Says beside a button what it has done; what another did before is said no more."""
        for name, text in self._done.items():
            text.show(sentence if name == place else "")

    def _measure_input(self, happening: JsProxy) -> None:
        self._measure_snapshot()
        # Scripts and tools send plain events, which tell of no type.
        is_paste = getattr(happening, "inputType", "") == "insertFromPaste"
        if is_paste and self._snapshot.textLength > LONG_TEXT:
            self._snapshot.blur()

    def _measure_snapshot(self) -> None:
        """Folds a text away that would take long to lay out, until the visitor goes to it."""
        length = self._snapshot.textLength
        self._snapshot.classList.toggle("long", length > LONG_TEXT)
        self._size.show(f"{length / 1e6:.1f} MB of JSON text are in this field; click to see them.")


def _number(name: str) -> float:
    return float(element(name).value)
