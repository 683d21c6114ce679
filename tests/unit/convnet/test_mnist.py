"""Shards of digits: read when they are what the manifest says, refused otherwise."""

import hashlib
import io
import json
import random
import struct
import tracemalloc
import zipfile
import zlib

import numpy as np
import pytest

from convnet import ConvNetError
from convnet.mnist import decode_shard, read_digits, read_manifest


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
        {"labels": np.array([1, 2, 10], np.uint8)},
    ],
)
def test_a_shard_with_other_contents_is_refused(changes):
    with pytest.raises(ConvNetError, match=r"x\.npz does not hold"):
        decode_shard(*shard(3, **changes))


@pytest.mark.parametrize("data", [b"", b"PK\x03\x04", b"\x93NUMPY", b"\x80\x04N."])
def test_a_file_that_is_no_shard_is_refused(data):
    with pytest.raises(ConvNetError, match=r"x\.npz does not hold images and labels"):
        decode_shard(data, entry_of(data, 3))


# Archives made to mislead


def archive(compression=zipfile.ZIP_DEFLATED, **members):
    """Bytes of a zip file with members of some content, their names without ".npy"."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", compression) as written:
        for name, content in members.items():
            written.writestr(f"{name}.npy", content)
    return file.getvalue()


def npy(shape, values=b"", descr="|u1"):
    header = str({"descr": descr, "fortran_order": False, "shape": shape}).ljust(117) + "\n"
    return b"\x93NUMPY\x01\x00" + struct.pack("<H", len(header)) + header.encode() + values


IMAGES = npy((3, 28, 28), bytes(3 * 784))
LABELS = npy((3,), bytes(3))


def refuse(data, entry=None):
    with pytest.raises(ConvNetError, match=r"x\.npz (does not hold images and|is damaged)"):
        decode_shard(data, entry or entry_of(data, 3))


def test_archives_of_a_kind_are_read():
    decode_shard(data := archive(images=IMAGES, labels=LABELS), entry_of(data, 3))


@pytest.mark.parametrize(
    "images",
    [
        b"\x93NUMPY\x01\x00\x10\x00{'descr': '|u1',",
        b"\x93NUMPY\x01\x00\xff\x00" + b"(" * 255,
        b"\x93NUMPY\x01\x00\x20\x00" + b"\x00" * 32,
        npy((-3, -28, 28)),
        npy((2**70, 28, 28)),
        npy((3, 28, 28), bytes(10)),
        npy((3, 28, 28), bytes(3 * 784), descr="V"),
        npy((10**9, 784), bytes(9)),
    ],
)
def test_headers_that_make_no_sense_are_refused(images):
    refuse(archive(images=images, labels=LABELS))


@pytest.mark.parametrize("compression", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_archives_that_cannot_be_unpacked_in_parts_are_refused(compression):
    refuse(archive(compression, images=IMAGES, labels=LABELS))


def test_encrypted_archives_are_refused():
    data = bytearray(archive(images=IMAGES, labels=LABELS))
    data[6] |= 1
    data[data.index(b"PK\x01\x02") + 8] |= 1
    refuse(bytes(data))


def lying(data, size):
    """An archive whose first member says that it is of another size, and has the checksum."""
    data = bytearray(data)
    central = data.index(b"PK\x01\x02")
    checksum = zlib.crc32(bytes(size))
    for place in (14, central + 16):
        data[place : place + 4] = struct.pack("<L", checksum)
    for place in (22, central + 24):
        data[place : place + 4] = struct.pack("<L", size)
    return bytes(data)


@pytest.mark.parametrize("told", [None, 3 * 784 + 128], ids=["told", "denied"])
def test_no_more_is_unpacked_than_the_digits_take(told):
    data = archive(images=npy((3, 28, 28), bytes(50_000_000)), labels=LABELS)
    if told:
        data = lying(data, told)
    tracemalloc.start()
    try:
        refuse(data)
        assert tracemalloc.get_traced_memory()[1] < 5_000_000
    finally:
        tracemalloc.stop()


def test_whatever_a_shard_holds_the_reader_says_one_sentence():
    chance = random.Random(1)
    sound = [archive(kind, images=IMAGES, labels=LABELS) for kind in (0, zipfile.ZIP_DEFLATED)]
    heads = [i for i in range(len(sound[0])) if not 200 < i < 2300]
    for _ in range(3000):
        data = bytearray(chance.choice(sound))
        for _ in range(chance.randint(1, 4)):
            place = chance.choice(heads) % len(data)
            data[place] = chance.randrange(256)
        if chance.random() < 0.1:
            del data[chance.randrange(len(data)) :]
        try:
            images, labels = decode_shard(data, entry_of(data, 3))
        except ConvNetError:
            continue
        assert (images.shape, labels.shape) == ((3, 28, 28), (3,))


# Folders


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
        ({"train": [{"file": ".."}]}, "bare name"),
        ({"train": [{"file": ""}]}, "bare name"),
        ({"train": [{"file": "x.npz?y"}]}, "bare name"),
        ({"train": [{"file": 5}]}, "file must be a text"),
        ({"train": [{"file": "x.npz", "count": "3"}]}, "count must be a whole number"),
        ({"train": [{"file": "x.npz"}]}, "count is missing"),
        ({"train": [{"file": "x.npz", "count": -3}]}, "count must be a whole number"),
        ({"train": [{"file": "x.npz", "count": 3}]}, "sha256 is missing"),
        ({"train": [{"file": "x.npz", "count": 10**6, "sha256": ""}] * 2}, "more than 1,000,000"),
        (None, "must be a set of named fields"),
    ],
)
def test_a_manifest_that_makes_no_sense_is_refused(tmp_path, manifest, words):
    (tmp_path / "x.npz").write_bytes(b"")
    with pytest.raises(ConvNetError, match=words):
        read_digits(write_folder(tmp_path, manifest), "train")


def test_a_folder_without_manifest_says_how_to_get_one(tmp_path):
    with pytest.raises(ConvNetError, match=r"no manifest\.json; .*serve\.py --prepare"):
        read_digits(tmp_path, "train")


@pytest.mark.parametrize(
    "data", [b"", b"\xff\xfe", b"<!doctype html>", b"[" * 200_000, b"{'a': 1}"]
)
def test_a_manifest_that_is_no_json_is_refused(data):
    with pytest.raises(ConvNetError, match=r"the list (is not JSON|must be a set)"):
        read_manifest(data, "the list", "train")
