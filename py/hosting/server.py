"""A server for the site, in the standard library's terms."""

from __future__ import annotations

import errno
import hashlib
import http.server
import io
import os
import socket
import socketserver
import sys
import threading
import time
import urllib.parse
import webbrowser
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from hosting.files import Failure
from hosting.site import ARCHIVE, MIME_TYPES, is_file, pack_packages, site_files

REQUEST_PATIENCE = 10  # seconds for a whole request to come, idle ones between two included
ANSWER_PATIENCE = 60  # seconds in which a browser takes no piece of an answer
PIECE = 1 << 18


@dataclass(frozen=True)
class Content:
    """What is at an address.

    Attributes:
        file: its bytes, to be read and closed.
        size: how many there are.
        mark: tells it from what was there before.
        kind: its MIME type.
    """

    file: BinaryIO
    size: int
    mark: str
    kind: str


class SiteHandler(http.server.BaseHTTPRequestHandler):
    """Answers GET and HEAD for the site's own files."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True  # or each answer waits for the acknowledgement of its head
    default_request_version = "HTTP/1.1"  # or what is no request is answered without a head
    timeout = ANSWER_PATIENCE
    server: SiteServer

    def handle_one_request(self) -> None:
        """Wait for a request and answer it; the server ends the wait when it has been too long."""
        self.server.awaited[self.connection] = time.monotonic() + REQUEST_PATIENCE
        try:
            super().handle_one_request()
        finally:
            self.server.awaited.pop(self.connection, None)

    def parse_request(self) -> bool:
        """Read the request's head, with which it is complete."""
        complete = super().parse_request()
        self.server.awaited.pop(self.connection, None)
        return complete

    def do_GET(self) -> None:
        """Answer with a part of the site."""
        address = urllib.parse.unquote(self.path.partition("?")[0]).removeprefix("/")
        try:
            content = self.server.open(address or "index.html")
        except OSError as error:
            status = {FileNotFoundError: 404, PermissionError: 403}.get(type(error), 500)
            self.send_error(status, error.strerror)
            return
        if content is None:
            self.send_error(404)
            return
        with content.file:
            self.send_content(content)

    do_HEAD = do_GET  # noqa: N815

    def send_content(self, content: Content) -> None:
        """Answer with what was asked for, or with 304 if the browser has it already."""
        etag = f'"{content.mark}"'
        asked = self.headers.get("If-None-Match", "")
        known = etag in asked or asked.strip() == "*"
        self.send_response(304 if known else 200)
        self.send_header("Cache-Control", "no-cache")
        self.send_header("ETag", etag)
        if "Content-Length" in self.headers or "Transfer-Encoding" in self.headers:
            self.send_header("Connection", "close")  # what follows is no request, but a body
        if not known:
            self.send_header("Content-Type", content.kind)
            self.send_header("Content-Length", str(content.size))
        self.end_headers()
        if not known and self.command == "GET":
            self.send_bytes(content.file, content.size)

    def send_bytes(self, file: BinaryIO, left: int) -> None:
        """Send so many bytes of a file, a piece at a time."""
        while left and (piece := file.read(min(left, PIECE))):
            self.wfile.write(piece)
            left -= len(piece)
        if left:  # it has shrunk since its size was told
            self.close_connection = True

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing: the browser's console shows what was not found."""


class SiteServer(http.server.ThreadingHTTPServer):
    """Serves a checkout at one address."""

    allow_reuse_address = os.name == "posix"  # elsewhere it would let two servers share a port
    request_queue_size = 128  # a page asks for a hundred files at once

    def __init__(self, root: Path, family: int, address: tuple) -> None:
        self.root = root
        self.files = site_files(root)
        self.awaited: dict[socket.socket, float] = {}  # connections without a whole request: until
        self.address_family = family
        super().__init__(address, SiteHandler)

    def open(self, address: str) -> Content | None:
        """What is at an address, if anything; the archive of packages is as they are now.

        Raises:
            OSError: it cannot be read.
        """
        path = self.find(address)
        if path is not None:
            file = path.open("rb", buffering=0)
            status = os.fstat(file.fileno())
            mark = f"{status.st_mtime_ns:x}-{status.st_size:x}"
            return Content(file, status.st_size, mark, MIME_TYPES[path.suffix])
        if address == ARCHIVE and (packed := pack_packages(self.root)):
            mark = hashlib.sha256(packed).hexdigest()
            return Content(io.BytesIO(packed), len(packed), mark, MIME_TYPES[".zip"])
        return None

    def find(self, address: str) -> Path | None:
        """The file at an address; the folders are looked through anew only for an unknown one."""
        path = self.files.get(address)
        if path is None or not is_file(path):
            self.files = site_files(self.root)
            path = self.files.get(address)
        return path

    def server_bind(self) -> None:
        """Bind without looking up the host's full name, which can take seconds."""
        socketserver.TCPServer.server_bind(self)

    def service_actions(self) -> None:
        """Let go of connections whose request does not come; called twice a second."""
        now = time.monotonic()
        for connection, until in list(self.awaited.items()):
            if now > until:
                with suppress(OSError):  # it has gone by itself
                    connection.shutdown(socket.SHUT_RDWR)

    def handle_error(self, request: object, client_address: object) -> None:
        """Pass over connections that the browser broke off, and files that cannot be read."""
        if not isinstance(sys.exception(), OSError):
            super().handle_error(request, client_address)


def open_servers(root: Path, host: str, port: int) -> list[SiteServer]:
    """Listen on every address that the host's name has (localhost: IPv4 and IPv6)."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (socket.gaierror, UnicodeError) as error:
        raise Failure(
            f"{host} is no host's name or address: choose another with --host."
        ) from error
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
        raise Failure(f"{host} is not an address of this machine: choose another with --host.")
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
