"""What is fetched, made and listed below assets/, and that it is done once."""

import io
import json
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
from serve import ROOT
from stand_in import (
    LIBRARY,
    WHEELS,
    idx_files,
    idx_images,
    idx_labels,
    in_place,
    no_mnist,
    pinned,
)

from hosting.preparation import prepare
from hosting.releases import MNIST


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


def test_when_all_is_there_nothing_is_fetched_or_written(cdn, mnist, tmp_path):
    def times():
        return {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*")}

    runtime = (cdn.release(LIBRARY),)
    prepare(tmp_path, runtime, mnist)
    cdn.requests.clear()
    before = times()
    prepare(tmp_path, runtime, mnist)
    assert cdn.requests == []
    assert times() == before


def test_a_file_damaged_in_place_is_fetched_again(cdn, tmp_path):
    runtime, mnist = (cdn.release(LIBRARY),), no_mnist(tmp_path)
    prepare(tmp_path, runtime, mnist)
    cdn.requests.clear()
    damaged = tmp_path / "vendor/library/style.css"
    damaged.write_bytes(damaged.read_bytes().replace(b"teal", b"pink"))

    prepare(tmp_path, runtime, mnist)

    assert cdn.requests == ["style.css"]
    assert damaged.read_bytes() == LIBRARY["style.css"]


def test_what_a_killed_run_left_is_removed_at_once(tmp_path):
    file, folder = tmp_path / "vendor/.library.js.1.part", tmp_path / ".archive.part"
    (folder / "inside").mkdir(parents=True)
    file.parent.mkdir()
    file.touch()
    prepare(tmp_path, (), no_mnist(tmp_path))
    assert not file.exists()
    assert not folder.exists()


def test_a_link_in_the_place_of_a_file_is_replaced_by_the_file(cdn, tmp_path):
    runtime, mnist = (cdn.release(LIBRARY),), no_mnist(tmp_path / "assets")
    prepare(tmp_path / "assets", runtime, mnist)
    placed = tmp_path / "assets/vendor/library/style.css"
    elsewhere = placed.rename(tmp_path / "elsewhere.css")
    placed.symlink_to(elsewhere)
    prepare(tmp_path / "assets", runtime, mnist)
    assert not placed.is_symlink()
    assert placed.read_bytes() == elsewhere.read_bytes() == LIBRARY["style.css"]


def test_archives_that_nobody_compiles_here_are_placed_once(cdn, tmp_path):
    runtime = (cdn.release(WHEELS, "vendor/pyodide", compiled=dict.fromkeys(WHEELS, (1, ""))),)
    mnist = no_mnist(tmp_path)
    prepare(tmp_path, runtime, mnist)
    placed = [tmp_path / "vendor/pyodide" / name for name in WHEELS]
    before = [path.stat().st_mtime_ns for path in placed]
    prepare(tmp_path, runtime, mnist)
    assert [path.stat().st_mtime_ns for path in placed] == before


# Shards


def test_shards_hold_the_data_set_in_its_order(mnist, tmp_path):
    prepare(tmp_path, (), mnist)
    manifest = json.loads((tmp_path / "mnist/manifest.json").read_text())
    assert [shard["count"] for shard in manifest["train"]] == [2000, 2000, 321]
    files = idx_files(4321, 123)
    for part, idx in (("train", "train"), ("test", "t10k")):
        images, labels = read_shards(tmp_path / "mnist", part)
        assert idx_images(images) == files[f"{idx}-images-idx3-ubyte"]
        assert idx_labels(labels) == files[f"{idx}-labels-idx1-ubyte"]


def test_shards_are_the_same_bytes_each_time_and_nothing_else_stays(mnist, tmp_path, monkeypatch):
    prepare(tmp_path / "a", (), mnist)
    tomorrow = time.time() + 86400
    monkeypatch.setattr(time, "time", lambda: tomorrow)
    prepare(tmp_path / "b", (), mnist)
    names = in_place(tmp_path / "a/mnist")
    assert names == ["manifest.json", "test-00.npz", *(f"train-0{i}.npz" for i in range(3))]
    for name in names:
        assert (tmp_path / "a/mnist" / name).read_bytes() == (
            tmp_path / "b/mnist" / name
        ).read_bytes()


@pytest.mark.parametrize("damage", [Path.unlink, lambda path: path.write_bytes(b"{}")])
@pytest.mark.parametrize("name", ["train-01.npz", "manifest.json"])
def test_damaged_shards_are_made_again(mnist, tmp_path, name, damage):
    prepare(tmp_path, (), mnist)
    whole = (tmp_path / "mnist" / name).read_bytes()
    damage(tmp_path / "mnist" / name)
    prepare(tmp_path, (), mnist)
    assert (tmp_path / "mnist" / name).read_bytes() == whole


def first_shard(**changes):
    """A change of the manifest: other fields for its first shard."""
    return lambda manifest: manifest["train"][0].update(changes)


@pytest.mark.parametrize(
    "damage",
    [
        lambda manifest: manifest.update(train=[], test=[]),
        lambda manifest: manifest.update(test=manifest["test"] * 2),
        lambda manifest: manifest["train"].pop(),
        lambda manifest: manifest["train"].reverse(),
        lambda manifest: manifest.update(train={"0": manifest["train"][0]}),
        lambda manifest: manifest.update(other=[]),
        lambda manifest: manifest["train"][0].pop("count"),
        first_shard(count=1999),
        first_shard(count=2000.0),
        first_shard(count="2000"),
        first_shard(size=True),
        first_shard(sha256=None),
        first_shard(file="../mnist/train-00.npz"),
        first_shard(file=7),
    ],
)
def test_a_manifest_that_does_not_list_all_digits_as_they_are_is_made_again(
    mnist, tmp_path, damage
):
    prepare(tmp_path, (), mnist)
    path = tmp_path / "mnist/manifest.json"
    whole = path.read_bytes()
    manifest = json.loads(whole)
    damage(manifest)
    path.write_text(json.dumps(manifest, indent=1))
    prepare(tmp_path, (), mnist)
    assert path.read_bytes() == whole


@pytest.mark.parametrize("text", ["", "{", "null", "[]", "{}", "[" * 100_000, "\x00"])
def test_a_manifest_that_is_none_is_made_again(mnist, tmp_path, text):
    prepare(tmp_path, (), mnist)
    path = tmp_path / "mnist/manifest.json"
    whole = path.read_bytes()
    path.write_text(text)
    prepare(tmp_path, (), mnist)
    assert path.read_bytes() == whole


@pytest.mark.parametrize(("part", "idx"), [("train", "train"), ("test", "t10k")])
def test_the_prepared_shards_are_mnist(part, idx):
    images, labels = read_shards(ROOT / "assets/mnist", part)
    assert images.shape == ({"train": 60000, "test": 10000}[part], 28, 28)
    assert pinned(idx_images(images)) == MNIST.files[f"{idx}-images-idx3-ubyte"]
    assert pinned(idx_labels(labels)) == MNIST.files[f"{idx}-labels-idx1-ubyte"]


def test_a_prepared_checkout_starts_in_under_a_second_without_network_and_writes_nothing():
    code = """
import os, sys, time
NETWORK = ("socket.", "subprocess.", "os.exec", "os.posix_spawn")
DISK = ("os.mkdir", "os.remove", "os.rename", "os.rmdir", "os.link", "os.symlink", "os.truncate",
        "os.chmod", "os.utime", "shutil.", "tempfile.")
WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT
def forbid(event, args):
    if event.startswith(NETWORK + DISK) or (event == "open" and (args[2] or 0) & WRITING):
        sys.exit(f"{event} {args}")
sys.addaudithook(forbid)
from serve import main
sys.exit(main(["--prepare"]) or time.process_time() > 1)
"""
    command = [sys.executable, "-B", "-c", code]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
