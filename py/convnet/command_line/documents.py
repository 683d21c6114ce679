"""Reading and writing the files that commands are given."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from convnet.errors import ConvNetError
from convnet.json_text import json_pieces


def read_text(path: Path) -> str:
    """The text of a file.

    Raises:
        ConvNetError: it is not UTF-8.
        OSError: it cannot be read.
    """
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        raise ConvNetError(f"{path} is not text in UTF-8.") from None


@contextmanager
def naming(path: Path) -> Iterator[None]:
    """Puts a file's name before what is wrong with it."""
    try:
        yield
    except ConvNetError as error:
        raise ConvNetError(f"{path}: {error}") from None


def keep_json(path: Path, value: Mapping[str, Any]) -> Path:
    """Writes JSON to a file or, where that cannot be, to the folder for temporary files.

    Returns:
        The file that it was written to.

    Raises:
        OSError: it cannot be written to either.
    """
    try:
        write_json(path, value)
    except OSError:
        path = Path(tempfile.gettempdir()) / f"{os.getpid()}-{path.name}"
        write_json(path, value)
    return path


def write_json(path: Path, value: Mapping[str, Any]) -> None:
    """Writes JSON so that the file is at any moment the old one or the new one, whole.

    Args:
        path: the file.
        value: what `json_pieces` takes.

    Raises:
        OSError: it cannot be written; the old file is as it was.
    """
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=path.name, suffix=".part")
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.writelines(json_pieces(value))
        Path(name).chmod(0o644)
        Path(name).replace(path)
    except BaseException:
        with suppress(OSError):
            Path(name).unlink()
        raise
