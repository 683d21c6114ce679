"""Servers for tests, on the loopback interface."""

from __future__ import annotations

import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager

POLL_INTERVAL = 0.01  # seconds until a server notices that it is to shut down


@contextmanager
def running(server: socketserver.BaseServer) -> Iterator[socketserver.BaseServer]:
    """A server at work in a thread of its own, shut down at the end."""
    thread = threading.Thread(target=server.serve_forever, args=(POLL_INTERVAL,))
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
