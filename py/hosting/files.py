"""Files that appear whole or not at all, archives, and what tells the right one."""

from __future__ import annotations

import hashlib
import io
import json
import os
import shutil
import tempfile
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

PART = ".part"  # how the name of what is being made ends; it begins with a dot


class Failure(Exception):  # noqa: N818 - what the user reads, not an error of ours
    """Why serve.py stops, in one sentence that the user can act on."""


@contextmanager
def new_file(destination: Path) -> Iterator[BinaryIO]:
    """Open a temporary file beside `destination` that takes its place when all went well."""
    destination.parent.mkdir(parents=True, exist_ok=True)
    part = destination.with_name(f".{destination.name}.{os.getpid()}{PART}")
    try:
        with part.open("wb") as file:
            yield file
        part.replace(destination)
    finally:
        with suppress(OSError):
            part.unlink()


@contextmanager
def working_folder(parent: Path) -> Iterator[Path]:
    """A folder that goes at the end, in one where a killed run's is found by the next."""
    parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(PART, ".", parent, ignore_cleanup_errors=True) as folder:
        yield Path(folder).resolve()


def remove_parts(folder: Path) -> None:
    """Remove what killed runs left; only for who holds the folder, where nobody else writes."""
    for part in list(folder.rglob(f".*{PART}")):
        with suppress(OSError):  # it does not stand in anybody's way
            remove(part)


def remove(path: Path) -> None:
    """Remove a file, a link or a whole folder, if it is there."""
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


def copy(source: Path, destination: Path) -> None:
    """Copy a file."""
    with source.open("rb") as original, new_file(destination) as file:
        shutil.copyfileobj(original, file)


def as_json(value: object) -> bytes:
    """A value as it stands in a file."""
    return json.dumps(value, indent=1).encode()


def holds(path: Path, data: bytes) -> bool:
    """Tell whether a file is there and consists of just these bytes."""
    return path.is_file() and path.stat().st_size == len(data) and path.read_bytes() == data


def write_if_changed(destination: Path, value: object) -> None:
    """Write a value as JSON, unless the file holds it already."""
    data = as_json(value)
    if not holds(destination, data):
        with new_file(destination) as file:
            file.write(data)


def zipped(files: Mapping[str, bytes]) -> bytes:
    """A zip archive of files by their names, the same bytes whenever and wherever it is made."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, content in files.items():
            entry = zipfile.ZipInfo(name)  # of 1980
            entry.create_system = 3
            archive.writestr(entry, content, zipfile.ZIP_DEFLATED)
    return buffer.getvalue()


def measure(path: Path) -> tuple[int, str]:
    """Size and SHA-256 of a file."""
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    return path.stat().st_size, digest


def is_complete(path: Path, size: int, sha256: str) -> bool:
    """Tell whether the file is there and is the right one, reading it only if the size fits.

    A link is not: who has the page could be refused what it leads to.
    """
    if path.is_symlink() or not path.is_file() or path.stat().st_size != size:
        return False
    return measure(path) == (size, sha256)
