"""Lets events on the page do something: what fails is told at its control, what succeeds is drawn.

listening = Listening(loop, notice)
listening.on("clear-graph", "click", lambda _: session.clear_curve())
listening.on_long("reload", "click", reload, "Making the network", replaces=True)
"""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from typing import Any

from pyodide.ffi import JsProxy, create_proxy

from autoencoder.complaints import Complaints
from autoencoder.loop import Loop
from autoencoder.page import Notice, element
from autoencoder.work import Work
from convnet import ConvNetError


class Listening:
    """What the page's controls have in common.

    Args:
        loop: draws what they have changed.
        notice: tells the visitor what could not be done.

    Attributes:
        work: what takes longer than a frame, one thing after the other.
        settle: is called after whatever may have put another network in the run's place.
    """

    def __init__(self, loop: Loop, notice: Notice) -> None:
        self._loop = loop
        self._complaints = Complaints(notice)
        self.work = Work()
        self.settle: Callable[[], None] = lambda: None

    def on(
        self,
        name: str,
        event: str,
        act: Callable[[JsProxy], None],
        field: str | None = None,
        key: str | None = None,
    ) -> None:
        """Lets an event do something.

        Args:
            name: id of the element.
            event: the event's name.
            act: what to do, given the event.
            field: the control that holds what is used, if that is another one.
            key: the one key that counts, of a keyboard's event.
        """

        def listen(happening: JsProxy) -> None:
            if key is None or happening.key == key:
                with self._telling(field or name):
                    act(happening)

        element(name).addEventListener(event, create_proxy(listen))

    def on_long(
        self,
        name: str,
        event: str,
        act: Callable[[], Coroutine[Any, Any, None]],
        doing: str,
        field: str | None = None,
        replaces: bool = False,
    ) -> None:
        """The same for what takes longer than a frame can wait, see `Work.start`."""

        def listen(_: JsProxy) -> None:
            self.begin(act(), doing, field or name, replaces)

        element(name).addEventListener(event, create_proxy(listen))

    def begin(
        self, work: Coroutine[Any, Any, None], doing: str, name: str, replaces: bool = False
    ) -> None:
        """Begins what takes longer than a frame can wait, see `Work.start`.

        Args:
            work: what is to be done.
            doing: what the visitor reads meanwhile.
            name: id of the control whose fault it is if that fails.
            replaces: whether it puts another network in the run's place.
        """
        telling = self._settling(name) if replaces else self._telling(name)
        self.work.start(work, telling, doing, replaces)

    @contextmanager
    def _settling(self, name: str) -> Iterator[None]:
        """Does the same as `_telling`, and settles what comes of another network."""
        with self._telling(name):
            try:
                yield
            finally:
                self.settle()

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
