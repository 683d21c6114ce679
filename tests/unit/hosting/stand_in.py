"""A server on this machine that stands in for the CDN, and small files for it to give."""

import gzip
import hashlib
import http.client
import http.server
import io
import struct
import tarfile
import threading
from contextlib import suppress
from dataclasses import replace

import numpy as np

from hosting.files import write_if_changed
from hosting.packing import make_manifest
from hosting.releases import MNIST, Release

LIBRARY = {"library.js": b"export const answer = 42;\n" * 9000, "style.css": b"p { color: teal }\n"}
WHEELS = {"numpy-9.0-none-any.whl": b"a wheel" * 5000, "micropip-1.2-none-any.whl": b"another" * 99}


class StandIn(http.server.ThreadingHTTPServer):
    """A CDN on the loopback interface: serves what is put in `files`, as badly as `faults` says."""

    def __init__(self):
        super().__init__(("127.0.0.1", 0), StandInHandler)
        self.files, self.faults, self.requests = {}, {}, []
        self.stalled, self.released = threading.Event(), threading.Event()
        self.url = f"http://127.0.0.1:{self.server_port}/"

    def release(self, files, into="vendor/library", **other):
        """Publish files here, and return the pinned release that they make."""
        suffix = other.get("suffix", "")
        for name, data in files.items():
            self.files[name + suffix] = gzip.compress(data) if suffix else data
        pins = {name: (len(data), hashlib.sha256(data).hexdigest()) for name, data in files.items()}
        described = {"client": "npm", "name": "library@1.0.0", "archive": (1, ""), "folder": ""}
        return Release(**(described | other), cdn=self.url, into=into, files=pins)


class StandInHandler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        name = self.path.removeprefix("/")
        self.server.requests.append(name)
        fault = self.server.faults.get(name)
        if fault == "absent":
            self.send_error(404)
            return
        data = self.server.files[name]
        if fault == "tampered":
            data = bytes([data[0] ^ 1]) + data[1:]
        elif fault == "truncated":
            data = data[: len(data) // 2]
        elif fault == "longer":
            data += b"and more"
        self.send_response(200)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data[: len(data) // 2] if fault in ("interrupted", "stalled") else data)
        if fault == "stalled":
            self.server.stalled.set()
            self.server.released.wait(60)
            with suppress(ConnectionError):
                self.wfile.write(data[len(data) // 2 :])

    def log_message(self, *_):
        pass


def idx_files(train, test):
    """The four files of a data set in MNIST's format."""
    random = np.random.default_rng(0)
    files = {}
    for part, count in (("train", train), ("t10k", test)):
        images = random.integers(0, 256, (count, 3, 2), np.uint8)
        labels = random.integers(0, 10, count, np.uint8)
        files[f"{part}-images-idx3-ubyte"] = idx_images(images)
        files[f"{part}-labels-idx1-ubyte"] = idx_labels(labels)
    return files


def idx_images(images):
    return struct.pack(">4I", 2051, *images.shape) + images.tobytes()


def idx_labels(labels):
    return struct.pack(">2I", 2049, *labels.shape) + labels.tobytes()


def tarball(folder, files):
    """What `npm pack` would bring, as bytes."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz") as archive:
        for name, data in files.items():
            member = tarfile.TarInfo(folder + name)
            member.size = len(data)
            archive.addfile(member, io.BytesIO(data))
    return buffer.getvalue()


def pinned(data):
    return len(data), hashlib.sha256(data).hexdigest()


def install_npm(tmp_path, script):
    """Put a stand-in for npm on the path."""
    npm = tmp_path / "bin/npm"
    npm.parent.mkdir()
    npm.write_text(f"#!/bin/sh\nPATH=/usr/bin:/bin\n{script}\n")
    npm.chmod(0o755)


def in_place(folder):
    """Names of all files below a folder, half-made ones too."""
    return sorted(path.name for path in folder.rglob("*") if path.is_file())


def no_mnist(assets):
    """A data set of no digits, complete already, for tests of something else."""
    labels = dict.fromkeys(("train-labels-idx1-ubyte", "t10k-labels-idx1-ubyte"), (8, ""))
    mnist = replace(MNIST, files=labels)
    (assets / "mnist").mkdir(parents=True)
    write_if_changed(assets / "mnist/manifest.json", make_manifest(mnist, assets / "mnist"))
    return mnist
