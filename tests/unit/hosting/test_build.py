"""What --build writes, and where it may."""

import json
import re
import subprocess
import sys

import pytest
from serve import ROOT
from small_project import SITE, written

from hosting.files import Failure, remove
from hosting.publishing import OWNED, build


def test_build_writes_what_a_visitor_needs_and_no_more(checkout, tmp_path):
    build(checkout, tmp_path / "new/site")
    assert written(tmp_path / "new/site") == SITE
    assert (tmp_path / "new/site/py/main.py").read_text() == "print()"


def test_build_renews_what_it_wrote_and_keeps_what_it_did_not(checkout, tmp_path):
    site = tmp_path / "site"
    build(checkout, site)
    (site / "CNAME").write_text("digits.example")
    (checkout / "py/main.py").unlink()
    (checkout / "index.html").write_text("<p>new")
    build(checkout, site)
    assert written(site) == sorted({"CNAME", *SITE} - {"py/main.py"})
    assert (site / "index.html").read_text() == "<p>new"


@pytest.mark.parametrize(
    "target",
    [
        *("..", ".", "py", "assets", "assets/site", ".git/site", "tests", "tests/site"),
        *("py/new", "py/new/site", "py/hosting", "py/hosting/new", "py/hosting/new/site"),
        *("build/site", "index.html", "serve.py", "link-to-tests", "link-to-py", "link-to-py/new"),
    ],
)
def test_build_refuses_a_folder_that_holds_something_else(checkout, target):
    (checkout / "link-to-tests").symlink_to("tests")
    (checkout / "link-to-py").symlink_to("py")
    before = written(checkout.parent)
    with pytest.raises(Failure, match="--build"):
        build(checkout, checkout / target)
    assert written(checkout.parent) == before


@pytest.mark.parametrize("content", [None, "nothing", "a site"])
@pytest.mark.parametrize("target", ["py", "assets", "PY", "link-to-py", "py/hosting"])
def test_build_refuses_the_folders_of_the_site_whatever_they_hold(checkout, target, content):
    remove(checkout / "py")
    remove(checkout / "assets")
    (checkout / "link-to-py").symlink_to("py")
    if content:
        real = (checkout / target).resolve()
        real.mkdir(parents=True)
        if content == "a site":
            (real / ".nojekyll").write_bytes(OWNED)
    before = written(checkout.parent)
    with pytest.raises(Failure, match="is a part of the project"):
        build(checkout, checkout / target)
    assert written(checkout.parent) == before


def test_build_takes_an_empty_folder_beside_the_page(checkout):
    (checkout / "site").mkdir()
    build(checkout, checkout / "site")
    build(checkout, checkout / "site")
    assert written(checkout / "site") == SITE


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
    assert written(site) == SITE
    assert not any(path.is_symlink() for path in site.rglob("*"))
    assert [path.read_text() for path in (kept, kept / "main.py") if path.is_file()] == ["kept"]


def test_build_publishes_no_file_from_elsewhere(links, checkout, tmp_path):
    build(checkout, tmp_path / "site")
    assert written(tmp_path / "site") == sorted(["assets/alias.js", *SITE])


def test_the_next_build_makes_good_what_a_killed_one_left(checkout, tmp_path):
    site = tmp_path / "site"
    build(checkout, site)
    (site / "py/old.py").touch()
    (site / ".serve.py.part").mkdir()
    (site / "py").rename(site / ".serve.py.part/py")
    (site / "index.html").unlink()
    build(checkout, site)
    assert written(site) == SITE


def test_the_project_builds_into_a_site_without_addresses_from_the_root(tmp_path):
    command = [sys.executable, "serve.py", "--build", str(tmp_path / "site")]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")
    vendored = json.loads((ROOT / "assets/vendor/manifest.json").read_bytes())["files"]
    built = written(tmp_path / "site")
    assert {
        "index.html",
        "py/pyscript.toml",
        "py/python.zip",
        *(f"assets/vendor/{v}" for v in vendored),
    } <= {*built}
    assert not [name for name in built if "hosting" in name or name.endswith((".c", ".h", ".pyc"))]
    page = (tmp_path / "site/index.html").read_text()
    assert not re.findall(r"""(?:src|href|config|action)\s*=\s*["']?/""", page)
    assert not re.findall(r"<(?:script|link|img)[^>]*https?:", page)
    for name in built:
        if name.endswith((".css", ".toml")):
            text = (tmp_path / "site" / name).read_text()
            assert not re.findall(r"""(?:url\(|=)\s*["']?/""", text), name
