"""The page's files fit together: what it loads is there, and what others rely on is in it."""

from __future__ import annotations

import ast
import base64
import hashlib
import io
import re
import tomllib
import zipfile
from html.parser import HTMLParser

import pytest
from serve import ROOT

from hosting.site import ARCHIVE, pack_packages, site_files

PYTHON = ROOT / "py"
MAIN = PYTHON / "main.py"

IDS = [
    *("current-image", "current-reconstruction", "pause"),
    *("forward-time", "backward-time", "regression-loss", "l1-loss", "l2-loss"),
    *("examples-seen", "examples-per-second", "learning-rate", "change-learning-rate"),
    *("save-json", "load-json", "snapshot-json", "loss-graph", "clear-graph"),
    *("definition", "reload", "layers", "cycle", "cycle-status", "embedding"),
    *("network", "message"),
]


class Page(HTMLParser):
    """The elements of index.html: their tags and attributes, in order."""

    def __init__(self):
        super().__init__()
        self.elements = []
        self.feed((ROOT / "index.html").read_text(encoding="utf-8"))

    def handle_starttag(self, tag, attributes):
        self.elements.append((tag, dict(attributes)))

    def of(self, tag):
        return [attributes for each, attributes in self.elements if each == tag]


@pytest.fixture(scope="module")
def page():
    return Page()


@pytest.fixture(scope="module")
def config():
    return tomllib.loads((PYTHON / "pyscript.toml").read_text(encoding="utf-8"))


# What is in the page


@pytest.mark.parametrize("name", IDS)
def test_every_part_bears_its_id_once(page, name):
    assert [a.get("id") for _, a in page.elements].count(name) == 1


def test_no_id_is_there_twice(page):
    ids = [attributes["id"] for _, attributes in page.elements if "id" in attributes]
    assert len(ids) == len(set(ids))


def test_ids_that_attributes_speak_of_are_there(page):
    ids = {attributes.get("id") for _, attributes in page.elements}
    for _, attributes in page.elements:
        for name in ("for", "aria-labelledby", "aria-describedby", "aria-controls"):
            assert set(attributes.get(name, "").split()) <= ids


def test_the_page_begins_loading_with_nothing_to_tell(page):
    assert page.of("body")[0]["data-state"] == "loading"
    (message,) = [a for _, a in page.elements if a.get("id") == "message"]
    assert message["role"] == "alert"


def test_controls_wait_until_python_is_awake(page):
    dismiss = {"dismiss", "accept", "decline"}
    for tag in ("button", "input", "textarea"):
        for attributes in page.of(tag):
            assert "disabled" in attributes or attributes["id"] in dismiss


def test_every_address_is_relative_and_there(page):
    addresses = [
        attributes[name]
        for tag, attributes in page.elements
        for name in ("src", "href", "config")
        if name in attributes and tag != "a"
    ]
    assert "assets/boot.js" in addresses
    for address in addresses:
        assert not re.match(r"[a-z]+:|/", address), address
        assert address in site_files(ROOT), address


def test_there_is_no_code_or_style_in_the_markup(page):
    assert all("src" in attributes for attributes in page.of("script"))
    assert page.of("style") == []
    for _, attributes in page.elements:
        assert not {name for name in attributes if name.startswith("on") or name == "style"}


def policy(page):
    (text,) = [
        attributes["content"]
        for attributes in page.of("meta")
        if attributes.get("http-equiv") == "Content-Security-Policy"
    ]
    return {name: sources for name, *sources in map(str.split, text.split(";"))}


def test_the_policy_allows_the_pages_own_origin_only(page):
    directives = policy(page)
    assert directives["default-src"] == ["'self'"]
    # PyScript builds functions from strings; 'wasm-unsafe-eval' is part of what that allows.
    assert set(directives["script-src"]) <= {"'self'", "'unsafe-eval'", "'wasm-unsafe-eval'"}
    assert set().union(*directives.values()) <= {
        "'self'", "'none'", "'unsafe-eval'", "'wasm-unsafe-eval'", "data:", "blob:",
    }  # fmt: skip
    assert "'unsafe-inline'" not in directives.get("style-src", [])


def test_hashes_in_the_markup_are_those_of_the_files(page):
    for _, attributes in page.elements:
        if "integrity" in attributes:
            data = (ROOT / (attributes.get("src") or attributes["href"])).read_bytes()
            digest = base64.b64encode(hashlib.sha384(data).digest()).decode()
            assert attributes["integrity"] == f"sha384-{digest}"


# What PyScript loads


def imported(path):
    """The files below py/ that a module imports, wherever in it that stands."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        names = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            names = [node.module, *(f"{node.module}.{alias.name}" for alias in node.names)]
        elif isinstance(node, ast.Call) and ast.unparse(node.func) == "importlib.import_module":
            names = [node.args[0].value]
        for name in names:
            parts = name.split(".")
            for length in range(1, len(parts) + 1):
                base = PYTHON.joinpath(*parts[:length])
                found |= {base.with_suffix(".py"), base / "__init__.py"}
    return {file for file in found if file.is_file()}


def needed():
    """Every module that main.py needs, by way of others too."""
    files, waiting = set(), {MAIN}
    while waiting:
        path = waiting.pop()
        files.add(path)
        waiting |= imported(path) - files
    return files - {MAIN}


@pytest.fixture(scope="module")
def packed():
    """The names in the archive that PyScript unpacks."""
    with zipfile.ZipFile(io.BytesIO(pack_packages(ROOT))) as archive:
        return set(archive.namelist())


def test_pyscript_unpacks_the_archive_where_its_modules_are_imported_from(config):
    ((source, place),) = config["files"].items()
    assert (PYTHON / source).relative_to(ROOT).as_posix() == ARCHIVE
    assert place == "./*"


def test_the_modules_that_main_needs_are_in_the_archive(packed):
    modules = {path.relative_to(PYTHON).as_posix() for path in needed()}
    assert modules <= packed
    assert len(modules) > 50


def test_whatever_else_those_modules_read_is_in_the_archive(packed):
    """The kernels: loaded by name, so that no import tells of them."""
    built = {path.relative_to(PYTHON).as_posix() for path in PYTHON.rglob("*.wasm")}
    assert {name for name in packed if not name.endswith(".py")} == built
    assert built


def test_all_else_that_pyscript_loads_is_served_and_published(config):
    served = site_files(ROOT)
    assert config["interpreter"].removeprefix("./") in served
    assert "py/main.py" in served


def test_the_page_runs_main_with_that_configuration(page):
    (script,) = [attributes for attributes in page.of("script") if attributes.get("type") == "py"]
    assert ROOT / script["src"] == MAIN
    assert ROOT / script["config"] == PYTHON / "pyscript.toml"


@pytest.mark.parametrize("path", sorted(PYTHON.joinpath("convnet").rglob("*.py")), ids=str)
def test_the_engine_knows_no_browser(path):
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        names = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            names = [node.module]
        roots = {name.partition(".")[0] for name in names}
        assert not roots & {"autoencoder", "js", "pyodide", "pyscript"}, path


@pytest.mark.parametrize("name", ["checkpoint", "digits", "history", "loop", "session"])
def test_what_needs_no_screen_knows_none(name):
    source = (PYTHON / f"autoencoder/{name}.py").read_text(encoding="utf-8")
    assert not re.search(
        r"^\s*(from|import) (js|pyodide|pyscript|autoencoder\.(page|views))", source, re.M
    )
