"""The committed kernels are what the pinned compiler makes of their source."""

from __future__ import annotations

import hashlib

import pytest

from convnet.compute import loading
from convnet.compute.build import MODULES, build
from convnet.compute.loading import FOLDER


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    folder = tmp_path_factory.mktemp("built")
    build(folder)
    return folder


@pytest.mark.parametrize("name", MODULES)
def test_a_committed_module_is_what_the_source_compiles_to(built, name):
    committed = (FOLDER / name).read_bytes()
    assert (built / name).read_bytes() == committed, "run python py/convnet/compute/build.py"


@pytest.mark.parametrize("name", MODULES)
def test_the_page_knows_the_hash_of_a_committed_module(name):
    assert hashlib.sha256((FOLDER / name).read_bytes()).hexdigest() == loading.MODULES[name]


@pytest.mark.parametrize("name", MODULES)
def test_a_module_tells_nothing_of_the_machine_that_built_it(name):
    module = (FOLDER / name).read_bytes()
    assert not any(place in module for place in (b"/home", b"/tmp", b"/root", b"kernels.c"))
