"""The digits on their way from the site to the session: one shard after the other, verified."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from typing import Any

from pyscript import window

from autoencoder.digits import Digits
from convnet import ConvNetError
from convnet.mnist import decode_shard

FOLDER = "assets/mnist/"
LONGEST_WAIT_S = 30


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


async def fetch_manifest() -> dict[str, Any]:
    """The list of shards: file name, count, size and SHA-256 of each."""
    address = f"{FOLDER}manifest.json"
    try:
        return json.loads(await fetch_bytes(address))
    except (json.JSONDecodeError, UnicodeDecodeError):
        raise ConvNetError(f"{address} is not a list of shards.") from None


async def fetch_shard(digits: Digits, entry: dict[str, Any]) -> None:
    """Adds one shard to the digits, once its hash is found right."""
    data = await fetch_bytes(FOLDER + entry["file"])
    digits.add(*decode_shard(data, entry))


async def stream_shards(
    digits: Digits, entries: list[dict[str, Any]], report: Callable[[str], None]
) -> None:
    """Adds shard after shard while training goes on, waiting out a lost connection.

    A shard that is damaged is left out, and told of; training goes on with the others.
    """
    for entry in entries:
        wait_s = 1
        while True:
            try:
                await fetch_shard(digits, entry)
                break
            except UnreachableError as error:
                if wait_s == 1:
                    report(
                        f"{error} Training goes on with the {digits.count:,} digits that are here; "
                        "the rest is asked for again."
                    )
                await asyncio.sleep(wait_s)
                wait_s = min(2 * wait_s, LONGEST_WAIT_S)
            except ConvNetError as error:
                report(f"{error} Training goes on without these digits.")
                break
