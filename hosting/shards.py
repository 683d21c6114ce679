"""MNIST as the page reads it: shards of digits, and a manifest that lists them."""

from __future__ import annotations

import io
import json
import math
import struct
import zipfile
from pathlib import Path

from hosting.files import is_complete, measure, new_file, write_if_changed

SHARD_IMAGES = 2000


def shards_are_complete(folder: Path) -> bool:
    """Tell whether the manifest is there and every shard is the one that it names."""
    try:
        manifest = json.loads((folder / "manifest.json").read_bytes())
        shards = [*manifest["train"], *manifest["test"]]
        return all(is_complete(folder / s["file"], s["size"], s["sha256"]) for s in shards)
    except (OSError, ValueError, TypeError, KeyError):
        return False


def make_shards(folder: Path) -> None:
    """Turn the four IDX files in a folder into shards and a manifest."""
    manifest = {}
    for part, idx in (("train", "train"), ("test", "t10k")):
        images = (folder / f"{idx}-images-idx3-ubyte").read_bytes()
        labels = (folder / f"{idx}-labels-idx1-ubyte").read_bytes()
        _, count, height, width = struct.unpack_from(">4I", images)
        images, labels = memoryview(images)[16:], memoryview(labels)[8:]
        manifest[part] = []
        for start in range(0, count, SHARD_IMAGES):
            n = min(SHARD_IMAGES, count - start)
            arrays = {
                "images": npy((n, height, width), images[start * height * width :]),
                "labels": npy((n,), labels[start:]),
            }
            path = folder / f"{part}-{start // SHARD_IMAGES:02}.npz"
            with new_file(path) as file:
                file.write(npz(arrays))
            size, sha256 = measure(path)
            shard = {"file": path.name, "count": n, "size": size, "sha256": sha256}
            manifest[part].append(shard)
    write_if_changed(folder / "manifest.json", manifest)


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


def npz(arrays: dict[str, bytes]) -> bytes:
    """Zip .npy files into an .npz, the same bytes whenever it is done."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, array in arrays.items():
            entry = zipfile.ZipInfo(f"{name}.npy", date_time=(1980, 1, 1, 0, 0, 0))
            entry.create_system = 3
            archive.writestr(entry, array, zipfile.ZIP_DEFLATED)
    return buffer.getvalue()
