"""What tests of serve.py's parts share."""

import http.client
import os
import socket
from contextlib import closing

import pytest
from small_project import FILES
from stand_in import StandIn, idx_files

from hosting.server import SiteServer
from servers import running


@pytest.fixture
def cdn(monkeypatch, tmp_path):
    """A stand-in for the CDN, on a machine that has no npm."""
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    with running(StandIn()) as server:
        yield server


@pytest.fixture
def mnist(cdn):
    """A small MNIST at the CDN: 4,321 training images and 123 test images of 3 by 2 pixels."""
    return cdn.release(idx_files(4321, 123), into="mnist", suffix=".gz")


@pytest.fixture
def checkout(tmp_path):
    """A small project, with files that are the site's and files that are not."""
    root = tmp_path / "checkout"
    for name, text in FILES.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return root


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
        "assets/maker.py": "../py/hosting/site.py",
        "py/maker.py": "hosting/site.py",
        "py/maker.mjs": "./maker/bytecode.mjs",
        "py/maker": "hosting",
        "py/cased.py": "HOSTING/site.py",
    }.items():
        (checkout / name).symlink_to(leads_to)
    (checkout.parent / "outside.json").write_text("secret")
    (checkout.parent / "folder").mkdir()
    (checkout / "py/HOSTING").mkdir(exist_ok=True)  # the same one on a disk that knows no case
    (checkout / "py/HOSTING/site.py").write_text("secret")
    (checkout.parent / "folder/outside.js").write_text("secret")
    os.mkfifo(checkout / "assets/pipe.js")


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
