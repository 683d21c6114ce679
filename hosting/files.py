"""Files that appear whole or not at all, and what tells the right one."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO


class Failure(Exception):  # noqa: N818 - what the user reads, not an error of ours
    """Why serve.py stops, in one sentence that the user can act on."""


@contextmanager
def new_file(destination: Path) -> Iterator[BinaryIO]:
    """Open a temporary file beside `destination` that takes its place when all went well."""
    destination.parent.mkdir(parents=True, exist_ok=True)
    part = destination.with_name(f".{destination.name}.{os.getpid()}.part")
    try:
        with part.open("wb") as file:
            yield file
        part.replace(destination)
    finally:
        part.unlink(missing_ok=True)


def remove_abandoned_parts(assets: Path) -> None:
    """Remove what a killed run left, but not what another run may still be writing."""
    for part in assets.rglob(".*.part"):
        with suppress(FileNotFoundError):
            if time.time() - part.stat().st_mtime > 3600:
                part.unlink()


def copy(source: Path, destination: Path) -> None:
    """Copy a file."""
    with source.open("rb") as original, new_file(destination) as file:
        shutil.copyfileobj(original, file)


def write_if_changed(destination: Path, value: object) -> None:
    """Write a value as JSON, unless the file holds it already."""
    data = json.dumps(value, indent=1).encode()
    if not destination.is_file() or destination.read_bytes() != data:
        with new_file(destination) as file:
            file.write(data)


def measure(path: Path) -> tuple[int, str]:
    """Size and SHA-256 of a file."""
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    return path.stat().st_size, digest


def is_complete(path: Path, size: int, sha256: str) -> bool:
    """Tell whether the file is there and is the right one, reading it only if the size fits."""
    return path.is_file() and path.stat().st_size == size and measure(path) == (size, sha256)
