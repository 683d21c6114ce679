"""When the page is opened: goes on with the run that was kept, before anything trains.

resumed = await resume(session, address)
"""

from __future__ import annotations

from dataclasses import dataclass, field

from pyscript import window

from autoencoder import local_storage
from autoencoder.continuing import Tab, run_to_continue
from autoencoder.copies import bring_back
from autoencoder.entries import Entry
from autoencoder.frames import between_frames
from autoencoder.session import Session
from autoencoder.store import Damaged, Store
from autoencoder.tabs import LEAVING_S
from convnet.errors import ConvNetError

MINUTE_MS, HOUR_MS, DAY_MS = 60_000, 3_600_000, 86_400_000


@dataclass(frozen=True, slots=True)
class Resumed:
    """What came of it.

    Attributes:
        store: the kept runs.
        entry: of the run that goes on; None if none does.
        damaged: what should have gone on, and was set aside; None if nothing was.
        complaints: sentences about what is not as it was kept.
    """

    store: Store
    entry: Entry | None = None
    damaged: Damaged | None = None
    complaints: list[str] = field(default_factory=list)

    def sentence(self, now: int) -> str:
        """What the visitor reads of the run that goes on.

        Args:
            now: milliseconds since 1970.
        """
        entry = self.entry
        return (
            f"This run goes on after {entry.examples:,} examples, as kept "
            f"{describe_age(now - entry.when)}."
        )


def this_address() -> str:
    """What of the page's address tells of a run."""
    return window.location.hash


async def resume(session: Session, address: str) -> Resumed:
    """Goes on with the kept run that is this tab's, or the newest, if it can.

    Args:
        session: goes on with it; else it is as it was.
        address: what of the page's address tells of a run; empty if nothing does.
    """
    store = Store()
    await store.open()
    tab = _this_tab()
    key = run_to_continue(tab, store.entries, address, store.is_open_elsewhere)
    patience_s = LEAVING_S if key == tab.key else 0.0
    if key is None or not await store.tabs.hold(key, patience_s):
        return Resumed(store)
    entry = store.entry(key)
    try:
        pieces = await store.pieces(key)
        complaints = await between_frames(bring_back(session, pieces), tell=lambda _: None)
    except ConvNetError as error:
        store.tabs.let_go(key)
        damaged = next((each for each in store.damaged if each.key == key), None)
        return Resumed(store, damaged=damaged, complaints=[str(error)])
    return Resumed(store, entry, complaints=complaints)


def describe_age(milliseconds: int) -> str:
    """How long ago something was, roughly."""
    for name, length in (("day", DAY_MS), ("hour", HOUR_MS), ("minute", MINUTE_MS)):
        count = milliseconds // length
        if count >= 1:
            return f"{count:,} {name}{'s' if count > 1 else ''} ago"
    return "just now"


def _this_tab() -> Tab:
    try:
        return Tab.from_json(local_storage.get("tab", "sessionStorage") or "")
    except ConvNetError:
        return Tab()
