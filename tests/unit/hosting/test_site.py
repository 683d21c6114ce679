"""What is served and what is published: the site's files, and no others."""

import http.client
import http.server
import json
import re
import socket
import struct
import subprocess
import sys

import pytest
from hosting.files import Failure
from hosting.server import SiteServer
from hosting.site import build
from serve import ROOT

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
def ask(checkout):
    """A function that asks the server for a path, all over one connection."""
    server = SiteServer(checkout, socket.AF_INET, ("127.0.0.1", 0))
    with running(server):
        connection = http.client.HTTPConnection(*server.server_address, timeout=10)

        def ask(path, method="GET", **headers):
            names = {name.replace("_", "-"): value for name, value in headers.items()}
            connection.request(method, path, headers=names)
            response = connection.getresponse()
            return response, response.read()

        yield ask
        connection.close()


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


@pytest.mark.parametrize("target", ["..", ".", "py", "assets", "assets/site", ".git/site", "tests"])
def test_build_refuses_a_folder_that_holds_something_else(checkout, target):
    before = written(checkout.parent)
    with pytest.raises(Failure, match="--build"):
        build(checkout, checkout / target)
    assert written(checkout.parent) == before


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
