"""A server for the site, in the standard library's terms."""

from __future__ import annotations

import errno
import http.server
import os
import socket
import socketserver
import sys
import threading
import urllib.parse
import webbrowser
from pathlib import Path

from hosting.files import Failure
from hosting.site import MIME_TYPES, site_files


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
