"""serve.py as a command: what it does, and what it says when it cannot."""

import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest
from serve import ROOT
from stand_in import LIBRARY, in_place, install_npm, no_mnist

from hosting.preparation import prepare
from hosting.releases import MNIST, RUNTIME


def command(root, arguments, runtime=(), mnist=MNIST, first=""):
    """A command that runs serve.py in another folder with other pins."""
    code = (
        f"{first}\nimport sys\nfrom pathlib import Path\n"
        "from hosting.releases import Release\nfrom serve import main\n"
        f"sys.exit(main({arguments!r}, Path({str(root)!r}), {tuple(runtime)!r}, {mnist!r}))"
    )
    return [sys.executable, "-c", code]


def run(*arguments, **options):
    """Run a command to its end in the checkout."""
    return subprocess.run(*arguments, cwd=ROOT, capture_output=True, text=True, **options)


def assert_one_sentence(done, pattern, status=1):
    """Check that a run ended with a sentence that fits and with nothing that looks like a crash."""
    lines = [line for line in done.stderr.splitlines() if line.startswith("serve.py: ")]
    assert done.returncode == status, done.stderr
    assert len(lines) == 1, done.stderr
    assert re.search(pattern, lines[0])
    assert lines[0].endswith(".")
    assert "Traceback" not in done.stderr


def test_without_any_network_the_command_says_so(tmp_path, monkeypatch):
    for scheme in ("http", "https"):
        monkeypatch.setenv(f"{scheme}_proxy", "http://127.0.0.1:9/")  # nobody listens there
    monkeypatch.setenv("PATH", "")
    done = run(command(tmp_path, ["--prepare"], RUNTIME))
    assert_one_sentence(done, r"pyodide\.mjs could not be had: cdn\.jsdelivr\.net cannot be reach")


def test_a_full_disk_is_a_sentence(cdn, tmp_path):
    runtime = [cdn.release(LIBRARY)]
    limit = "import resource; resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096))"
    done = run(command(tmp_path, ["--prepare"], runtime, no_mnist(tmp_path / "assets"), limit))
    assert_one_sentence(done, "no room left on the disk")
    assert "library.js" not in in_place(tmp_path)
    assert not list(tmp_path.rglob("*.part"))


def test_a_folder_that_cannot_be_written_is_a_sentence(cdn):
    unwritable = Path("/sys")  # for root too
    done = run(command(unwritable, ["--prepare"], [cdn.release(LIBRARY)]))
    assert_one_sentence(done, "/sys.*(not permitted|denied|Read-only)")


def started(command):
    """Start a command whose output is wanted."""
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    return subprocess.Popen(command, cwd=ROOT, **pipes)


def interrupted(command, when):
    """Run a command, and press Ctrl-C when an event is set."""
    process = started(command)
    try:
        assert when(process)
        process.send_signal(signal.SIGINT)
        output, errors = process.communicate(timeout=30)
    finally:
        process.kill()
    return subprocess.CompletedProcess(command, process.returncode, output, errors)


def test_an_interrupted_run_leaves_nothing_half_made_and_the_next_goes_on(cdn, tmp_path):
    files = {"first.js": b"first", "second.js": b"second" * 50000, "third.js": b"third"}
    runtime, mnist = (cdn.release(files),), no_mnist(tmp_path / "assets")
    cdn.faults["second.js"] = "stalled"
    preparing = command(tmp_path, ["--prepare"], runtime, mnist)
    done = interrupted(preparing, lambda _: cdn.stalled.wait(30))
    cdn.released.set()
    assert_one_sentence(done, "stopped", status=130)
    assert in_place(tmp_path / "assets/vendor") == ["first.js"]

    cdn.faults.clear()
    cdn.requests.clear()
    prepare(tmp_path / "assets", runtime, mnist)
    assert cdn.requests == ["second.js", "third.js"]


def test_of_two_runs_at_once_the_second_waits_and_finds_everything_there(cdn, tmp_path):
    both = command(tmp_path, ["--prepare"], [cdn.release(LIBRARY)], no_mnist(tmp_path / "assets"))
    cdn.faults["library.js"] = "stalled"
    with started(both) as first:
        assert cdn.stalled.wait(30)
        with started(both) as second:
            assert "Waiting for another serve.py" in second.stderr.readline()
            cdn.released.set()
            outcomes = [(p.communicate(timeout=30)[1], p.returncode) for p in (second, first)]
    assert [status for _, status in outcomes] == [0, 0], outcomes
    assert cdn.requests == list(LIBRARY)
    assert (tmp_path / "assets/vendor/library/library.js").read_bytes() == LIBRARY["library.js"]


def test_a_killed_run_leaves_nothing_that_the_next_does_not_clear_away(cdn, tmp_path):
    runtime, mnist = [cdn.release(LIBRARY)], no_mnist(tmp_path / "assets")
    cdn.faults["library.js"] = "stalled"
    with started(command(tmp_path, ["--prepare"], runtime, mnist)) as process:
        assert cdn.stalled.wait(30)
        while not any(name.endswith(".part") for name in in_place(tmp_path)):
            assert process.poll() is None
        process.kill()
    cdn.released.set()
    cdn.faults.clear()
    prepare(tmp_path / "assets", tuple(runtime), mnist)
    assert not any(name.endswith(".part") for name in in_place(tmp_path))
    assert (tmp_path / "assets/vendor/library/library.js").read_bytes() == LIBRARY["library.js"]


def test_a_build_that_finds_no_room_leaves_the_site_as_it_was(tmp_path):
    checkout, site = tmp_path / "checkout", tmp_path / "site"
    mnist = no_mnist(checkout / "assets")
    (checkout / "py").mkdir()
    (checkout / "py/main.py").write_text("old")
    (checkout / "index.html").write_text("old")
    building = command(checkout, ["--build", str(site)], (), mnist)
    assert run(building).returncode == 0
    (checkout / "index.html").write_text("new")
    (checkout / "py/main.py").write_text("new" * 10_000)
    limit = "import resource; resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096))"
    done = run(command(checkout, ["--build", str(site)], (), mnist, limit))
    assert_one_sentence(done, "no room left on the disk.*start again")
    assert [(site / name).read_text() for name in ("index.html", "py/main.py")] == ["old", "old"]
    assert not list(site.rglob("*.part"))


@pytest.mark.parametrize(
    ("folder", "pattern"),
    [
        ("loop", "no folder"),
        ("loop/site", "loop.*Too many levels"),
        ("file", "no folder"),
        ("x" * 300, "File name too long"),
        ("foreign", "did not write"),
    ],
)
def test_a_folder_that_is_none_to_build_in_is_a_sentence(tmp_path, folder, pattern):
    (tmp_path / "loop").symlink_to("loop")
    (tmp_path / "file").touch()
    (tmp_path / "foreign").mkdir()
    (tmp_path / "foreign/.nojekyll").write_bytes(b"\xff")
    arguments = ["--build", str(tmp_path / folder)]
    mnist = no_mnist(tmp_path / "checkout/assets")
    assert_one_sentence(run(command(tmp_path / "checkout", arguments, (), mnist)), pattern)


@pytest.mark.parametrize(
    ("script", "pattern"),
    [
        ("exit 0", r"npm could not fetch .* \(no reason given\)"),
        ("exit 1", r"npm could not fetch .* \(no reason given\)"),
        (None, r"npm does not start \(.*\)"),
    ],
)
def test_a_client_that_does_not_do_its_work_is_a_sentence(cdn, tmp_path, script, pattern):
    install_npm(tmp_path, script)
    if script is None:
        (tmp_path / "bin/npm").write_text("#!/nowhere/interpreter\n")
    cdn.faults = dict.fromkeys(LIBRARY, "absent")
    mnist = no_mnist(tmp_path / "assets")
    assert_one_sentence(
        run(command(tmp_path, ["--prepare"], [cdn.release(LIBRARY)], mnist)), pattern
    )


def test_an_interrupted_client_is_ended_and_its_folder_removed(cdn, tmp_path, monkeypatch):
    started = tmp_path / "started"
    install_npm(tmp_path, f"echo $$ > {started}.new; mv {started}.new {started}; exec sleep 60")
    cdn.faults = dict.fromkeys(LIBRARY, "absent")

    def client_runs(_):
        deadline = time.monotonic() + 30
        while not started.exists() and time.monotonic() < deadline:
            time.sleep(0.01)
        return started.exists()

    runtime, mnist = [cdn.release(LIBRARY)], no_mnist(tmp_path / "assets")
    done = interrupted(command(tmp_path, ["--prepare"], runtime, mnist), client_runs)

    assert_one_sentence(done, "stopped", status=130)
    assert in_place(tmp_path / "assets") == ["manifest.json"]  # of no_mnist
    with pytest.raises(ProcessLookupError):
        os.kill(int(started.read_text()), 0)


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
