"""MNIST in shards: compressed files of some thousand digits, listed in a manifest.

    images, labels = read_digits(Path("assets/mnist"), "train")

A shard is an .npz file with `images`, uint8 (count, 28, 28), and `labels`, uint8 (count,).
The manifest, manifest.json, is {"train": [entry, ...], "test": [entry, ...]}, where an entry
is {"file": name, "count": digits, "size": bytes, "sha256": of the file}.
"""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
import zlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from convnet.errors import ConvNetError
from convnet.fields import Fields

UNREADABLE = (EOFError, KeyError, OSError, TypeError, ValueError, zipfile.BadZipFile, zlib.error)
"""What NumPy raises for files that are no archive of arrays."""

PIXELS = 28 * 28
"""Values in one digit."""

MAX_SHARD = 1_000_000
"""Digits in one shard."""


def decode_shard(data: bytes, entry: Mapping[str, Any]) -> tuple[np.ndarray, np.ndarray]:
    """The images uint8 (count, 28, 28) and labels uint8 (count,) of one shard.

    Args:
        data: the shard file's bytes.
        entry: the shard's line in the manifest: `file`, `count` and `sha256`.

    Raises:
        ConvNetError: the file is not the one that the manifest lists, or it is no shard.
    """
    fields = Fields(entry, "The manifest of digits")
    name = fields.text("file")
    count = fields.whole("count", 1, MAX_SHARD)
    if hashlib.sha256(data).hexdigest() != fields.text("sha256"):
        raise ConvNetError(f"{name} is damaged: its SHA-256 is not the one in the manifest.")
    try:
        with np.load(io.BytesIO(data), allow_pickle=False) as arrays:
            images, labels = arrays["images"], arrays["labels"]
    except UNREADABLE:
        raise ConvNetError(f"{name} does not hold images and labels.") from None
    for array, shape in ((images, (count, 28, 28)), (labels, (count,))):
        if array.shape != shape or array.dtype != np.uint8:
            raise ConvNetError(f"{name} does not hold {count} digits of 28×28 pixels.")
    return images, labels


def read_digits(folder: Path, part: str) -> tuple[np.ndarray, np.ndarray]:
    """All images uint8 (n, 28, 28) and labels uint8 (n,) of a part, "train" or "test".

    Raises:
        ConvNetError: the folder holds no such digits, or they are damaged.
    """
    shards = [_read_shard(folder, entry) for entry in _read_manifest(folder).items(part)]
    if not shards:
        raise ConvNetError(f"{folder} holds no digits to {part} on.")
    images, labels = zip(*shards, strict=True)
    return np.concatenate(images), np.concatenate(labels)


def _read_manifest(folder: Path) -> Fields:
    path = folder / "manifest.json"
    try:
        manifest = json.loads(path.read_bytes())
    except FileNotFoundError:
        raise ConvNetError(
            f"{folder} holds no manifest.json; `python3 serve.py --prepare` makes assets/mnist."
        ) from None
    except ValueError:
        raise ConvNetError(f"{path} is not JSON.") from None
    return Fields(manifest, str(path))


def _read_shard(folder: Path, entry: object) -> tuple[np.ndarray, np.ndarray]:
    name = Fields(entry, "The manifest of digits").text("file")
    if Path(name).name != name:
        raise ConvNetError(f"The manifest of digits: file must be a bare name, but it is {name}.")
    return decode_shard((folder / name).read_bytes(), entry)


def to_pixels(images: np.ndarray) -> np.ndarray:
    """Images uint8 (n, 28, 28) as float32 (n, 784) from 0 to 1."""
    return np.multiply(images.reshape(len(images), PIXELS), np.float32(1 / 255), dtype=np.float32)
