"""MNIST as the page reads it: shards of digits, and a manifest that lists them."""

from __future__ import annotations

import math
import struct
from pathlib import Path

from hosting.files import as_json, holds, measure, new_file, write_if_changed, zipped
from hosting.releases import Release

SHARD_IMAGES = 2000
PARTS = {"train": "train", "test": "t10k"}  # the page's names and MNIST's
LABELS_HEAD = 8  # bytes before the labels in their file, a byte each


def shard_sizes(count: int) -> list[int]:
    """How many of so many digits each shard has."""
    return [min(SHARD_IMAGES, count - start) for start in range(0, count, SHARD_IMAGES)]


def make_manifest(mnist: Release, folder: Path) -> dict[str, list[dict]]:
    """List the shards that hold all digits, as they are in a folder.

    Raises:
        OSError: a shard is not there.
    """
    manifest = {}
    for part, idx in PARTS.items():
        count = mnist.files[f"{idx}-labels-idx1-ubyte"][0] - LABELS_HEAD
        manifest[part] = []
        for number, digits in enumerate(shard_sizes(count)):
            path = shard_path(folder, part, number)
            size, sha256 = measure(path)
            shard = {"file": path.name, "count": digits, "size": size, "sha256": sha256}
            manifest[part].append(shard)
    return manifest


def shard_path(folder: Path, part: str, number: int) -> Path:
    """Where a shard is."""
    return folder / f"{part}-{number:02}.npz"


def shards_are_complete(mnist: Release, folder: Path) -> bool:
    """Tell whether the manifest is word for word what the shards in the folder make it."""
    try:
        return holds(folder / "manifest.json", as_json(make_manifest(mnist, folder)))
    except OSError:
        return False


def make_shards(mnist: Release, folder: Path) -> None:
    """Turn the four IDX files in a folder into shards and a manifest."""
    for part, idx in PARTS.items():
        images = (folder / f"{idx}-images-idx3-ubyte").read_bytes()
        labels = (folder / f"{idx}-labels-idx1-ubyte").read_bytes()
        _, count, height, width = struct.unpack_from(">4I", images)
        images, labels = memoryview(images)[16:], memoryview(labels)[LABELS_HEAD:]
        for number, digits in enumerate(shard_sizes(count)):
            start = number * SHARD_IMAGES
            arrays = {
                "images.npy": npy((digits, height, width), images[start * height * width :]),
                "labels.npy": npy((digits,), labels[start:]),
            }
            with new_file(shard_path(folder, part, number)) as file:
                file.write(zipped(arrays))  # which is what .npz means
    write_if_changed(folder / "manifest.json", make_manifest(mnist, folder))


def npy(shape: tuple[int, ...], data: memoryview) -> bytes:
    """Put bytes in NumPy's .npy format 1.0, as a uint8 array. `data` may be longer than needed."""
    header = str({"descr": "|u1", "fortran_order": False, "shape": shape})
    header += " " * (-(len(header) + 11) % 64) + "\n"  # the data then starts at a multiple of 64
    return (
        b"\x93NUMPY\x01\x00"
        + struct.pack("<H", len(header))
        + header.encode()
        + data[: math.prod(shape)]
    )
