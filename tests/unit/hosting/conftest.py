"""What tests of serve.py's parts share."""

import pytest
from stand_in import StandIn, idx_files

from servers import running


@pytest.fixture
def cdn(monkeypatch, tmp_path):
    """A stand-in for the CDN, on a machine that has no npm."""
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    with running(StandIn()) as server:
        yield server


@pytest.fixture
def mnist(cdn):
    """A small MNIST at the CDN: 4,321 training images and 123 test images of 3 by 2 pixels."""
    return cdn.release(idx_files(4321, 123), into="mnist", suffix=".gz")
