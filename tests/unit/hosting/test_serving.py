"""serve.py as the command that serves: from wherever it is started, until it is stopped."""

import http.client
import shutil
import socket
import sys
import time
import urllib.request
from contextlib import closing

import pytest
from commands import assert_one_sentence, command, interrupted, run
from serve import ROOT

from hosting.releases import RUNTIME
from hosting.site import all_files


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def test_the_command_serves_opens_the_browser_and_stops_at_ctrl_c(tmp_path, monkeypatch):
    browser = tmp_path / "browser"
    browser.write_text(f'#!/bin/sh\necho "$1" > {tmp_path}/opened\n')
    browser.chmod(0o755)
    monkeypatch.setenv("BROWSER", str(browser))
    port = free_port()
    seen = []

    def serves(process):
        seen.append(process.stdout.readline())
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/") as page:
            seen.append(page.read())
        deadline = time.monotonic() + 30
        while not (tmp_path / "opened").exists() and time.monotonic() < deadline:
            time.sleep(0.01)
        return True

    done = interrupted([sys.executable, "serve.py", "--port", str(port)], serves)

    assert f"http://localhost:{port}/" in seen[0]
    assert seen[1] == (ROOT / "index.html").read_bytes()
    assert (tmp_path / "opened").read_text() == f"http://localhost:{port}/\n"
    assert_one_sentence(done, "stopped", status=130)


def statuses(command, port, addresses, cwd=ROOT):
    """Run a command that serves until it has been asked for some addresses: what it answered."""
    found = {}

    def serves(process):
        assert process.stdout.readline().startswith("Serving"), process.stderr.read()
        with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=10)) as connection:
            for address in addresses:
                connection.request("GET", f"/{address}")
                response = connection.getresponse()
                response.read()
                found[address] = response.status
        return True

    assert_one_sentence(interrupted(command, serves, cwd), "stopped", status=130)
    return found


@pytest.fixture
def clone(tmp_path, monkeypatch):
    """A checkout as it comes, into which Python has compiled nothing yet; its assets are there."""
    for variable in ("PYTHONDONTWRITEBYTECODE", "PYTHONPYCACHEPREFIX"):
        monkeypatch.delenv(variable, raising=False)
    clone = tmp_path / "a clone"
    shutil.copytree(ROOT / "py", clone / "py", ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("serve.py", "index.html"):
        shutil.copy(ROOT / name, clone)
    (clone / "assets").symlink_to(ROOT / "assets")
    return clone


@pytest.mark.parametrize(
    ("folder", "script"),
    [
        ("a clone", "serve.py"),
        ("a clone/py", "../serve.py"),
        (".", "a clone/serve.py"),
        ("elsewhere", "link.py"),
        ("elsewhere", "{}/a clone/serve.py"),
    ],
)
def test_a_clone_is_served_wherever_the_command_is_given(clone, tmp_path, folder, script):
    (tmp_path / "elsewhere/hosting").mkdir(parents=True)  # another's, and none of serve.py's parts
    (tmp_path / "elsewhere/link.py").symlink_to(clone / "serve.py")
    port = free_port()
    serving = [sys.executable, script.format(tmp_path), "--no-browser", "--port", str(port)]
    found = statuses(serving, port, ["", "py/main.py", "py/python.zip"], tmp_path / folder)
    assert found == {"": 200, "py/main.py": 200, "py/python.zip": 200}


def test_what_python_compiles_to_serve_is_not_public(clone):
    port = free_port()
    compiled = f"py/hosting/__pycache__/site.{sys.implementation.cache_tag}.pyc"
    serving = [sys.executable, "serve.py", "--no-browser", "--port", str(port)]
    found = statuses(serving, port, ["py/hosting/site.py", compiled], clone)
    assert (clone / compiled).is_file()
    assert set(found.values()) == {404}
    assert not any("__pycache__" in address or "hosting" in address for address in all_files(clone))


READ_ONLY = """
import errno, os, sys
CHANGES = ("chmod", "link", "mkdir", "remove", "rename", "rmdir", "symlink", "truncate", "utime")
WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT
def refuse(event, arguments):
    writes = event == "open" and (arguments[2] or 0) & WRITING
    if writes or event in [f"os.{change}" for change in CHANGES]:
        raise OSError(errno.EROFS, os.strerror(errno.EROFS), str(arguments[0]))
sys.addaudithook(refuse)
"""  # what a disk does that can only be read; root would be allowed what modes forbid


def test_a_prepared_checkout_is_served_from_a_disk_that_can_only_be_read():
    port = free_port()
    serving = ["--no-browser", "--port", str(port)]
    found = statuses(
        command(ROOT, serving, RUNTIME, first=READ_ONLY),
        port,
        ["", "py/pyscript.toml", "py/python.zip"],
    )
    assert set(found.values()) == {200}


def test_a_taken_port_is_a_sentence():
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = str(other.getsockname()[1])
        done = run([sys.executable, "serve.py", "--no-browser", "--port", port])
    assert_one_sentence(done, f"Port {port} cannot be used.*--port")


@pytest.mark.parametrize("host", ["no-such-host.invalid", "192.0.2.1"])
def test_a_host_that_is_not_this_machine_is_a_sentence(host):
    done = run([sys.executable, "serve.py", "--no-browser", "--host", host])
    assert_one_sentence(done, host)


@pytest.mark.parametrize("port", ["0", "65536", "http", "-1", "8_0"])
def test_a_port_that_cannot_be_is_a_usage_error(port):
    done = run([sys.executable, "serve.py", f"--port={port}"])
    assert done.returncode == 2
    assert "--port: must be a whole number from 1 to 65535" in done.stderr
