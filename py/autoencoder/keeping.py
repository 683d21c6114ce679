"""Keeps the run by itself, so that none is lost: now and then, when the page is left, and before
another takes its place.

    keeping = Keeping(session, listening, offer, notice, resumed)
    await keeping.start()
    await keeping.open(key)  # goes on with another kept run
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Iterable
from contextlib import suppress
from typing import Any

from pyodide.ffi import create_proxy
from pyscript import document, window

from autoencoder import local_storage
from autoencoder.continuing import Tab
from autoencoder.copies import Copy, bring_back, copy_run
from autoencoder.entries import Entry
from autoencoder.frames import between_frames
from autoencoder.history import LOSS
from autoencoder.listening import Listening
from autoencoder.local_storage import DeniedError, FullError
from autoencoder.network_name import describe_network
from autoencoder.offer import Offer
from autoencoder.page import Notice, download
from autoencoder.preferences import Preferences
from autoencoder.resuming import Resumed, this_address
from autoencoder.session import DEFAULT_DEFINITION, Session
from autoencoder.settings import SETTINGS
from autoencoder.store import MOST_AT_ONCE, Damaged, Store, new_key, now
from autoencoder.thumbnail import Thumbnail
from convnet.chance import new_seed
from convnet.corruption import MASKING
from convnet.errors import ConvNetError
from convnet.steps import Steps, finish

PERIOD_MS = 20_000

NOTICEABLE = 1_000
"""A run that began here and has seen fewer examples is not kept when another takes its place."""


class Keeping:
    """Keeps a session's run.

    Args:
        session: the session.
        listening: tells when another run has taken its place.
        offer: offers to bring that back.
        notice: says that a run cannot be kept.
        resumed: what was found when the page was opened; None where it was not looked for.
        address: what of the page's address tells of a run.

    Attributes:
        store: the kept runs.
        key: what the session's run is kept under.
    """

    def __init__(
        self,
        session: Session,
        listening: Listening,
        offer: Offer,
        notice: Notice,
        resumed: Resumed | None = None,
        address: Callable[[], str] = this_address,
    ) -> None:
        self.store = resumed.store if resumed else Store()
        self._session = session
        self._listening = listening
        self._offer = offer
        self._notice = notice
        self._resumed = resumed
        self._address = address
        self._preferences = Preferences(session)
        self._thumbnail = Thumbnail("embedding")
        self._turn = asyncio.Lock()
        self._tasks: set[asyncio.Task[None]] = set()
        self._withdraw: Callable[[], object] | None = None  # what takes back what was told
        self._retired: Copy | None = None
        self._next_key = ""
        self._undoing = False
        self._take_on(resumed.entry.key if resumed and resumed.entry else new_key())
        session.retire = self._retire
        listening.settle = self._settle

    async def start(self) -> None:
        """Keeps the run from now on."""
        if self._resumed:
            self._tell_of(self._resumed)
        else:
            await self.store.open()
        self._complain(await self._preferences.take())
        await self.store.tabs.hold(self.key)
        document.addEventListener("visibilitychange", create_proxy(self._leave))
        window.addEventListener("pagehide", create_proxy(self._leave))
        window.setInterval(create_proxy(lambda: self._begin(self.keep())), PERIOD_MS)
        await self.keep()

    async def keep(self) -> None:
        """Keeps the run as it stands, if it has changed."""
        async with self._turn:
            # Between a network and the next one the run is neither.
            if self._has_news and self._session.run is self._run:
                mark = self._mark()
                copy = await between_frames(copy_run(self._session, self._entry()), nobody)
                if await self._put(copy):
                    self._kept = mark

    async def open(self, key: str) -> None:
        """Goes on with another kept run; to be begun as what replaces the run, see `Listening`.

        Raises:
            ConvNetError: this cannot be; the run is as it was.
        """
        if key == self.key:
            raise ConvNetError("This run is open already.")
        if not await self.store.tabs.hold(key):
            raise ConvNetError("This run is open in another tab: go on with it there.")
        await self._go_on(key, self.store.pieces(key))

    # Another run

    def _retire(self) -> Steps[None]:
        """Copies the run before another takes its place, if it is not itself on its way there."""
        if self._session.run is self._run:
            self._retired = yield from copy_run(self._session, self._entry())

    def _settle(self) -> None:
        """Gives a run that has taken another's place a line of its own, and offers the other."""
        retired, self._retired = self._retired, None
        undoing, self._undoing = self._undoing, False
        key, self._next_key = self._next_key or new_key(), ""
        if self._session.run is self._run:
            return
        precious = self._precious
        self._take_on(key)
        self._begin(self._part_with(retired, precious))
        if not undoing:
            seen = retired.entry.examples
            self._offer.make(
                f"Another run is here now. The one before had seen {seen:,} examples.",
                "Undo",
                lambda: self._replace(self._undo(retired), "Bringing the run back"),
            )

    async def _part_with(self, copy: Copy, precious: bool) -> None:
        """Keeps a run that another has taken the place of, if it is worth it, and the other."""
        entry = copy.entry
        async with self._turn:
            if precious or entry.name or entry.examples >= NOTICEABLE:
                await self._put(copy)
            elif entry.key != self.key:
                await self.store.drop(entry.key)
            if entry.key != self.key:
                self.store.tabs.let_go(entry.key)
            await self.store.tabs.hold(self.key)
        await self.keep()

    async def _undo(self, copy: Copy) -> None:
        self._undoing = True
        key = copy.entry.key
        await self._go_on(key if await self.store.tabs.hold(key) else new_key(), copy.read())

    async def _go_on(self, key: str, pieces: Awaitable[Iterable[bytes]]) -> None:
        """Goes on with a run that this tab holds."""
        self._next_key = key
        try:
            steps = bring_back(self._session, await pieces)
            complaints = await self._listening.work.do(steps)
        finally:
            if self._session.run is self._run:  # nothing came of it
                self.store.tabs.let_go(key)
        self._complain(complaints)

    async def _start_afresh(self) -> None:
        session = self._session
        await self._listening.work.do(session.reload(DEFAULT_DEFINITION, new_seed()))
        session.set_corruption(MASKING)
        session.set_paused(False)

    def _replace(self, work: Coroutine[Any, Any, None], doing: str) -> None:
        self._listening.begin(work, doing, "accept", replaces=True)

    def _complain(self, complaints: list[str]) -> None:
        if complaints:
            self._notice.show(" ".join(complaints))

    def _take_on(self, key: str) -> None:
        """Takes the session's run for the one that is kept under a key."""
        self.key = key
        self._run = self._session.run
        self._precious = not self._run.repeatable  # it came from elsewhere
        self._kept: object = None
        self._remember()

    def _tell_of(self, resumed: Resumed) -> None:
        """Says what was found when the page was opened, and offers the other way."""
        self._complain(resumed.complaints)
        if resumed.entry:
            self._offer.make(
                resumed.sentence(now()),
                "Start afresh",
                lambda: self._replace(self._start_afresh(), "Making the network"),
            )
        elif resumed.damaged:
            self._offer.make(
                "The run that was kept last is damaged, and was set aside.",
                "Download it",
                lambda: self._begin(self._download(resumed.damaged)),
            )
        elif (yours := next(iter(self.store.entries), None)) and not (
            self.store.is_open_elsewhere(yours.key)
        ):  # the address tells of another run
            self._offer.make(
                f"The link began this run. Yours, after {yours.examples:,} examples, is kept.",
                "Go on with it",
                lambda: self._replace(self.open(yours.key), "Opening the run"),
            )

    async def _download(self, damaged: Damaged) -> None:
        download(await self.store.raw(damaged), f"damaged-run-{damaged.key}.txt")

    # Keeping

    def _leave(self, event: object) -> None:
        """Keeps what there is before the page may be gone: at once, if that can be."""
        if event.type == "visibilitychange" and not document.hidden:
            return
        self._remember()
        if self._has_news and self._session.run is self._run:
            with suppress(DeniedError, FullError):  # it will be told where it is told anyway
                self._preferences.keep()
                if self._keep_at_once():
                    return
            self._begin(self.keep())

    def _keep_at_once(self) -> bool:
        if sum(array.nbytes for array in self._run.trainer.state.arrays) > MOST_AT_ONCE:
            return False
        mark = self._mark()
        copy = finish(copy_run(self._session, self._entry()))
        if not self.store.keep_at_once(copy.entry, copy.pieces):
            return False
        self._kept = mark
        return True

    async def _put(self, copy: Copy) -> bool:
        """Keeps a copy, or says once why that cannot be; returns whether it is kept."""
        try:
            await self.store.keep(copy.entry, copy.pieces)
            self._remember()
            self._preferences.keep()
        except (DeniedError, FullError) as error:
            if self._withdraw is None:
                self._withdraw = self._notice.show(str(error))
            return False
        if self._withdraw:
            self._withdraw()
            self._withdraw = None
        return True

    def _entry(self) -> Entry:
        """The run's line as it is now, but for its size."""
        session, run = self._session, self._session.run
        known = self.store.entry(self.key)
        loss, losses = session.averages.loss, session.curve.series[LOSS]
        return Entry(
            key=self.key,
            name=known.name if known else "",
            network=describe_network(run.net, run.trainer.options.method),
            examples=run.examples_seen,
            loss=losses[-1] if loss is None and losses else loss,
            seconds=session.seconds,
            when=now(),
            size=0,
            thumbnail=self._thumbnail.take(),
            address=self._address(),
        )

    def _mark(self) -> object:
        """What is another when the run, or what is set of it, has changed."""
        session = self._session
        settings = [s.kind.write(s.get(session)) for s in SETTINGS if s.lives]
        return self.key, session.run.examples_seen, len(session.curve.examples), settings

    @property
    def _has_news(self) -> bool:
        return self._mark() != self._kept

    def _remember(self) -> None:
        """Lets the tab know, beyond a reload, which run it has."""
        with suppress(DeniedError, FullError):  # a reload goes on with the newest run then
            tab = Tab(self.key, self._address())
            local_storage.put("tab", tab.to_json(), "sessionStorage")

    def _begin(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.ensure_future(work)
        self._tasks.add(task)  # else nobody may hold it
        task.add_done_callback(self._tasks.discard)


def nobody(_: float | None) -> None:
    """Is told how far keeping is."""
