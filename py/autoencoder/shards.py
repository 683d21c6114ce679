"""The digits on their way from the site to the session: one shard after the other, verified."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from pyscript import window

from autoencoder.digits import Digits
from convnet import ConvNetError
from convnet.mnist import decode_shard, read_manifest

FOLDER = "assets/mnist/"
LONGEST_WAIT_S = 30
PATIENCE_S = 5
"""How long training waits for a shard that it needs."""
MOST_TOLD = 3
"""Faults told in full at a time."""

Report = Callable[[str], Callable[[], bool]]
"""Shows the visitor a sentence; returns what takes it away, if it is still there."""

Entries = list[dict[str, Any]]
"""Shards: file name, count and SHA-256 of each."""


class UnreachableError(ConvNetError):
    """A file did not come; it may come later."""


async def fetch_bytes(address: str) -> bytes:
    """A file of this site.

    Raises:
        UnreachableError: it did not come.
    """
    try:
        response = await window.fetch(address)
        if response.ok:
            return (await response.arrayBuffer()).to_bytes()
        reason = f"the server answered {response.status}"
    except Exception:
        reason = "there is no connection"
    raise UnreachableError(f"{address} could not be loaded: {reason}.")


async def fetch_manifest() -> tuple[Entries, Entries]:
    """The shards of training digits, and those of test digits."""
    address = f"{FOLDER}manifest.json"
    manifest = await fetch_bytes(address)
    return read_manifest(manifest, address, "train"), read_manifest(manifest, address, "test")


def make_room(entries: Entries, purpose: str) -> Digits:
    """A store for all digits of some shards; see `Digits`."""
    return Digits(sum(entry["count"] for entry in entries), purpose)


async def fetch_shard(digits: Digits, entry: dict[str, Any]) -> None:
    """Adds one shard to the digits, once its hash is found right."""
    data = await fetch_bytes(FOLDER + entry["file"])
    digits.add(*decode_shard(data, entry))


async def stream_shards(digits: Digits, entries: Entries, report: Report) -> None:
    """Adds shard after shard while training goes on, waiting out a lost connection.

    A shard that is damaged is left out, and told of; all goes on with the others.
    """
    faults = []
    for entry in entries:
        try:
            await _outwait(digits, entry, report, faults)
        except ConvNetError as error:
            digits.incomplete = True
            faults.append(str(error))
            report(_left_out(digits, faults))


async def _outwait(
    digits: Digits, entry: dict[str, Any], report: Report, faults: list[str]
) -> None:
    """Adds a shard, however long it takes to come; what is said of that ends with its coming."""
    wait_s = 1
    withdraw = None
    while True:
        try:
            with _patience(digits):
                await fetch_shard(digits, entry)
            digits.late = False
            break
        except UnreachableError as error:
            digits.late = True
            withdraw = withdraw or report(
                f"{error} {digits.purpose} goes on with the {digits.count:,} digits that are "
                f"here; the rest is asked for again. {_left_out(digits, faults)}".rstrip()
            )
        await asyncio.sleep(wait_s)
        wait_s = min(2 * wait_s, LONGEST_WAIT_S)
    if withdraw and withdraw() and faults:
        report(_left_out(digits, faults))


@contextmanager
def _patience(digits: Digits) -> Iterator[None]:
    """Lets training go on with the digits that are here where the next ones take long."""
    late = asyncio.get_running_loop().call_later(PATIENCE_S, setattr, digits, "late", True)
    try:
        yield
    finally:
        late.cancel()


def _left_out(digits: Digits, faults: list[str]) -> str:
    """What is said of the shards that cannot be used; of many, the last ones' faults."""
    if not faults:
        return ""
    many = f" {len(faults)} files of digits cannot be used." if len(faults) > MOST_TOLD else ""
    return f"{' '.join(faults[-MOST_TOLD:])}{many} {digits.purpose} goes on without these digits."
