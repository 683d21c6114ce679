"""The folder that a static host publishes."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

from hosting.bytecode import NotCompiledError, compile_packages
from hosting.files import Failure, remove
from hosting.lock import locked
from hosting.preparation import PYODIDE
from hosting.site import ARCHIVE, PARTS, pack_packages, real, site_files

MARKER = ".nojekyll"  # also tells GitHub Pages to publish every file as it is
OWNED = b"Written by serve.py --build, which replaces index.html, py and assets here.\n"
STAGE = ".serve.py.part"  # in the target, what is being built


def build(root: Path, target: Path) -> None:
    """Write the site to a folder: a new one, an empty one, or one that a build wrote before.

    What was there is replaced when the new site is whole, and links in it are never followed.

    Raises:
        Failure: the folder is not one to write to.
        OSError: it cannot be written.
    """
    target = real(target)
    check_target(real(root), target)
    target.mkdir(parents=True, exist_ok=True)
    with locked(target):
        write_site(root, target)


def write_site(root: Path, target: Path) -> None:
    """Write the site beside what is in a folder, then put it in its place."""
    (target / MARKER).write_bytes(OWNED)
    stage = target / STAGE
    remove(stage)  # of a build that was killed
    try:
        for address, path in site_files(root).items():
            (stage / address).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, stage / address)
        if packed := pack_packages(root):
            (stage / ARCHIVE).write_bytes(compiled(packed, stage / "assets" / PYODIDE))
        for part in PARTS:
            remove(target / part)
            if (stage / part).exists():
                (stage / part).rename(target / part)
    finally:
        remove(stage)


def compiled(packed: bytes, pyodide: Path) -> bytes:
    """The packages as bytecode, if this machine can, else as they are."""
    try:
        return compile_packages(pyodide, packed)
    except NotCompiledError as error:
        print(f"The page's Python stays uncompiled, so it starts slower: {error}.", file=sys.stderr)
        return packed


def check_target(root: Path, target: Path) -> None:
    """Raise Failure unless the site may be written to a folder; both paths are real."""
    beside = target.parent == root and target.name.casefold() not in PARTS
    if root.is_relative_to(target) or (target.is_relative_to(root) and not beside):
        raise Failure(
            f"{target} is a part of the project or holds it: "
            "choose a new folder beside index.html, or one elsewhere, for --build."
        )
    if target.is_symlink() or (target.exists() and not target.is_dir()):
        raise Failure(f"{target} is no folder: choose another for --build.")
    marker = target / MARKER
    if target.is_dir() and any(target.iterdir()):
        written = marker.is_file() and not marker.is_symlink() and marker.read_bytes() == OWNED
        if not written:
            raise Failure(f"{target} holds files that --build did not write: choose another.")
