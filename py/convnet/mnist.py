"""MNIST in shards: compressed files of some thousand digits, listed in a manifest.

    digits = read_digits(Path("assets/mnist"), "train")
    digits.images, digits.labels

A shard is an .npz file with `images`, uint8 (count, 28, 28), and `labels`, uint8 (count,).
The manifest, manifest.json, is {"train": [entry, ...], "test": [entry, ...]}, where an entry
is {"file": name, "count": digits, "size": bytes, "sha256": of the file}.
"""

from __future__ import annotations

import hashlib
import io
import math
import re
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from convnet.errors import ConvNetError
from convnet.fields import Fields
from convnet.json_text import parse_json_in_steps
from convnet.steps import finish

SHAPE = (28, 28)
"""Height and width of a digit."""

CLASSES = 10

PART = 2000
EXAMPLES_A_PART = 32_000
"""By how many digits what a run draws from grows, and after how many examples each time."""

MAX_DIGITS = 1_000_000
"""Digits in one part."""

MAGIC = b"\x93NUMPY\x01\x00"
"""How an array's file of format 1.0 begins; the length of its header comes next, in two bytes."""

BEFORE_HEADER = len(MAGIC) + 2
MAX_HEADER = 10_000
"""Bytes of an array's file before its values; NumPy reads no longer header."""


def read_manifest(data: bytes, where: str, part: str) -> list[dict[str, Any]]:
    """The entries of a part, "train" or "test": at least one, all of them sound.

    Args:
        data: the manifest's bytes.
        where: its name, which opens every message.
        part: which list of shards.

    Raises:
        ConvNetError: it is no manifest, or lists no digits for this part, or too many.
    """
    try:
        # Python's own parser goes down into brackets as deep as they are, past the stack's end.
        manifest = finish(parse_json_in_steps(data.decode()))
    except ValueError:
        raise ConvNetError(f"{where} is not JSON.") from None
    entries = [read_entry(entry, where) for entry in Fields(manifest, where).items(part)]
    if not entries:
        raise ConvNetError(f"{where} holds no digits to {part} on.")
    if sum(entry["count"] for entry in entries) > MAX_DIGITS:
        raise ConvNetError(f"{where} holds more than {MAX_DIGITS:,} digits to {part} on.")
    return entries


def read_entry(entry: object, where: str) -> dict[str, Any]:
    """An entry's `file`, `count` and `sha256`, checked.

    Raises:
        ConvNetError: one of them is missing or cannot be; the message begins with `where`.
    """
    fields = Fields(entry, f"{where}: a shard")
    if not re.fullmatch(r"[\w-][\w.-]*", fields.text("file"), re.ASCII):
        raise fields.error("file", "a bare name")
    return {
        "file": fields.text("file"),
        "count": fields.whole("count", 1, MAX_DIGITS),
        "sha256": fields.text("sha256"),
    }


def decode_shard(data: bytes, entry: Mapping[str, Any]) -> tuple[np.ndarray, np.ndarray]:
    """The images uint8 (count, 28, 28) and labels uint8 (count,) of one shard.

    Args:
        data: the shard file's bytes.
        entry: the shard's line in the manifest: `file`, `count` and `sha256`.

    Raises:
        ConvNetError: the file is not the one that the manifest lists, or it is no shard.
    """
    name, count, sha256 = read_entry(entry, "The manifest of digits").values()
    if hashlib.sha256(data).hexdigest() != sha256:
        raise ConvNetError(f"{name} is damaged: its SHA-256 is not the one in the manifest.")
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            images = _read_array(archive, "images.npy", (count, *SHAPE))
            labels = _read_array(archive, "labels.npy", (count,))
        if labels.max() >= CLASSES:
            raise ValueError("a label that is no class")
    except Exception:  # there is hardly one that archives and headers cannot be made to raise
        raise ConvNetError(
            f"{name} does not hold images and labels of {count} digits of 28×28 pixels."
        ) from None
    return images, labels


def _read_array(archive: zipfile.ZipFile, name: str, shape: tuple[int, ...]) -> np.ndarray:
    """A uint8 array in .npy format 1.0, of which no more is unpacked than its shape allows."""
    member = archive.getinfo(name)
    size = math.prod(shape)
    if member.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise ValueError("others are unpacked without a limit")
    with archive.open(member) as packed:
        data = packed.read(MAX_HEADER + size)
    start = BEFORE_HEADER + int.from_bytes(data[len(MAGIC) : BEFORE_HEADER], "little")
    # Compared, since NumPy reads headers as Python's expressions, however deep in brackets.
    header = re.sub(r"\s|,\s*(?=\})", "", data[BEFORE_HEADER:start].decode("ascii"))
    expected = f"{{'descr': '|u1', 'fortran_order': False, 'shape': {shape}}}"
    if not data.startswith(MAGIC) or header != expected.replace(" ", ""):
        raise ValueError("an array of another kind")
    return np.frombuffer(data, np.uint8, offset=start).reshape(shape)


def digits_within_reach(examples_seen: int, total: int) -> int:
    """How many of the training digits, the first ones, a run draws from.

    They come over the network one shard after the other while training goes on. For a run to be
    the same on a fast line, a slow one and a disk, what it may draw from follows from how far it
    has come: one part more after every `EXAMPLES_A_PART`, all 60,000 after 928,000.
    """
    return min(total, PART * (1 + examples_seen // EXAMPLES_A_PART))


class Digits(NamedTuple):
    """Digits with their classes.

    Attributes:
        images: uint8 (n, 28, 28).
        labels: uint8 (n,).
    """

    images: np.ndarray
    labels: np.ndarray

    def reach(self, examples_seen: int) -> int:
        """See `digits_within_reach`."""
        return digits_within_reach(examples_seen, len(self.images))


def read_digits(folder: Path, part: str) -> Digits:
    """All digits of a part, "train" or "test".

    Raises:
        ConvNetError: the folder holds no such digits, or they are damaged.
        OSError: a file cannot be read.
    """
    path = folder / "manifest.json"
    try:
        manifest = path.read_bytes()
    except FileNotFoundError:
        raise ConvNetError(
            f"{folder} holds no manifest.json; `python3 serve.py --prepare` makes assets/mnist."
        ) from None
    entries = read_manifest(manifest, str(path), part)
    shards = [decode_shard((folder / entry["file"]).read_bytes(), entry) for entry in entries]
    images, labels = zip(*shards, strict=True)
    return Digits(np.concatenate(images), np.concatenate(labels))
