"""Shards of digits: read when they are what the manifest says, refused otherwise."""

import hashlib
import io
import json

import numpy as np
import pytest

from convnet import ConvNetError
from convnet.mnist import decode_shard, read_digits


def shard(count, first=0, **changes):
    """Bytes of a shard and its manifest entry; image i is all i, its class i % 10."""
    numbers = np.arange(first, first + count, dtype=np.uint8)
    images = np.ones((count, 28, 28), np.uint8) * numbers[:, None, None]
    arrays = {"images": images, "labels": numbers % 10} | changes
    file = io.BytesIO()
    np.savez_compressed(file, **{name: a for name, a in arrays.items() if a is not None})
    return file.getvalue(), entry_of(file.getvalue(), count)


def entry_of(data, count):
    return {"file": "x.npz", "count": count, "sha256": hashlib.sha256(data).hexdigest()}


def test_a_shard_is_decoded():
    images, labels = decode_shard(*shard(12))
    assert images.shape == (12, 28, 28)
    assert images[11, 0, 0] == 11
    assert labels.tolist() == [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 0, 1]


def test_a_damaged_shard_is_refused():
    data, entry = shard(3)
    with pytest.raises(ConvNetError, match=r"x\.npz is damaged"):
        decode_shard(data[:-1] + b"?", entry)


@pytest.mark.parametrize(
    "changes",
    [
        {"labels": None},
        {"images": np.zeros((3, 27, 28), np.uint8)},
        {"images": np.zeros((3, 28, 28), np.float32)},
        {"labels": np.zeros(4, np.uint8)},
        {"labels": np.array([None] * 3)},
    ],
)
def test_a_shard_with_other_contents_is_refused(changes):
    with pytest.raises(ConvNetError, match=r"x\.npz does not hold"):
        decode_shard(*shard(3, **changes))


@pytest.mark.parametrize("data", [b"", b"PK\x03\x04", b"\x93NUMPY", b"\x80\x04N."])
def test_a_file_that_is_no_shard_is_refused(data):
    with pytest.raises(ConvNetError, match=r"x\.npz does not hold images and labels"):
        decode_shard(data, entry_of(data, 3))


def write_folder(folder, manifest):
    (folder / "manifest.json").write_text(json.dumps(manifest))
    return folder


def test_a_folder_of_shards_is_read_in_order(tmp_path):
    entries = []
    for i, count in enumerate([3, 2]):
        data, entry = shard(count, first=3 * i)
        (tmp_path / f"{i}.npz").write_bytes(data)
        entries.append(entry | {"file": f"{i}.npz"})
    write_folder(tmp_path, {"train": entries, "test": []})
    images, labels = read_digits(tmp_path, "train")
    assert images[:, 0, 0].tolist() == labels.tolist() == [0, 1, 2, 3, 4]


@pytest.mark.parametrize(
    ("manifest", "words"),
    [
        ({"train": []}, "holds no digits to train on"),
        ({}, "train is missing"),
        ([], "must be a set of named fields"),
        ({"train": [5]}, "must be a set of named fields"),
        ({"train": [{"file": "../x.npz"}]}, "bare name"),
        ({"train": [{"file": "x.npz", "count": "3"}]}, "count must be a whole number"),
    ],
)
def test_a_manifest_that_makes_no_sense_is_refused(tmp_path, manifest, words):
    (tmp_path / "x.npz").write_bytes(b"")
    with pytest.raises(ConvNetError, match=words):
        read_digits(write_folder(tmp_path, manifest), "train")


def test_a_folder_without_manifest_says_how_to_get_one(tmp_path):
    with pytest.raises(ConvNetError, match=r"no manifest\.json; .*serve\.py --prepare"):
        read_digits(tmp_path, "train")
