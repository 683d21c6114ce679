"""serve.py, against a server on this machine that stands in for the CDN."""

import contextlib
import gzip
import hashlib
import http.client
import http.server
import io
import json
import os
import re
import signal
import socket
import struct
import subprocess
import sys
import tarfile
import threading
import time
import urllib.request
import zipfile
from pathlib import Path

import numpy as np
import pytest
import serve

ROOT = Path(serve.__file__).parent
LIBRARY = {"library.js": b"export const answer = 42;\n" * 9000, "style.css": b"p { color: teal }\n"}
WHEELS = {"numpy-9.0-none-any.whl": b"a wheel" * 5000, "micropip-1.2-none-any.whl": b"another" * 99}
FAULTS = ["absent", "interrupted", "longer", "tampered", "truncated"]


class StandIn(http.server.ThreadingHTTPServer):
    """A CDN on the loopback interface: serves what is put in `files`, as badly as `faults` says."""

    def __init__(self):
        super().__init__(("127.0.0.1", 0), StandInHandler)
        self.files, self.faults, self.requests = {}, {}, []
        self.stalled, self.released = threading.Event(), threading.Event()
        self.url = f"http://127.0.0.1:{self.server_port}/"

    def release(self, files, into="vendor/library", **other):
        """Publish files here, and return the pinned release that they make."""
        suffix = other.get("suffix", "")
        for name, data in files.items():
            self.files[name + suffix] = gzip.compress(data) if suffix else data
        pins = {name: (len(data), hashlib.sha256(data).hexdigest()) for name, data in files.items()}
        described = {"client": "npm", "name": "library@1.0.0", "archive": (1, ""), "folder": ""}
        return serve.Release(**(described | other), cdn=self.url, into=into, files=pins)


class StandInHandler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        name = self.path.removeprefix("/")
        self.server.requests.append(name)
        fault = self.server.faults.get(name)
        if fault == "absent":
            self.send_error(404)
            return
        data = self.server.files[name]
        if fault == "tampered":
            data = bytes([data[0] ^ 1]) + data[1:]
        elif fault == "truncated":
            data = data[: len(data) // 2]
        elif fault == "longer":
            data += b"and more"
        self.send_response(200)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data[: len(data) // 2] if fault in ("interrupted", "stalled") else data)
        if fault == "stalled":
            self.server.stalled.set()
            self.server.released.wait(60)

    def log_message(self, *_):
        pass


@contextlib.contextmanager
def running(server):
    """Serve in a thread until the block is left."""
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}).start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()


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


def idx_files(train, test):
    """The four files of a data set in MNIST's format."""
    random = np.random.default_rng(0)
    files = {}
    for part, count in (("train", train), ("t10k", test)):
        images = random.integers(0, 256, (count, 3, 2), np.uint8)
        labels = random.integers(0, 10, count, np.uint8)
        files[f"{part}-images-idx3-ubyte"] = idx_images(images)
        files[f"{part}-labels-idx1-ubyte"] = idx_labels(labels)
    return files


def idx_images(images):
    return struct.pack(">4I", 2051, *images.shape) + images.tobytes()


def idx_labels(labels):
    return struct.pack(">2I", 2049, *labels.shape) + labels.tobytes()


def tarball(folder, files):
    """What `npm pack` would bring, as bytes."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz") as archive:
        for name, data in files.items():
            member = tarfile.TarInfo(folder + name)
            member.size = len(data)
            archive.addfile(member, io.BytesIO(data))
    return buffer.getvalue()


def pinned(data):
    return len(data), hashlib.sha256(data).hexdigest()


def install_npm(tmp_path, script):
    """Put a stand-in for npm on the path."""
    npm = tmp_path / "bin/npm"
    npm.parent.mkdir()
    npm.write_text(f"#!/bin/sh\nPATH=/usr/bin:/bin\n{script}\n")
    npm.chmod(0o755)


def read_shards(folder, part):
    """Check every shard of a part against the manifest; returns all images and all labels."""
    images, labels = [], []
    for shard in json.loads((folder / "manifest.json").read_text())[part]:
        data = (folder / shard["file"]).read_bytes()
        assert pinned(data) == (shard["size"], shard["sha256"])
        with np.load(io.BytesIO(data), allow_pickle=False) as arrays:
            assert sorted(arrays) == ["images", "labels"]
            assert len(arrays["images"]) == len(arrays["labels"]) == shard["count"]
            images.append(arrays["images"])
            labels.append(arrays["labels"])
    return np.concatenate(images), np.concatenate(labels)


def in_place(folder):
    """Names of all files below a folder, half-made ones too."""
    return sorted(path.name for path in folder.rglob("*") if path.is_file())


def no_mnist(assets):
    """A data set that is complete already, for tests of something else."""
    (assets / "mnist").mkdir(parents=True)
    (assets / "mnist/manifest.json").write_text('{"train": [], "test": []}')
    return serve.MNIST


def fetch(assets, release):
    """Put all files of one release in place."""
    serve.Downloads(assets).fetch(release, list(release.files))


# What is fetched


def test_everything_comes_from_the_cdn_where_it_can_be_reached(cdn, mnist, tmp_path):
    library = cdn.release(LIBRARY)
    wheels = cdn.release(WHEELS, into="vendor/pyodide", client="pip")

    serve.prepare(tmp_path, (library, wheels), mnist)

    assert (tmp_path / "vendor/library/library.js").read_bytes() == LIBRARY["library.js"]
    lock = json.loads((tmp_path / "vendor/pyodide/pyodide-lock.json").read_bytes())
    assert {p["file_name"]: p["sha256"] for p in lock["packages"].values()} == {
        name: hashlib.sha256(data).hexdigest() for name, data in WHEELS.items()
    }
    assert lock["packages"]["numpy"]["version"] == "9.0"
    listed = json.loads((tmp_path / "vendor/manifest.json").read_bytes())["files"]
    vendor = tmp_path / "vendor"
    assert {name: (entry["size"], entry["sha256"]) for name, entry in listed.items()} == {
        path.relative_to(vendor).as_posix(): pinned(path.read_bytes())
        for path in vendor.rglob("*.*")
        if path != vendor / "manifest.json"
    }
    assert not list(tmp_path.rglob("*.part"))


@pytest.mark.parametrize("fault", FAULTS)
def test_a_bad_download_is_refused_and_the_next_run_fetches_that_file_alone(cdn, tmp_path, fault):
    library = cdn.release(LIBRARY)
    cdn.faults["library.js"] = fault

    with pytest.raises(serve.Failure, match=r"library\.js could not be had.*npm"):
        fetch(tmp_path, library)
    assert in_place(tmp_path) == ["style.css"]

    cdn.faults.clear()
    cdn.requests.clear()
    serve.prepare(tmp_path, (library,), no_mnist(tmp_path))
    assert cdn.requests == ["library.js"]
    assert (tmp_path / "vendor/library/library.js").read_bytes() == LIBRARY["library.js"]


@pytest.mark.parametrize("fault", FAULTS)
def test_a_bad_packed_download_is_refused(cdn, mnist, tmp_path, fault):
    cdn.faults["train-images-idx3-ubyte.gz"] = fault
    with pytest.raises(serve.Failure, match="train-images-idx3-ubyte could not be had"):
        serve.prepare(tmp_path, (), mnist)
    assert "train-images-idx3-ubyte" not in in_place(tmp_path)
    assert not list(tmp_path.rglob("*.part"))


@pytest.mark.parametrize("fault", FAULTS)
def test_what_the_cdn_does_not_give_comes_from_npm(cdn, tmp_path, fault):
    archive = tarball("package/dist/", LIBRARY)
    (tmp_path / "library.tgz").write_bytes(archive)
    install_npm(tmp_path, f'[ "$1" = pack ] && cp {tmp_path}/library.tgz .')
    library = cdn.release(LIBRARY, folder="package/dist/", archive=pinned(archive))
    cdn.faults["library.js"] = fault

    fetch(tmp_path / "assets", library)

    assert in_place(tmp_path / "assets") == sorted(LIBRARY)
    placed = tmp_path / "assets/vendor/library/library.js"
    assert placed.read_bytes() == LIBRARY["library.js"]


def test_an_archive_that_is_not_the_pinned_one_is_refused(cdn, tmp_path):
    (tmp_path / "library.tgz").write_bytes(tarball("", LIBRARY))
    install_npm(tmp_path, f"cp {tmp_path}/library.tgz .")
    library = cdn.release(LIBRARY, archive=pinned(b"something else"))
    cdn.faults = dict.fromkeys(LIBRARY, "absent")
    with pytest.raises(serve.Failure, match=r"library\.tgz from npm is not the pinned archive"):
        fetch(tmp_path / "assets", library)
    assert in_place(tmp_path / "assets") == []


def test_a_file_that_differs_inside_a_pinned_archive_is_refused(cdn, tmp_path):
    archive = tarball("", LIBRARY | {"library.js": b"not what was pinned"})
    (tmp_path / "library.tgz").write_bytes(archive)
    install_npm(tmp_path, f"cp {tmp_path}/library.tgz .")
    library = cdn.release(LIBRARY, archive=pinned(archive))
    cdn.faults = dict.fromkeys(LIBRARY, "absent")
    with pytest.raises(serve.Failure, match=r"library\.js could not be had"):
        fetch(tmp_path / "assets", library)
    assert "library.js" not in in_place(tmp_path / "assets")


def test_wheels_come_out_of_the_wheel_that_pip_fetches(cdn, tmp_path, monkeypatch):
    outer = tmp_path / "carrier-1.0-py3-none-any.whl"
    with zipfile.ZipFile(outer, "w") as wheel:
        for name, data in WHEELS.items():
            wheel.writestr(f"carrier/pyodide/{name}", data)
        metadata = "Metadata-Version: 2.1\nName: carrier\nVersion: 1.0\nRequires-Python: <3\n"
        wheel.writestr("carrier-1.0.dist-info/METADATA", metadata + "Requires-Dist: nowhere\n")
        wheel.writestr("carrier-1.0.dist-info/WHEEL", "Wheel-Version: 1.0\nTag: py3-none-any\n")
        wheel.writestr("carrier-1.0.dist-info/RECORD", "")
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(tmp_path))
    wheels = cdn.release(
        WHEELS,
        client="pip",
        name="carrier==1.0",
        archive=pinned(outer.read_bytes()),
        folder="carrier/pyodide/",
    )
    cdn.faults = dict.fromkeys(WHEELS, "absent")

    fetch(tmp_path / "assets", wheels)

    assert in_place(tmp_path / "assets") == sorted(WHEELS)


def test_a_client_that_fails_is_quoted(cdn, tmp_path):
    install_npm(tmp_path, "echo npm warn old >&2; echo npm error code E418 >&2; exit 1")
    cdn.faults = dict.fromkeys(LIBRARY, "absent")
    with pytest.raises(serve.Failure, match=r"answered 404; npm .* \(npm error code E418\)\.$"):
        fetch(tmp_path, cdn.release(LIBRARY))


def test_without_npm_the_way_out_is_named(cdn, tmp_path):
    cdn.faults = dict.fromkeys(LIBRARY, "absent")
    with pytest.raises(serve.Failure, match=r"install Node\.js"):
        fetch(tmp_path, cdn.release(LIBRARY))


def test_a_host_that_gives_no_connection_is_asked_once(cdn, tmp_path):
    connections = []

    class Deaf(http.server.BaseHTTPRequestHandler):
        def handle(self):
            connections.append(self.client_address)

    archive = tarball("", LIBRARY)
    (tmp_path / "library.tgz").write_bytes(archive)
    install_npm(tmp_path, f"cp {tmp_path}/library.tgz .")
    cdn.RequestHandlerClass = Deaf

    fetch(tmp_path / "assets", cdn.release(LIBRARY, archive=pinned(archive)))

    assert len(connections) == 1
    assert in_place(tmp_path / "assets") == sorted(LIBRARY)


def test_when_all_is_there_nothing_is_fetched_or_written(cdn, mnist, tmp_path):
    def times():
        return {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*")}

    runtime = (cdn.release(LIBRARY),)
    serve.prepare(tmp_path, runtime, mnist)
    cdn.requests.clear()
    before = times()
    serve.prepare(tmp_path, runtime, mnist)
    assert cdn.requests == []
    assert times() == before


def test_a_file_damaged_in_place_is_fetched_again(cdn, tmp_path):
    runtime, mnist = (cdn.release(LIBRARY),), no_mnist(tmp_path)
    serve.prepare(tmp_path, runtime, mnist)
    cdn.requests.clear()
    damaged = tmp_path / "vendor/library/style.css"
    damaged.write_bytes(damaged.read_bytes().replace(b"teal", b"pink"))

    serve.prepare(tmp_path, runtime, mnist)

    assert cdn.requests == ["style.css"]
    assert damaged.read_bytes() == LIBRARY["style.css"]


def test_what_a_killed_run_left_is_removed_but_not_what_another_is_writing(tmp_path):
    old, new = tmp_path / "vendor/.a.1.part", tmp_path / "vendor/.b.2.part"
    old.parent.mkdir()
    old.touch()
    new.touch()
    os.utime(old, (time.time() - 86400,) * 2)
    serve.prepare(tmp_path, (), no_mnist(tmp_path))
    assert not old.exists()
    assert new.exists()


# Shards


def test_shards_hold_the_data_set_in_its_order(mnist, tmp_path):
    serve.prepare(tmp_path, (), mnist)
    manifest = json.loads((tmp_path / "mnist/manifest.json").read_text())
    assert [shard["count"] for shard in manifest["train"]] == [2000, 2000, 321]
    files = idx_files(4321, 123)
    for part, idx in (("train", "train"), ("test", "t10k")):
        images, labels = read_shards(tmp_path / "mnist", part)
        assert idx_images(images) == files[f"{idx}-images-idx3-ubyte"]
        assert idx_labels(labels) == files[f"{idx}-labels-idx1-ubyte"]


def test_shards_are_the_same_bytes_each_time_and_nothing_else_stays(mnist, tmp_path):
    serve.prepare(tmp_path / "a", (), mnist)
    time.sleep(2)  # a zip's time stamps count in steps of two seconds
    serve.prepare(tmp_path / "b", (), mnist)
    names = in_place(tmp_path / "a/mnist")
    assert names == ["manifest.json", "test-00.npz", *(f"train-0{i}.npz" for i in range(3))]
    for name in names:
        assert (tmp_path / "a/mnist" / name).read_bytes() == (
            tmp_path / "b/mnist" / name
        ).read_bytes()


@pytest.mark.parametrize("damage", [Path.unlink, lambda path: path.write_bytes(b"{}")])
@pytest.mark.parametrize("name", ["train-01.npz", "manifest.json"])
def test_damaged_shards_are_made_again(mnist, tmp_path, name, damage):
    serve.prepare(tmp_path, (), mnist)
    whole = (tmp_path / "mnist" / name).read_bytes()
    damage(tmp_path / "mnist" / name)
    serve.prepare(tmp_path, (), mnist)
    assert (tmp_path / "mnist" / name).read_bytes() == whole


@pytest.mark.parametrize(("part", "idx"), [("train", "train"), ("test", "t10k")])
def test_the_prepared_shards_are_mnist(part, idx):
    images, labels = read_shards(ROOT / "assets/mnist", part)
    assert images.shape == ({"train": 60000, "test": 10000}[part], 28, 28)
    assert pinned(idx_images(images)) == serve.MNIST.files[f"{idx}-images-idx3-ubyte"]
    assert pinned(idx_labels(labels)) == serve.MNIST.files[f"{idx}-labels-idx1-ubyte"]


def test_a_prepared_checkout_starts_in_under_a_second_and_touches_no_network():
    code = """
import sys, time
def forbid(event, args):
    if event.startswith(("socket.", "subprocess.", "os.exec", "os.posix_spawn")):
        sys.exit(f"{event} {args}")
sys.addaudithook(forbid)
import serve
sys.exit(serve.main(["--prepare"]) or time.process_time() > 1)
"""
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


# The command line


def command(root, arguments, runtime=(), mnist=serve.MNIST, first=""):
    """A command that runs serve.py in another folder with other pins."""
    code = (
        f"{first}\nimport sys\nfrom pathlib import Path\nfrom serve import Release, main\n"
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
    done = run(command(tmp_path, ["--prepare"], serve.RUNTIME))
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


def interrupted(command, when):
    """Run a command, and press Ctrl-C when an event is set."""
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    process = subprocess.Popen(command, cwd=ROOT, **pipes)
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
    started = command(tmp_path, ["--prepare"], runtime, mnist)
    done = interrupted(started, lambda _: cdn.stalled.wait(30))
    cdn.released.set()
    assert_one_sentence(done, "stopped", status=130)
    assert in_place(tmp_path / "assets/vendor") == ["first.js"]

    cdn.faults.clear()
    cdn.requests.clear()
    serve.prepare(tmp_path / "assets", runtime, mnist)
    assert cdn.requests == ["second.js", "third.js"]


def test_an_interrupted_client_is_ended_and_its_folder_removed(cdn, tmp_path, monkeypatch):
    started = tmp_path / "started"
    install_npm(tmp_path, f"echo $$ > {started}.new; mv {started}.new {started}; exec sleep 60")
    monkeypatch.setenv("TMPDIR", str(tmp_path / "temporary"))
    (tmp_path / "temporary").mkdir()
    cdn.faults = dict.fromkeys(LIBRARY, "absent")

    def client_runs(_):
        deadline = time.monotonic() + 30
        while not started.exists() and time.monotonic() < deadline:
            time.sleep(0.01)
        return started.exists()

    runtime, mnist = [cdn.release(LIBRARY)], no_mnist(tmp_path / "assets")
    done = interrupted(command(tmp_path, ["--prepare"], runtime, mnist), client_runs)

    assert_one_sentence(done, "stopped", status=130)
    assert list((tmp_path / "temporary").iterdir()) == []
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


@pytest.mark.parametrize("port", ["0", "65536", "http"])
def test_a_port_that_cannot_be_is_a_usage_error(port):
    done = run([sys.executable, "serve.py", "--port", port])
    assert done.returncode == 2
    assert "--port" in done.stderr


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
    server = serve.SiteServer(checkout, socket.AF_INET, ("127.0.0.1", 0))
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
    server = serve.SiteServer(checkout, socket.AF_INET, ("127.0.0.1", 0))
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
    serve.build(checkout, tmp_path / "new/site")
    assert written(tmp_path / "new/site") == sorted([".nojekyll", *PUBLIC])
    assert (tmp_path / "new/site/py/main.py").read_text() == "print()"


def test_build_renews_what_it_wrote_and_keeps_what_it_did_not(checkout, tmp_path):
    site = tmp_path / "site"
    serve.build(checkout, site)
    (site / "CNAME").write_text("digits.example")
    (checkout / "py/main.py").unlink()
    (checkout / "index.html").write_text("<p>new")
    serve.build(checkout, site)
    assert written(site) == sorted({".nojekyll", "CNAME", *PUBLIC} - {"py/main.py"})
    assert (site / "index.html").read_text() == "<p>new"


@pytest.mark.parametrize("target", ["..", ".", "py", "assets", "assets/site", ".git/site", "tests"])
def test_build_refuses_a_folder_that_holds_something_else(checkout, target):
    before = written(checkout.parent)
    with pytest.raises(serve.Failure, match="--build"):
        serve.build(checkout, checkout / target)
    assert written(checkout.parent) == before


def test_the_project_builds_into_a_site_without_addresses_from_the_root(tmp_path):
    done = run([sys.executable, "serve.py", "--build", str(tmp_path / "site")])
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
