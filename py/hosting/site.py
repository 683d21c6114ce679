"""The site: the files that a visitor may have.

The page's own Python travels as one archive of its packages, which PyScript unpacks.
"""

from __future__ import annotations

import os
import stat
from pathlib import Path

from hosting.files import zipped

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
PACKAGES = "py/"  # the folders in there
ARCHIVE = "py/python.zip"  # in which they travel


def site_files(root: Path) -> dict[str, Path]:
    """Where everything is that a visitor may have as it is, by its address relative to the page."""
    return {address: path for address, path in all_files(root).items() if not is_packed(address)}


def pack_packages(root: Path) -> bytes:
    """The archive of the page's packages, the same whenever it is made; empty if there are none."""
    packed = {
        address.removeprefix(PACKAGES): path.read_bytes()
        for address, path in all_files(root).items()
        if is_packed(address)
    }
    return zipped(packed) if packed else b""


def is_packed(address: str) -> bool:
    """Tell whether a file travels in the archive."""
    return address.startswith(PACKAGES) and "/" in address.removeprefix(PACKAGES)


def all_files(root: Path) -> dict[str, Path]:
    """Where everything is that is the site's, by its address relative to the page.

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
