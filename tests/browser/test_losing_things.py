"""What does not come, or comes damaged: the page says so, and does what it still can."""

from __future__ import annotations

import hashlib
import io
import json
import re
import zipfile

import pytest
from serve import ROOT
from watched import ABANDONED

from hosting.site import MIME_TYPES, pack_packages

SHARDS = [f"train-{number:02}.npz" for number in range(30)]
VENDOR = ROOT / "assets/vendor"


def damaged(path) -> bytes:
    """A file's bytes, one of them changed."""
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    return bytes(data)


def test_damaged_shards_are_left_out_and_lost_ones_asked_for_again(new_visit):
    visit = new_visit(allowed=SHARDS[4])
    body = damaged(ROOT / "assets/mnist" / SHARDS[3])
    visit.context.route(f"**/{SHARDS[3]}", lambda route: route.fulfill(body=body))
    gate = visit.hold(f"**/{SHARDS[4]}")
    visit.open()
    without = visit.expect_message(f"^{SHARDS[3]}.*without")
    visit.train(500)

    gate.fail()
    message = visit.expect_message(f"{SHARDS[4]}.*asked for again")
    assert "6,000" in message  # so many digits are here: three shards of 2,000
    assert message.endswith(without)
    visit.train(500)
    assert visit.state == "training"
    assert SHARDS[5] not in visit.answered

    gate.open()
    visit.wait_for_answer(SHARDS[-1])
    assert [name for name in visit.answered if name in SHARDS] == SHARDS
    visit.train(500)
    assert visit.state == "training"
    assert visit.message == without  # what is over is no longer told


def test_that_digits_are_asked_for_again_is_told_until_they_have_come(new_visit):
    visit = new_visit(allowed=SHARDS[2])
    gate = visit.hold(f"**/{SHARDS[2]}")
    visit.open()
    gate.fail()
    visit.expect_message(f"{SHARDS[2]}.*asked for again")
    gate.open()
    visit.wait_for_answer(SHARDS[-1])
    assert visit.message == ""


def test_what_was_told_since_stays_when_digits_have_come(new_visit):
    visit = new_visit(allowed=SHARDS[2])
    gate = visit.hold(f"**/{SHARDS[2]}")
    visit.open()
    gate.fail()
    visit.expect_message(f"{SHARDS[2]}.*asked for again")
    visit.write("definition", "layers")
    visit.press("reload")
    message = visit.expect_message("line 1")
    gate.open()
    visit.wait_for_answer(SHARDS[-1])
    assert visit.message == message


def test_every_shard_that_cannot_be_used_is_told_and_the_others_come(new_visit):
    """One is damaged and four are no shards, though the manifest says that they are."""
    visit = new_visit()
    folder = ROOT / "assets/mnist"
    manifest = json.loads((folder / "manifest.json").read_bytes())
    bodies = {SHARDS[1]: damaged(folder / SHARDS[1])}
    for entry in manifest["train"][2:10:2]:
        bomb = io.BytesIO()
        with zipfile.ZipFile(bomb, "w", zipfile.ZIP_LZMA) as archive:
            archive.writestr("images.npy", bytes(10_000_000))
        bodies[entry["file"]] = bomb.getvalue()
        entry["sha256"] = hashlib.sha256(bomb.getvalue()).hexdigest()
    visit.context.route(
        "**/mnist/manifest.json", lambda route: route.fulfill(body=json.dumps(manifest))
    )
    for name in bodies:
        visit.context.route(
            f"**/{name}",
            lambda route: route.fulfill(body=bodies[route.request.url.rpartition("/")[2]]),
        )
    gate = visit.hold(f"**/{SHARDS[3]}")
    visit.open()
    message = visit.expect_message(SHARDS[2])
    assert SHARDS[1] in message
    gate.open()
    visit.wait_for_answer(SHARDS[-1])
    visit.expect_message(f"{SHARDS[8]}.*5 files of digits cannot be used.*without")
    visit.train(500)
    assert [name for name in visit.answered if name in SHARDS] == SHARDS


# Without these there is nothing to train, or nothing to train with.

ESSENTIAL = [
    "assets/long-text.js",
    "assets/mnist/manifest.json",
    "assets/mnist/train-00.npz",
    "assets/vendor/manifest.json",
    "assets/vendor/pyodide/pyodide.asm.mjs",
    "assets/vendor/pyodide/pyodide.asm.wasm",
    "assets/vendor/pyodide/python_stdlib.zip",
    "assets/vendor/pyscript/core.js",
    "assets/vendor/uplot/uPlot.iife.min.js",
    "py/main.py",
    "py/pyscript.toml",
    "py/python.zip",
]


def expect_failure(visit, named: str) -> None:
    """Waits until the page says that it could not start, and because of what."""
    visit.page.goto(visit.url, wait_until="commit")
    visit.wait_for_state("failed")
    visit.expect_message(named)
    assert visit.page.locator("#loading").is_hidden()
    assert visit.page.locator("main button:enabled").count() == 0


@pytest.mark.parametrize("path", ESSENTIAL)
def test_where_a_file_is_missing_the_page_says_which(new_visit, path):
    visit = new_visit(allowed="")
    visit.context.route(f"**/{path}", lambda route: route.fulfill(status=404))
    name = path.rpartition("/")[2]
    named = "serve.py" if path == "assets/vendor/manifest.json" else name.replace(".", r"\.")
    expect_failure(visit, named)


SOUND = {"size": 1, "sha256": 64 * "0"}
MANIFEST = json.loads((VENDOR / "manifest.json").read_bytes())


@pytest.mark.parametrize(
    "manifest",
    [
        "{",
        "null",
        "[]",
        "{}",
        '{"files": null}',
        '{"files": {}}',
        '{"files": {"pyscript/core.js": null}}',
        json.dumps({"files": {"pyscript/core.js": SOUND}}),
        json.dumps({"files": MANIFEST["files"] | {"../../../x.js": SOUND}}),
        json.dumps({"files": MANIFEST["files"] | {"x.js": SOUND | {"size": -1}}}),
        json.dumps({"files": MANIFEST["files"] | {"x.js": SOUND | {"sha256": "x"}}}),
    ],
    ids=range(11),
)
def test_a_vendored_manifest_that_makes_no_sense_is_told(new_visit, manifest):
    visit = new_visit(allowed="")
    visit.context.route(
        "**/assets/vendor/manifest.json", lambda route: route.fulfill(body=manifest)
    )
    expect_failure(visit, r"could not start: /assets/vendor/manifest\.json is damaged; run.*serve")


def repacked(change) -> bytes:
    """The archive of packages with files changed, or left out where that gives None."""
    archive = io.BytesIO()
    packed = zipfile.ZipFile(io.BytesIO(pack_packages(ROOT)))
    with packed, zipfile.ZipFile(archive, "w") as target:
        for name in packed.namelist():
            content = change(name, packed.read(name))
            if content is not None:
                target.writestr(name, content)
    return archive.getvalue()


@pytest.mark.parametrize(
    ("name", "cut", "words"),
    [
        ("autoencoder/loop.py", b"self._drawn[", r"autoencoder/loop\.py, line \d+: SyntaxError"),
        ("autoencoder/session.py", b"class Session", r"autoencoder/\w+\.py, line \d+: ImportError"),
    ],
    ids=["syntax", "name"],
)
def test_a_module_that_was_cut_off_is_told(new_visit, name, cut, words):
    visit = new_visit(allowed="")
    body = repacked(lambda each, content: content.rpartition(cut)[0] if each == name else content)
    visit.context.route("**/python.zip", lambda route: route.fulfill(body=body))
    expect_failure(visit, words)


@pytest.mark.parametrize(
    ("name", "cut", "words"),
    [
        ("py/main.py", "await main()", r"main\.py ended too early"),
        ("py/pyscript.toml", "= ", r"pyscript\.toml is not the configuration"),
        ("py/python.zip", "", "could not start: .*zip"),
    ],
    ids=["main", "configuration", "packages"],
)
def test_python_that_was_cut_off_is_told(new_visit, name, cut, words):
    visit = new_visit(allowed="")
    if name.endswith(".zip"):
        body = pack_packages(ROOT)[:100_000]
    else:
        text, _, _ = (ROOT / name).read_text(encoding="utf-8").rpartition(cut)
        body = text + "= (" if cut.endswith(" ") else text
    visit.context.route(f"**/{name}", lambda route: route.fulfill(body=body))
    expect_failure(visit, words)


def test_a_checkout_that_another_server_serves_says_which_does(new_visit):
    visit = new_visit(allowed="")
    visit.context.route("**/py/python.zip", lambda route: route.fulfill(status=404))
    expect_failure(visit, r"python\.zip.*“python3 serve\.py”")


def test_a_python_that_gets_no_memory_is_told(new_visit):
    visit = new_visit(allowed="")
    visit.context.add_init_script(
        "WebAssembly.Memory = function () { throw new RangeError('no memory is left') }"
    )
    expect_failure(visit, "no memory is left")


@pytest.mark.parametrize(
    ("name", "body"),
    [
        ("pico.classless.min.css", None),
        ("uPlot.min.css", b"changed"),
        ("style.css", None),
        ("style.css", (ROOT / "assets/style.css").read_bytes()[:3000]),
        ("style.css", b"<!doctype html>"),
    ],
    ids=["missing", "changed", "own", "cut", "other"],
)
def test_a_stylesheet_that_was_lost_is_told_and_the_page_trains(new_visit, name, body):
    visit = new_visit(allowed=re.escape(name) + "|integrity|Failed to load")
    visit.context.route(
        f"**/{name}",
        lambda route: route.fulfill(body=body, content_type="text/css") if body else route.abort(),
    )
    visit.open()
    visit.expect_message(rf"/{name} did not come as it should")
    visit.train(500)


@pytest.mark.parametrize(
    "path",
    [
        "pyodide/numpy-2.4.3-cp314-cp314-pyemscripten_2026_0_wasm32.whl",
        "pyodide/pyodide.asm.mjs",
        "pyodide/pyodide.asm.wasm",
        "uplot/uPlot.iife.min.js",
    ],
)
def test_a_vendored_file_that_was_changed_is_refused(new_visit, path):
    visit = new_visit(allowed="")
    body = damaged(VENDOR / path)
    kind = MIME_TYPES[(VENDOR / path).suffix]
    visit.context.route(
        f"**/assets/vendor/{path}", lambda route: route.fulfill(body=body, content_type=kind)
    )
    expect_failure(visit, rf"{path.rpartition('/')[2]}.*SHA-256")


def test_a_file_that_a_cache_kept_of_another_version_is_fetched_anew(new_visit):
    visit = new_visit()
    name = "python_stdlib.zip"
    body = damaged(VENDOR / "pyodide" / name)
    visit.context.route(f"**/{name}", lambda route: route.fulfill(body=body), times=1)
    visit.open()
    visit.train(500)
    assert visit.answered.count(name) == 2
    assert visit.message == ""


def test_outside_a_secure_context_the_browser_checks_files_itself(new_visit):
    visit = new_visit(allowed="")
    visit.context.add_init_script("Object.defineProperty(crypto, 'subtle', { value: undefined })")
    visit.open()
    visit.train(500)
    body = damaged(VENDOR / "pyodide/python_stdlib.zip")
    visit.context.route("**/python_stdlib.zip", lambda route: route.fulfill(body=body))
    expect_failure(visit, r"python_stdlib\.zip could not be loaded")


def test_a_first_shard_that_was_changed_is_refused(new_visit):
    visit = new_visit(allowed="")
    body = damaged(ROOT / "assets/mnist" / SHARDS[0])
    visit.context.route(f"**/{SHARDS[0]}", lambda route: route.fulfill(body=body))
    expect_failure(visit, rf"{SHARDS[0]}.*SHA-256")


@pytest.mark.parametrize(
    "manifest",
    [
        "<!doctype html>",
        "{}",
        "null",
        "[]",
        '{"train": []}',
        '{"train": [{"file": "train-00.npz"}]}',
        '{"train": [{"file": "train-00.npz", "count": -1, "sha256": ""}]}',
        '{"train": [{"file": "../../index.html", "count": 1, "sha256": ""}]}',
        '{"train": 1e999}',
        pytest.param("[" * 100_000, id="deep"),
    ],
)
def test_a_list_of_shards_that_makes_no_sense_is_told(new_visit, manifest):
    visit = new_visit(allowed="")
    visit.context.route("**/assets/mnist/manifest.json", lambda route: route.fulfill(body=manifest))
    expect_failure(visit, r"could not start: assets/mnist/manifest\.json\b.*\b(is|must|holds)\b")


def test_without_webassembly_the_page_says_so(new_visit):
    visit = new_visit(allowed="")
    visit.context.add_init_script("delete window.WebAssembly")
    expect_failure(visit, "WebAssembly")


def test_without_its_kernels_the_page_computes_in_numpy_and_says_why(new_visit):
    visit = new_visit(allowed="kernels")
    body = repacked(lambda name, content: None if name.endswith(".wasm") else content)
    visit.context.route("**/python.zip", lambda route: route.fulfill(body=body))
    visit.open()
    visit.train(500)
    assert visit.text("backend") == "NumPy"
    assert "kernels.wasm" in visit.text("backend-reason")
    assert visit.message == ""


def test_what_failed_starts_when_it_is_reloaded_and_all_is_there(new_visit):
    visit = new_visit(allowed=ABANDONED)
    visit.context.route("**/pyodide.asm.wasm", lambda route: route.abort())
    expect_failure(visit, "start")
    visit.context.unroute("**/pyodide.asm.wasm")
    visit.faults.clear()
    visit.page.reload(wait_until="commit")
    visit.wait_for_state("training")
    assert visit.message == ""
