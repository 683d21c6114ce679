"""The address bar: opens what an address says, and says in it what is on the page.

wrong = await open_address(session, texts_of(window.location))  # before anything trains
address = Address(session, listening, notice, tell=share.show)
address.link  # "https://…/#seed=7&noise=30"
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from pyodide.ffi import JsProxy, create_proxy
from pyscript import document, window

from autoencoder.frames import between_frames
from autoencoder.link import (
    FOLDS,
    HIDDEN,
    OPENED,
    PARTS,
    described,
    describes_run,
    names_in,
    open_link,
    read_address,
    rest_of_query,
    what_is_wrong,
    write_address,
)
from autoencoder.listening import Listening
from autoencoder.page import Notice
from autoencoder.session import Session
from convnet import ConvNetError

WRITING_MS = 500
"""Browsers refuse pages that write their address too often: Safari more than 100 times in 30 s."""

AWAY = "away"


def texts_of(place: JsProxy) -> dict[str, str]:
    """What an address says, see `read_address`; nothing where it names a place on the page.

    Args:
        place: a URL, or the page's location.

    Raises:
        ConvNetError: it is too long to be read.
    """
    fragment = place.hash.removeprefix("#")
    is_anchor = "=" not in fragment and bool(document.getElementById(fragment))
    return read_address(place.search, "" if is_anchor else fragment)


async def open_address(session: Session, texts: Mapping[str, str]) -> dict[str, str]:
    """Makes a session, and the page, what an address says.

    Returns:
        What could not be done, by name, a sentence each.
    """
    wrong = await between_frames(open_link(session, texts), lambda _: None)
    return wrong | show_parts(texts)


class Address:
    """Keeps the address bar current, and follows what is typed or pasted into it.

    Args:
        session: what it tells of.
        listening: begins what a link asks for.
        notice: says what is wrong with a link.
        tell: is given the address whenever it has changed.
    """

    def __init__(
        self,
        session: Session,
        listening: Listening,
        notice: Notice,
        tell: Callable[[str], None],
    ) -> None:
        self._session = session
        self._listening = listening
        self._notice = notice
        self._tell = tell
        self._written: dict[str, str] | None = None
        self._follows = False
        self._keep_current()
        window.addEventListener("hashchange", create_proxy(lambda change: self._go(change.newURL)))
        listening.on("presets", "click", self._follow)
        window.setInterval(create_proxy(self._keep_current), WRITING_MS)

    @property
    def texts(self) -> dict[str, str]:
        """What there is to say of the page now, by name."""
        return described(self._session) | parts_shown()

    @property
    def link(self) -> str:
        """The whole address of the page as it is now."""
        place = window.location
        page = f"{place.origin}{place.pathname}{rest_of_query(place.search)}"
        return f"{page}#{write_address(self.texts)}"

    def _keep_current(self) -> None:
        """Writes the address if it has changed, in the place of the last one in the history."""
        if self._follows or (texts := self.texts) == self._written:
            return
        self._written = texts
        link = self.link
        window.history.replaceState(window.history.state, "", link)
        self._tell(link)

    def _follow(self, click: JsProxy) -> None:
        """Follows a link at once: the page may write its address before the browser gets to it.

        Where a key is held, the browser does what that asks for.
        """
        link = click.target.closest("a")
        if link and not (click.ctrlKey or click.metaKey or click.shiftKey or click.altKey):
            click.preventDefault()
            if link.hash == window.location.hash:
                self._go(link.href)
            window.location.hash = link.hash

    def _go(self, url: str) -> None:
        """Opens another address, unless it is a place on this page only.

        It is no longer in the address bar, where the page has written its own since.
        """
        try:
            texts = texts_of(window.URL.new(url))
        except ConvNetError as error:
            self._notice.show(str(error))
            return
        if texts:
            self._listening.begin(
                self._open(texts), "Opening the link", "share", replaces=describes_run(texts)
            )

    async def _open(self, texts: Mapping[str, str]) -> None:
        self._follows = True
        try:
            wrong = await self._listening.work.do(open_link(self._session, texts))
        finally:
            self._follows = False
            self._written = None  # so that the address becomes what then is
        wrong |= show_parts(texts)
        if wrong:
            self._notice.show(what_is_wrong(wrong))


def parts_shown() -> dict[str, str]:
    """What is hidden and what is open, for an address."""
    hidden = [name for name, part in PARTS.items() if _found(part).classList.contains(AWAY)]
    opened = [name for name, fold in FOLDS.items() if _found(fold).open]
    texts = {HIDDEN: ",".join(hidden), OPENED: ",".join(opened)}
    return {name: text for name, text in texts.items() if text}


def show_parts(texts: Mapping[str, str]) -> dict[str, str]:
    """Hides and opens what an address names; all is as it was where it names nothing.

    Returns:
        What is wrong with that, by name.
    """
    wrong = {}
    if HIDDEN in texts:
        hidden, unknown = names_in(texts[HIDDEN], PARTS)
        for name, part in PARTS.items():
            _found(part).classList.toggle(AWAY, name in hidden)
        _found("main").dataset.away = " ".join(hidden)
        if unknown:
            wrong[HIDDEN] = f"What can be hidden is {', '.join(PARTS)}."
    if OPENED in texts:
        opened, unknown = names_in(texts[OPENED], FOLDS)
        for name in opened:
            _found(FOLDS[name]).open = True
        if unknown:
            wrong[OPENED] = f"What can be opened is {', '.join(FOLDS)}."
    return wrong


def _found(selector: str) -> JsProxy:
    return document.querySelector(selector)
