"""The site: the files that a visitor may have, and the folder that a static host publishes."""

from __future__ import annotations

import os
import shutil
import stat
from pathlib import Path

from hosting.files import Failure, remove
from hosting.lock import locked

# A file of another kind is not part of the site: neither served nor published.
MIME_TYPES = {
    ".css": "text/css; charset=utf-8",
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".mjs": "text/javascript; charset=utf-8",
    ".npz": "application/octet-stream",
    ".png": "image/png",
    ".py": "text/x-python; charset=utf-8",
    ".svg": "image/svg+xml",
    ".toml": "text/plain; charset=utf-8",
    ".wasm": "application/wasm",
    ".whl": "application/octet-stream",
    ".zip": "application/zip",
}

PARTS = ("index.html", "py", "assets")
ASIDE = "py/hosting/"  # these modules: they make the site, and are no part of it
MARKER = ".nojekyll"  # also tells GitHub Pages to publish every file as it is
OWNED = b"Written by serve.py --build, which replaces index.html, py and assets here.\n"
STAGE = ".serve.py.part"  # in the target, what is being built


def site_files(root: Path) -> dict[str, Path]:
    """Where everything is that a visitor may have, by its address relative to the page.

    Links are resolved: those that lead out of the site are left out.
    """
    root = real(root)
    folders = [walked for part in PARTS for walked in os.walk(root / part)]
    paths = [Path(folder, name) for folder, _, names in folders for name in names]
    return {
        path.relative_to(root).as_posix(): real(path)
        for path in sorted([root / "index.html", *paths])
        if is_public(path, root) and is_public(real(path), root) and is_file(real(path))
    }


def is_public(path: Path, root: Path) -> bool:
    """Tell whether a visitor may have what is found at a path."""
    if path.suffix not in MIME_TYPES or not path.is_relative_to(root):
        return False
    address = path.relative_to(root)
    if address.as_posix().casefold().startswith(ASIDE):  # links spell it as they like on some disks
        return False
    return address.parts[0] in PARTS and not any(name.startswith(".") for name in address.parts)


def is_file(path: Path) -> bool:
    """Tell whether there is a file, and no link nor device, at a path."""
    try:
        return stat.S_ISREG(path.lstat().st_mode)
    except OSError:
        return False


def real(path: Path) -> Path:
    """Where a path leads. Unlike Path.resolve, it takes a loop of links as it is."""
    return Path(os.path.realpath(path))


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
        for part in PARTS:
            remove(target / part)
            if (stage / part).exists():
                (stage / part).rename(target / part)
    finally:
        remove(stage)


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
