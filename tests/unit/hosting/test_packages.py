"""The page's packages travel as one archive, which is as they are when it is asked for."""

import io
import zipfile

import pytest
from serve import ROOT
from small_project import PACKED

from hosting.bytecode import HOME, compile_packages
from hosting.preparation import PYODIDE
from hosting.publishing import build
from hosting.site import ARCHIVE, pack_packages


def unpacked(archive):
    with zipfile.ZipFile(io.BytesIO(archive)) as opened:
        return {name: opened.read(name) for name in opened.namelist()}


def test_the_archive_holds_what_is_imported_and_no_more(checkout):
    assert unpacked(pack_packages(checkout)) == PACKED


def test_nothing_is_packed_that_a_link_leads_out_to(checkout):
    (checkout / "py/app/link.py").symlink_to("../../serve.py")
    (checkout / "py/app/maker.py").symlink_to("../hosting/site.py")
    (checkout / "py/other").symlink_to("hosting")
    assert unpacked(pack_packages(checkout)) == PACKED


def test_the_same_files_make_the_same_archive(checkout):
    before = pack_packages(checkout)
    (checkout / "py/app/page.py").write_text("print(2)")
    assert pack_packages(checkout) != before
    (checkout / "py/app/page.py").write_text("print(1)")
    assert pack_packages(checkout) == before


def test_an_edit_is_in_the_next_answer(ask, checkout):
    response, body = ask(f"/{ARCHIVE}")
    assert response.headers["Content-Type"] == "application/zip"
    assert unpacked(body) == PACKED
    etag = response.headers["ETag"]
    assert ask(f"/{ARCHIVE}", If_None_Match=etag)[0].status == 304
    (checkout / "py/app/page.py").write_text("print(3)")
    (checkout / "py/app/new.py").write_text("print(4)")
    response, body = ask(f"/{ARCHIVE}", If_None_Match=etag)
    assert response.status == 200
    assert unpacked(body) == PACKED | {"app/page.py": b"print(3)", "app/new.py": b"print(4)"}


def test_what_is_packed_is_not_served_beside(ask):
    for name in PACKED:
        assert ask(f"/py/{name}")[0].status == 404


def test_a_folder_without_packages_has_no_archive(ask, checkout):
    for name in PACKED:
        (checkout / "py" / name).unlink()
    assert ask(f"/{ARCHIVE}")[0].status == 404


def test_where_it_cannot_be_compiled_the_sources_are_published(
    checkout, tmp_path, monkeypatch, capsys
):
    monkeypatch.setenv("PATH", str(tmp_path))
    build(checkout, tmp_path / "site")
    assert unpacked((tmp_path / "site" / ARCHIVE).read_bytes()) == PACKED
    assert "starts slower: there is no Node.js" in capsys.readouterr().err


@pytest.fixture(scope="module")
def compiled():
    return compile_packages(ROOT / "assets" / PYODIDE, pack_packages(ROOT))


def test_the_project_is_compiled_by_the_python_that_runs_it(compiled):
    files = unpacked(compiled)
    modules = {name for name in files if name.endswith(".pyc")}
    assert {"autoencoder/main.pyc", "convnet/net.pyc"} <= modules
    assert {name for name in files if name.endswith(".wasm")} == set(files) - modules
    with zipfile.ZipFile(ROOT / "assets" / PYODIDE / "python_stdlib.zip") as library:
        magic = library.read("json/__init__.pyc")[:4]
    assert {files[name][:4] for name in modules} == {magic}
    assert f"{HOME}autoencoder/main.py".encode() in files["autoencoder/main.pyc"]


def test_it_compiles_to_the_same_bytes_again(compiled):
    assert compile_packages(ROOT / "assets" / PYODIDE, pack_packages(ROOT)) == compiled
