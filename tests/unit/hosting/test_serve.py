"""serve.py as a command: what it does, and what it says when it cannot."""

import os
import time
from pathlib import Path

import pytest
from commands import assert_one_sentence, command, interrupted, run, started
from stand_in import LIBRARY, in_place, install_npm, no_mnist

from hosting.preparation import prepare
from hosting.releases import RUNTIME


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
