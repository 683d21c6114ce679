"""A session on real digits, and a clock."""

from __future__ import annotations

import json

import pytest
from serve import ROOT
from sessions import new_session

from autoencoder.digits import Digits
from convnet.mnist import decode_shard


@pytest.fixture(scope="session")
def shards():
    """The first two shards of MNIST, as `python3 serve.py --prepare` makes them."""
    folder = ROOT / "assets/mnist"
    entries = json.loads((folder / "manifest.json").read_text())["train"][:2]
    return [decode_shard((folder / entry["file"]).read_bytes(), entry) for entry in entries]


@pytest.fixture
def digits(shards):
    digits = Digits(4000)
    digits.add(*shards[0])
    return digits


@pytest.fixture
def session(digits):
    return new_session(digits, seed=1)


class Clock:
    """Seconds, which pass only when a test says so."""

    now = 100.0

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return Clock()
