"""The site: the files that a visitor may have, and the folder that a static host publishes."""

from __future__ import annotations

import shutil
from pathlib import Path

from hosting.files import Failure

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


def site_files(root: Path) -> dict[str, Path]:
    """Everything a visitor may have, by its address relative to the page."""
    paths = [root / "index.html", *(root / "py").rglob("*"), *(root / "assets").rglob("*")]
    files = {path.relative_to(root).as_posix(): path for path in sorted(paths) if path.is_file()}
    return {
        address: path
        for address, path in files.items()
        if path.suffix in MIME_TYPES and "/." not in address
    }


def build(root: Path, target: Path) -> None:
    """Write the site to a folder: a new one, an empty one, or one that a build wrote before."""
    target = target.resolve()
    marker = target / ".nojekyll"  # also tells GitHub Pages to publish every file as it is
    owned = "Written by serve.py --build, which replaces index.html, py and assets here.\n"
    if any(target.is_relative_to(root / source) for source in ("py", "assets", ".git")):
        raise Failure(f"{target} is part of the project: choose a folder outside it for --build.")
    if target.is_dir() and any(target.iterdir()):
        if not marker.is_file() or marker.read_text() != owned:
            raise Failure(f"{target} holds files that --build did not write: choose another.")
        for written in ("py", "assets"):
            if (target / written).exists():
                shutil.rmtree(target / written)
    target.mkdir(parents=True, exist_ok=True)
    marker.write_text(owned)
    for address, path in site_files(root).items():
        (target / address).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, target / address)
