"""Everything below assets/ that is not committed: fetched where it is missing, and listed."""

from __future__ import annotations

import sys
from contextlib import suppress
from pathlib import Path

from hosting.bytecode import NotCompiledError, compile_archives
from hosting.downloads import Downloads
from hosting.files import copy, is_complete, measure, remove_parts, write_if_changed
from hosting.lock import locked
from hosting.packing import make_shards, shards_are_complete
from hosting.releases import LOCK_INFO, MNIST, RUNTIME, Release

PYODIDE = "vendor/pyodide"


def write_lock(pyodide: Path, runtime: tuple[Release, ...]) -> None:
    """Write the lock file that tells Pyodide where its packages are: those shipped, no others."""
    packages = {}
    for release in runtime:
        for file in release.files:
            if file.endswith(".whl"):
                name, version = file.split("-")[:2]
                _, sha256 = measure(pyodide / file)
                packages[name] = {
                    "depends": [],
                    "file_name": file,
                    "imports": [name],
                    "install_dir": "site",
                    "name": name,
                    "package_type": "package",
                    "sha256": sha256,
                    "unvendored_tests": False,
                    "version": version,
                }
    lock = {"info": LOCK_INFO, "packages": packages}
    write_if_changed(pyodide / "pyodide-lock.json", lock)


def write_vendor_manifest(assets: Path, runtime: tuple[Release, ...]) -> None:
    """List every vendored file with size and hash: the page's progress bar and its check."""
    vendor = assets / "vendor"
    paths = [assets / release.into / name for release in runtime for name in release.files]
    files = {}
    for path in sorted([*paths, vendor / "pyodide/pyodide-lock.json"]):
        size, sha256 = measure(path)
        files[path.relative_to(vendor).as_posix()] = {"size": size, "sha256": sha256}
    write_if_changed(vendor / "manifest.json", {"files": files})


def place_sources(assets: Path, runtime: tuple[Release, ...], folder: Path) -> None:
    """Put the archives of Python into a folder as they came, unless they are there."""
    for release in runtime:
        for name in release.compiled:
            if not is_complete(folder / name, *release.files[name]):
                copy(release.path(assets, name), folder / name)


def place_archives(assets: Path, runtime: tuple[Release, ...]) -> None:
    """Put the archives of Python in place: compiled if this machine can, else as they came."""
    pyodide = assets / PYODIDE
    pins = {pyodide / n: pin for release in runtime for n, pin in release.compiled.items()}
    if all(is_complete(path, *pin) for path, pin in pins.items()):
        return
    place_sources(assets, runtime, pyodide)
    print("Compiling Python's library and NumPy", file=sys.stderr)
    try:
        compile_archives(pyodide, pins)
    except NotCompiledError as error:
        print(f"They stay as they are, so the page starts slower: {error}.", file=sys.stderr)


def prepare(assets: Path, runtime: tuple[Release, ...] = RUNTIME, mnist: Release = MNIST) -> None:
    """Make assets/vendor and assets/mnist complete, one process at a time.

    Only what is not there is fetched; nothing is written where all is there.
    """
    if not assets.is_dir():
        assets.mkdir(parents=True, exist_ok=True)
    with locked(assets):
        remove_parts(assets)
        make_complete(assets, runtime, mnist)


def make_complete(assets: Path, runtime: tuple[Release, ...], mnist: Release) -> None:
    """Fetch, make and list what is not there."""
    shards_missing = not shards_are_complete(mnist, assets / mnist.into)
    downloads = Downloads(assets)
    for release in [*runtime, mnist] if shards_missing else runtime:
        missing = [
            name
            for name, pin in release.files.items()
            if not is_complete(release.path(assets, name), *pin)
        ]
        downloads.fetch(release, missing)
    place_archives(assets, runtime)
    write_lock(assets / PYODIDE, runtime)
    write_vendor_manifest(assets, runtime)
    if shards_missing:
        print("Packing MNIST", file=sys.stderr)
        make_shards(mnist, assets / mnist.into)
    for name in mnist.files:  # the shards hold it all
        path = assets / mnist.into / name
        if path.exists():
            with suppress(OSError):  # it does not stand in anybody's way
                path.unlink()
