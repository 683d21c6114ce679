"""What is served and what is published: the site's files, and no others."""

import http.client
import http.server
import json
import os
import re
import socket
import struct
import subprocess
import sys
import tracemalloc
from contextlib import ExitStack, closing

import pytest
from serve import ROOT

from hosting.files import Failure, remove
from hosting.server import SiteServer
from hosting.site import OWNED, build
from servers import running

# What is served


@pytest.fixture
def checkout(tmp_path):
    """A small project with files that are the site's and files that are not."""
    root = tmp_path / "checkout"
    for name, text in {
        "index.html": "<p>page",
        "py/main.py": "print()",
        "py/pyscript.toml": "a = 1",
        "py/__pycache__/main.cpython-311.pyc": "cache",
        "py/app.egg-info/SOURCES.txt": "metadata",
        "assets/style.css": "p {}",
        "assets/vendor/pyodide/pyodide.mjs": "export {}",
        "assets/vendor/pyodide/pyodide.asm.wasm": "wasm",
        "assets/vendor/pyodide/a.whl": "wheel",
        "assets/vendor/manifest.json": "{}",
        "assets/mnist/train-00.npz": "shard",
        "assets/mnist/.train-01.npz.77.part": "half",
        "assets/mnist/train-images-idx3-ubyte": "data",
        "assets/.hidden/notes.json": "{}",
        "serve.py": "secret",
        "pyproject.toml": "secret",
        ".git/config": "secret",
        ".venv/a.py": "secret",
        "tests/unit/test_a.py": "secret",
    }.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return root


PUBLIC = [
    "assets/mnist/train-00.npz",
    "assets/style.css",
    "assets/vendor/manifest.json",
    "assets/vendor/pyodide/a.whl",
    "assets/vendor/pyodide/pyodide.asm.wasm",
    "assets/vendor/pyodide/pyodide.mjs",
    "index.html",
    "py/main.py",
    "py/pyscript.toml",
]


@pytest.fixture
def server(checkout):
    """The checkout's server, at work."""
    with running(SiteServer(checkout, socket.AF_INET, ("127.0.0.1", 0))) as server:
        yield server


@pytest.fixture
def ask(server):
    """A function that asks the server for a path, all over one connection."""
    with closing(http.client.HTTPConnection(*server.server_address, timeout=10)) as connection:

        def ask(path, method="GET", **headers):
            names = {name.replace("_", "-"): value for name, value in headers.items()}
            connection.request(method, path, headers=names)
            response = connection.getresponse()
            return response, response.read()

        yield ask


@pytest.mark.parametrize("address", PUBLIC)
def test_the_sites_files_are_served(ask, checkout, address):
    response, body = ask(f"/{address}?v=1")
    assert response.status == 200
    assert body == (checkout / address).read_bytes()


def test_the_root_is_the_page(ask):
    assert ask("/")[1] == b"<p>page"


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


@pytest.fixture
def links(checkout):
    """Links in the checkout: those to files of the site are its files too, and no others are."""
    for name, leads_to in {
        "assets/alias.js": "../py/../assets/vendor/pyodide/pyodide.mjs",
        "assets/out.json": "../../outside.json",
        "assets/secret.toml": "../pyproject.toml",
        "assets/hidden.py": "../.venv/a.py",
        "assets/loop.js": "loop.js",
        "assets/none.js": "nothing.js",
        "assets/device.js": "/dev/zero",
        "assets/folder": "../../folder",
    }.items():
        (checkout / name).symlink_to(leads_to)
    (checkout.parent / "outside.json").write_text("secret")
    (checkout.parent / "folder").mkdir()
    (checkout.parent / "folder/outside.js").write_text("secret")
    os.mkfifo(checkout / "assets/pipe.js")


@pytest.mark.parametrize(
    "name",
    [
        *("out.json", "secret.toml", "hidden.py", "loop.js", "none.js", "device.js"),
        *("folder/outside.js", "pipe.js"),
    ],
)
def test_nothing_is_served_that_is_no_file_of_the_site(links, ask, name):
    assert ask(f"/assets/{name}")[0].status == 404


def test_a_link_within_the_site_is_followed(links, ask):
    assert ask("/assets/alias.js")[1] == b"export {}"


def test_a_file_that_becomes_a_link_is_served_no_more(ask, checkout):
    style = checkout / "assets/style.css"
    assert ask("/assets/style.css")[0].status == 200
    style.unlink()
    style.symlink_to("../serve.py")
    assert ask("/assets/style.css")[0].status == 404


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


@pytest.mark.parametrize(
    "path",
    [
        "/serve.py",
        "/pyproject.toml",
        "/.git/config",
        "/.venv/a.py",
        "/tests/unit/test_a.py",
        "/py",
        "/py/",
        "/assets/",
        "/py/__pycache__/main.cpython-311.pyc",
        "/py/app.egg-info/SOURCES.txt",
        "/assets/mnist/.train-01.npz.77.part",
        "/assets/mnist/train-images-idx3-ubyte",
        "/assets/.hidden/notes.json",
        "/py/../serve.py",
        "/py/%2e%2e/serve.py",
        "/py/..%2fserve.py",
        "/py/..\\..\\serve.py",
        "/../../../../../../etc/passwd",
        "//etc/passwd",
        "/%2fetc/passwd",
        "/index.html%00",
        "/index.html/",
    ],
)
def test_nothing_else_is_served(ask, path):
    assert ask(path)[0].status == 404


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


# What is published


def written(folder):
    return sorted(p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file())


def test_build_writes_what_a_visitor_needs_and_no_more(checkout, tmp_path):
    build(checkout, tmp_path / "new/site")
    assert written(tmp_path / "new/site") == sorted([".nojekyll", *PUBLIC])
    assert (tmp_path / "new/site/py/main.py").read_text() == "print()"


def test_build_renews_what_it_wrote_and_keeps_what_it_did_not(checkout, tmp_path):
    site = tmp_path / "site"
    build(checkout, site)
    (site / "CNAME").write_text("digits.example")
    (checkout / "py/main.py").unlink()
    (checkout / "index.html").write_text("<p>new")
    build(checkout, site)
    assert written(site) == sorted({".nojekyll", "CNAME", *PUBLIC} - {"py/main.py"})
    assert (site / "index.html").read_text() == "<p>new"


@pytest.mark.parametrize(
    "target",
    [
        *("..", ".", "py", "assets", "assets/site", ".git/site", "tests", "tests/site"),
        *("py/new", "py/new/site", "build/site", "index.html", "link-to-tests", "link-to-py/new"),
    ],
)
def test_build_refuses_a_folder_that_holds_something_else(checkout, target):
    (checkout / "link-to-tests").symlink_to("tests")
    (checkout / "link-to-py").symlink_to("py")
    before = written(checkout.parent)
    with pytest.raises(Failure, match="--build"):
        build(checkout, checkout / target)
    assert written(checkout.parent) == before


@pytest.mark.parametrize("target", [".", ".."])
def test_build_never_replaces_what_holds_the_project(checkout, target):
    (checkout / target / ".nojekyll").write_bytes(OWNED)  # as if a site had been copied over it
    before = written(checkout.parent)
    with pytest.raises(Failure, match="--build"):
        build(checkout, checkout / target)
    assert written(checkout.parent) == before


@pytest.mark.parametrize("marker", [b"\xff\xfe", b"", OWNED + b"\n"])
def test_a_marker_of_another_makes_a_folder_anothers(checkout, tmp_path, marker):
    (tmp_path / "site").mkdir()
    (tmp_path / "site/.nojekyll").write_bytes(marker)
    with pytest.raises(Failure, match="did not write"):
        build(checkout, tmp_path / "site")


def test_a_marker_that_is_a_link_is_anothers(checkout, tmp_path):
    (tmp_path / "site").mkdir()
    (tmp_path / "marker").write_bytes(OWNED)
    (tmp_path / "site/.nojekyll").symlink_to(tmp_path / "marker")
    with pytest.raises(Failure, match="did not write"):
        build(checkout, tmp_path / "site")


def test_a_loop_of_links_is_no_folder(checkout, tmp_path):
    (tmp_path / "loop").symlink_to("loop")
    with pytest.raises(Failure, match="no folder"):
        build(checkout, tmp_path / "loop")


@pytest.mark.parametrize("name", ["index.html", "py", "py/main.py", "assets", ".serve.py.part"])
def test_links_in_a_built_site_are_replaced_and_never_written_through(checkout, tmp_path, name):
    site, kept = tmp_path / "site", tmp_path / "kept"
    build(checkout, site)
    remove(site / name)
    if name in ("index.html", "py/main.py"):
        kept.write_text("kept")
    else:
        kept.mkdir()
        (kept / "main.py").write_text("kept")
    (site / name).symlink_to(kept)
    build(checkout, site)
    assert written(site) == sorted([".nojekyll", *PUBLIC])
    assert not any(path.is_symlink() for path in site.rglob("*"))
    assert [path.read_text() for path in (kept, kept / "main.py") if path.is_file()] == ["kept"]


def test_build_publishes_no_file_from_elsewhere(links, checkout, tmp_path):
    build(checkout, tmp_path / "site")
    assert written(tmp_path / "site") == sorted([".nojekyll", "assets/alias.js", *PUBLIC])


def test_the_next_build_makes_good_what_a_killed_one_left(checkout, tmp_path):
    site = tmp_path / "site"
    build(checkout, site)
    (site / "py/old.py").touch()
    (site / ".serve.py.part").mkdir()
    (site / "py").rename(site / ".serve.py.part/py")
    (site / "index.html").unlink()
    build(checkout, site)
    assert written(site) == sorted([".nojekyll", *PUBLIC])


def test_the_project_builds_into_a_site_without_addresses_from_the_root(tmp_path):
    command = [sys.executable, "serve.py", "--build", str(tmp_path / "site")]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")
    vendored = json.loads((ROOT / "assets/vendor/manifest.json").read_bytes())["files"]
    built = written(tmp_path / "site")
    assert {"index.html", "py/pyscript.toml", *(f"assets/vendor/{v}" for v in vendored)} <= {*built}
    page = (tmp_path / "site/index.html").read_text()
    assert not re.findall(r"""(?:src|href|config|action)\s*=\s*["']?/""", page)
    assert not re.findall(r"<(?:script|link|img)[^>]*https?:", page)
    for name in built:
        if name.endswith((".css", ".toml")):
            text = (tmp_path / "site" / name).read_text()
            assert not re.findall(r"""(?:url\(|=)\s*["']?/""", text), name
