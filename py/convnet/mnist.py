"""MNIST in shards: compressed files of some thousand digits, listed in a manifest with their hashes.

A shard is an .npz file with `images`, uint8 (count, 28, 28), and `labels`, uint8 (count,).
"""

from __future__ import annotations

import hashlib
import io
import zipfile
from collections.abc import Mapping
from typing import Any

import numpy as np

from convnet.errors import ConvNetError


def decode_shard(data: bytes, entry: Mapping[str, Any]) -> tuple[np.ndarray, np.ndarray]:
    """The images uint8 (count, 28, 28) and labels uint8 (count,) of one shard.

    Args:
        data: the shard file's bytes.
        entry: the shard's line in the manifest: `file`, `count` and `sha256`.

    Raises:
        ConvNetError: the file is not the one that the manifest lists.
    """
    name, count = entry["file"], entry["count"]
    if hashlib.sha256(data).hexdigest() != entry["sha256"]:
        raise ConvNetError(f"{name} is damaged: its SHA-256 is not the one in the manifest.")
    try:
        with np.load(io.BytesIO(data), allow_pickle=False) as arrays:
            images, labels = arrays["images"], arrays["labels"]
    except (KeyError, OSError, ValueError, zipfile.BadZipFile):
        raise ConvNetError(f"{name} does not hold images and labels.") from None
    if images.shape != (count, 28, 28) or labels.shape != (count,):
        raise ConvNetError(f"{name} does not hold {count} digits of 28×28 pixels.")
    return images, labels
