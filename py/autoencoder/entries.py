"""Lines of the list of kept runs, as text both ways; whoever wrote the text, it is checked.

    text = entry.to_json()
    entry = Entry.from_json(text, key)

And a kept record as text, for where only text can be kept:

    text = record_to_text(pieces, when)
    when, pieces = record_from_text(text)
"""

from __future__ import annotations

import binascii
import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass

from convnet.errors import ConvNetError
from convnet.fields import Fields
from convnet.json_text import parse_json_in_steps
from convnet.limits import MAX_COUNT
from convnet.steps import finish

WHERE = "The line of a kept run"

KEY = re.compile(r"[0-9a-f]{16}")

LONGEST_NAME = 100
LONGEST_NETWORK = 100
LONGEST_ADDRESS = 20_000
LONGEST_THUMBNAIL = 100_000
LONGEST_ENTRY = 200_000
"""Characters."""

MOST = 2**53 - 1
"""The greatest whole number that JavaScript counts to: of milliseconds, or of bytes."""

PICTURE = re.compile(r"data:image/(?:png|webp);base64,[0-9A-Za-z+/]*={0,2}")


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of the list of kept runs.

    Attributes:
        key: what the run is kept under: 16 hexadecimal digits.
        name: what the visitor calls it; empty if nothing.
        network: the network in a few words.
        examples: how many it has been trained on.
        loss: averaged over the last updates; None before the first.
        seconds: how long it has been trained.
        when: it was kept, in milliseconds since 1970.
        size: bytes of its record.
        thumbnail: a small picture of its map, as a data: address; empty if there is none.
        address: what stood behind the page's address when it was kept.
    """

    key: str
    name: str
    network: str
    examples: int
    loss: float | None
    seconds: float
    when: int
    size: int
    thumbnail: str
    address: str = ""

    def to_json(self) -> str:
        """The entry as text."""
        return json.dumps(asdict(self), ensure_ascii=False)

    @classmethod
    def from_json(cls, text: str, key: str) -> Entry:
        """The entry that a text describes.

        Args:
            text: what `to_json` wrote, or anyone.
            key: what it stands under.

        Raises:
            ConvNetError: it describes none.
        """
        fields = Fields(_parsed(text), WHERE)
        if not KEY.fullmatch(key) or fields.text("key") != key:
            raise ConvNetError(f"{WHERE} stands under a key that is not its own.")
        thumbnail = fields.text("thumbnail", default="")
        if thumbnail and not PICTURE.fullmatch(thumbnail[:LONGEST_THUMBNAIL]):
            raise ConvNetError(f"{WHERE}: thumbnail must be a picture.")
        return cls(
            key=key,
            name=_short(fields, "name", LONGEST_NAME),
            network=_short(fields, "network", LONGEST_NETWORK),
            examples=fields.whole("examples", 0, MAX_COUNT),
            loss=None if fields.anything("loss", "a number") is None else fields.number("loss"),
            seconds=fields.number("seconds", 0, MAX_COUNT),
            when=fields.whole("when", 0, MOST),
            size=fields.whole("size", 0, MOST),
            thumbnail=thumbnail[:LONGEST_THUMBNAIL],
            address=_short(fields, "address", LONGEST_ADDRESS),
        )


def record_to_text(pieces: Iterable[bytes], when: int) -> bytes:
    """A record as ASCII text: a line with its time and its check sum, and then a line of base64
    for each piece.

    Args:
        pieces: the record's.
        when: it was made, in milliseconds since 1970.
    """
    lines, total = [], 0
    for piece in pieces:
        total = binascii.crc32(piece, total)
        lines.append(binascii.b2a_base64(piece))
    return b"".join([b"%d %d\n" % (when, total), *lines])


def time_of_text(text: bytes) -> int:
    """When the record of a text was made; 0 if it does not say so."""
    found = re.match(rb"(\d{1,16}) ", text)
    return int(found[1]) if found else 0


def record_from_text(text: bytes) -> list[bytes]:
    """The pieces that `record_to_text` was given.

    Raises:
        ConvNetError: the text is damaged.
    """
    head, *lines = text.split(b"\n")
    try:
        pieces = [binascii.a2b_base64(line, strict_mode=True) for line in lines if line]
        check_sum(pieces, int(head.split(b" ")[1]))
    except (ValueError, IndexError):
        raise ConvNetError("The kept record is damaged.") from None
    return pieces


def check_sum(pieces: Sequence[bytes], expected: int) -> None:
    """Raises ValueError if pieces are not those whose check sum (CRC-32) is given."""
    total = 0
    for piece in pieces:
        total = binascii.crc32(piece, total)
    if total != expected:
        raise ValueError("The check sum is another.")


def _parsed(text: str) -> object:
    if len(text) > LONGEST_ENTRY:
        raise ConvNetError(f"{WHERE} is too long.")
    try:
        return finish(parse_json_in_steps(text))
    except ConvNetError:
        raise ConvNetError(f"{WHERE} is not JSON.") from None


def _short(fields: Fields, name: str, most: int) -> str:
    text = fields.text(name, default="")
    if len(text) > most:
        raise fields.error(name, f"a text of at most {most:,} characters")
    return text
