"""Which kept run a tab goes on with.

tab = Tab.from_json(text)  # what the tab itself remembers
key = run_to_continue(tab, store.entries, address, store.is_open_elsewhere)
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass

from autoencoder.entries import Entry
from convnet.errors import ConvNetError
from convnet.fields import Fields
from convnet.json_text import parse_json_in_steps
from convnet.steps import finish


@dataclass(frozen=True, slots=True)
class Tab:
    """What a tab remembers while it is open.

    Attributes:
        key: of its run.
        address: what stood behind the page's address last.
    """

    key: str = ""
    address: str = ""

    def to_json(self) -> str:
        """The same as text."""
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, text: str) -> Tab:
        """What `to_json` wrote; of anything else, a tab that remembers nothing."""
        try:
            fields = Fields(finish(parse_json_in_steps(text)), "What the tab remembers")
            return cls(fields.text("key"), fields.text("address"))
        except ConvNetError:
            return cls()


def run_to_continue(
    tab: Tab, entries: Sequence[Entry], address: str, is_open_elsewhere: Callable[[str], bool]
) -> str | None:
    """The key of the kept run that a page goes on with when it is opened; None if with none.

    A tab goes on with its own run, and a new one with the newest, unless another tab has that.
    An address that tells of a run of its own begins that one, unless it is what stood there when
    the run was kept.

    Args:
        tab: what the tab remembers.
        entries: the kept runs, the newest first.
        address: what of the page's address tells of a run; empty if nothing does.
        is_open_elsewhere: whether another tab has a run open.
    """
    if any(entry.key == tab.key for entry in entries):
        if address in ("", tab.address):
            return tab.key
        return None
    newest = next(iter(entries), None)
    if newest is None or is_open_elsewhere(newest.key):
        return None
    return newest.key if address in ("", newest.address) else None
