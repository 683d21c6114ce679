"""How the server answers: whatever is asked, however it is asked, and over and over."""

import http.client
import os
import socket
import struct
import tracemalloc
from contextlib import ExitStack, closing

import pytest

from hosting.server import SiteServer
from servers import running


@pytest.mark.parametrize(
    ("address", "kind"),
    [
        ("index.html", "text/html; charset=utf-8"),
        ("py/main.py", "text/x-python; charset=utf-8"),
        ("py/pyscript.toml", "text/plain; charset=utf-8"),
        ("assets/style.css", "text/css; charset=utf-8"),
        ("assets/vendor/pyodide/pyodide.mjs", "text/javascript; charset=utf-8"),
        ("assets/vendor/pyodide/pyodide.asm.wasm", "application/wasm"),
        ("assets/vendor/pyodide/a.whl", "application/octet-stream"),
        ("assets/vendor/manifest.json", "application/json"),
        ("assets/mnist/train-00.npz", "application/octet-stream"),
    ],
)
def test_files_have_the_right_type(ask, address, kind):
    assert ask(f"/{address}")[0].headers["Content-Type"] == kind


def test_a_file_that_cannot_be_read_is_answered(server, checkout, capfd):
    (checkout / "py/main.py").chmod(0)
    root = os.geteuid() == 0
    try:
        if root:  # who reads what others may not
            for folder in (checkout, *checkout.parents[:3]):
                folder.chmod(0o755)
            os.seteuid(65534)
        with closing(http.client.HTTPConnection(*server.server_address, timeout=10)) as connection:
            connection.request("GET", "/py/main.py")
            assert connection.getresponse().status == 403
    finally:
        if root:
            os.seteuid(0)
    assert capfd.readouterr().err == ""


def test_a_file_that_did_not_change_is_not_sent_again(ask, checkout):
    response, _ = ask("/assets/style.css")
    etag = response.headers["ETag"]
    assert response.headers["Cache-Control"] == "no-cache"
    response, body = ask("/assets/style.css", If_None_Match=etag)
    assert (response.status, body) == (304, b"")
    (checkout / "assets/style.css").write_text("q {}")
    response, body = ask("/assets/style.css", If_None_Match=etag)
    assert (response.status, body) == (200, b"q {}")


@pytest.mark.parametrize("asked", ["*", '"other", {}', "W/{}", '{}, W/"other"'])
def test_the_browser_may_know_a_file_by_one_of_several_marks(ask, asked):
    etag = ask("/assets/style.css")[0].headers["ETag"]
    assert ask("/assets/style.css", If_None_Match=asked.format(etag))[0].status == 304
    assert ask("/assets/style.css", If_None_Match='"other"')[0].status == 200


def test_a_large_file_is_sent_in_pieces(server, checkout):
    size = 200_000_000
    with (checkout / "assets/mnist/train-00.npz").open("wb") as file:
        file.truncate(size)
    with closing(http.client.HTTPConnection(*server.server_address, timeout=10)) as connection:
        tracemalloc.start()
        try:
            connection.request("GET", "/assets/mnist/train-00.npz")
            response = connection.getresponse()
            received = sum(iter(lambda: len(response.read(1 << 20)), 0))
            _, peak = tracemalloc.get_traced_memory()
        finally:
            tracemalloc.stop()
    assert received == size
    assert peak < 10_000_000


def test_an_answer_ends_where_a_file_has_shrunk(server, checkout):
    path = checkout / "assets/mnist/train-00.npz"
    with path.open("wb") as file:
        file.truncate(100_000_000)
    with closing(http.client.HTTPConnection(*server.server_address, timeout=10)) as connection:
        connection.request("GET", "/assets/mnist/train-00.npz")
        response = connection.getresponse()
        response.read(1)
        os.truncate(path, 10)
        with pytest.raises(http.client.IncompleteRead):
            response.read()


def test_an_empty_file_is_served(ask, checkout):
    (checkout / "py/__init__.py").touch()
    response, body = ask("/py/__init__.py")
    assert (response.status, response.headers["Content-Length"], body) == (200, "0", b"")


@pytest.mark.parametrize(
    ("request_bytes", "status"),
    [
        (b"POST / HTTP/1.1\r\nContent-Length: 4\r\n\r\nbody", b"501"),
        (b"GET / HTTP/1.1\r\nRange: bytes=9-1\r\n\r\n", b"200"),
        (b"GET / HTTP/1.1\r\nHost: \xff\x00\r\n\r\n", b"200"),
        (b"GET / HTTP/9.9\r\n\r\n", b"505"),
        (b"GET /" + b"x" * 70_000 + b" HTTP/1.1\r\n\r\n", b"414"),
        (b"GET / HTTP/1.1\r\n" + b"A: b\r\n" * 200 + b"\r\n", b"431"),
        (b"GET /%00%ff%zz HTTP/1.1\r\n\r\n", b"404"),
        (b"\x16\x03\x01 \x02 \x00 garbage\r\n\r\n", b"400"),
    ],
)
def test_whatever_is_asked_has_an_answer(server, capfd, request_bytes, status):
    with socket.create_connection(server.server_address, timeout=10) as client:
        client.sendall(request_bytes)
        assert status in client.recv(1000).partition(b"\n")[0]
    assert capfd.readouterr().err == ""


def test_the_body_of_a_request_is_not_taken_for_the_next(server):
    smuggled = b"GET /assets/style.css HTTP/1.1\r\n\r\n"
    head = f"GET / HTTP/1.1\r\nContent-Length: {len(smuggled)}\r\n\r\n"
    with socket.create_connection(server.server_address, timeout=10) as client:
        client.sendall(head.encode() + smuggled)
        answers = b""
        try:
            while piece := client.recv(1000):
                answers += piece
        except ConnectionResetError:
            pass  # since it has not read what it did not want
    assert answers.count(b"HTTP/1.1") == 1


def test_a_request_that_does_not_come_to_its_end_is_not_waited_for(server, monkeypatch):
    monkeypatch.setattr("hosting.server.REQUEST_PATIENCE", 0.3)
    with socket.create_connection(server.server_address) as client:
        client.settimeout(0.05)
        client.sendall(b"GET / HTTP/1.1\r\nHost: ")
        with pytest.raises(ConnectionError):  # noqa: PT012 - whichever call notices
            for _ in range(400):
                client.sendall(b"x")  # which is something, but never enough
                try:
                    if not client.recv(1):
                        raise ConnectionResetError
                except TimeoutError:
                    pass


def test_fifty_connections_at_once_find_room(checkout):
    with SiteServer(checkout, socket.AF_INET, ("127.0.0.1", 0)) as server, ExitStack() as stack:
        for _ in range(50):  # before the first is accepted
            client = socket.create_connection(server.server_address, timeout=10)
            stack.enter_context(client)


def test_head_tells_the_size_and_sends_no_body(ask):
    response, body = ask("/assets/style.css", "HEAD")
    assert (response.status, response.headers["Content-Length"], body) == (200, "4", b"")
    assert ask("/")[1] == b"<p>page"  # and not the end of the answer before


def test_one_connection_serves_many_requests(ask):
    first, _ = ask("/")
    second, _ = ask("/assets/style.css")
    assert first.version == second.version == 11
    assert not first.will_close


def test_a_browser_that_breaks_off_leaves_no_traceback(checkout, capfd):
    (checkout / "assets/mnist/train-00.npz").write_bytes(bytes(20_000_000))
    server = SiteServer(checkout, socket.AF_INET, ("127.0.0.1", 0))
    server.daemon_threads = False  # so that closing it waits for the answer to fail
    with running(server), socket.create_connection(server.server_address) as browser:
        browser.sendall(b"GET /assets/mnist/train-00.npz HTTP/1.1\r\n\r\n")
        browser.recv(1000)
        at_once = struct.pack("ii", 1, 0)
        browser.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, at_once)
    assert "Traceback" not in capfd.readouterr().err
