"""Python's library and NumPy are compiled ahead, to bytes that are known."""

import importlib
import io
import shutil
import sys
import zipfile

import pytest
from serve import ROOT
from stand_in import in_place, no_mnist, pinned

from hosting.bytecode import compile_archives
from hosting.compile_archive import compile_archive
from hosting.files import is_complete
from hosting.preparation import prepare
from hosting.releases import RUNTIME

ASSETS = ROOT / "assets"
COMPILED = {
    ASSETS / release.into / name: (release.path(ASSETS, name), pin)
    for release in RUNTIME
    for name, pin in release.compiled.items()
}
SOURCES = {
    "package/__init__.py": b"answer = 42\n",
    "package/module.py": b"from package import answer\n",
    "package/module.pyi": b"answer: int\n",
    "package/data.txt": b"data",
    "package/folder/": b"",
}


def archive(files):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as target:
        for name, content in files.items():
            target.writestr(name, content)
    return buffer.getvalue()


def test_modules_are_compiled_and_what_only_compilers_read_is_left_out():
    with zipfile.ZipFile(io.BytesIO(compile_archive(archive(SOURCES)))) as compiled:
        names = ["package/__init__.pyc", "package/module.pyc", "package/data.txt"]
        assert compiled.namelist() == names
        assert compiled.read("package/data.txt") == b"data"


def test_compiled_modules_can_be_imported(tmp_path, monkeypatch):
    (tmp_path / "library.zip").write_bytes(compile_archive(archive(SOURCES)))
    monkeypatch.syspath_prepend(tmp_path / "library.zip")
    monkeypatch.delitem(sys.modules, "package", raising=False)
    module = importlib.import_module("package.module")
    assert module.answer == 42
    assert module.__file__.endswith(".pyc")
    for name in ("package", "package.module"):
        monkeypatch.delitem(sys.modules, name)


def test_the_prepared_archives_are_what_their_sources_compile_to(tmp_path):
    pyodide = tmp_path / "pyodide"
    shutil.copytree(ASSETS / "vendor/pyodide", pyodide)
    pins = {}
    for path, (source, pin) in COMPILED.items():
        assert is_complete(path, *pin)
        shutil.copyfile(source, pyodide / path.name)
        pins[pyodide / path.name] = pin
    compile_archives(pyodide, pins)
    for copy in pins:
        assert copy.read_bytes() == (ASSETS / "vendor/pyodide" / copy.name).read_bytes()


@pytest.fixture
def release(cdn):
    """A release with an archive of sources, pinned as what it compiles to."""
    sources = archive(SOURCES)
    compiled = {"library.zip": pinned(b"compiled")}
    return cdn.release({"library.zip": sources}, "vendor/pyodide", compiled=compiled), sources


def install_node(tmp_path, script):
    node = tmp_path / "bin/node"
    node.parent.mkdir()
    node.write_text(f"#!/bin/sh\n{script}\n")
    node.chmod(0o755)


def test_the_page_is_given_what_was_compiled_and_the_sources_are_kept(release, tmp_path):
    release, sources = release
    install_node(tmp_path, 'printf compiled >"$4/library.zip"')
    prepare(tmp_path / "assets", (release,), no_mnist(tmp_path / "assets"))
    folder = tmp_path / "assets/vendor/pyodide"
    assert (folder / "library.zip").read_bytes() == b"compiled"
    assert release.path(tmp_path / "assets", "library.zip").read_bytes() == sources


@pytest.mark.parametrize(
    ("script", "reason"),
    [
        (None, "there is no Node.js"),
        ("exit 1", "the Node.js that is here cannot do it"),
        ('printf tampered >"$4/library.zip"', "not what it should be"),
        ("exit 0", "not what it should be"),
    ],
)
def test_where_it_cannot_be_compiled_the_sources_are_in_place(
    release, tmp_path, capsys, script, reason
):
    release, sources = release
    if script:
        install_node(tmp_path, script)
    assets = tmp_path / "assets"
    prepare(assets, (release,), no_mnist(assets))
    assert (assets / "vendor/pyodide/library.zip").read_bytes() == sources
    assert reason in capsys.readouterr().err
    assert in_place(assets / "vendor/pyodide") == [
        "library.zip",
        "library.zip",
        "pyodide-lock.json",
    ]


def test_it_is_compiled_as_soon_as_it_can_be(release, cdn, tmp_path):
    release, _ = release
    assets = tmp_path / "assets"
    mnist = no_mnist(assets)
    prepare(assets, (release,), mnist)
    cdn.requests.clear()
    install_node(tmp_path, 'printf compiled >"$4/library.zip"')
    prepare(assets, (release,), mnist)
    assert (assets / "vendor/pyodide/library.zip").read_bytes() == b"compiled"
    assert cdn.requests == []
