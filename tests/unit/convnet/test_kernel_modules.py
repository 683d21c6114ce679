"""The kernels' modules: which one computes, what a damaged one does, what each of them takes."""

from __future__ import annotations

import numpy as np
import pytest

from convnet import Net
from convnet.compute import Kernels, NumPy, best_backend
from convnet.compute.loading import FOLDER, MODULES, load_module

HAS_KERNELS = isinstance(best_backend(), Kernels)
LINE = [{"type": "input", "out_depth": 1}, {"type": "regression", "num_neurons": 1}]


def test_the_best_backend_is_looked_for_once_and_tells_why_it_is():
    assert best_backend() is best_backend(np.float32) is best_backend(np.dtype("float32"))
    assert best_backend().name in ("SIMD kernels", "NumPy")
    assert best_backend().reason
    assert type(best_backend(np.float64)) is NumPy


def test_a_network_computes_with_what_it_is_given():
    given = NumPy()
    assert Net(LINE, backend=given).operations is given
    assert Net(LINE).operations is best_backend()
    assert type(Net(LINE, dtype=np.float64).operations) is NumPy
    snapshot = Net(LINE).to_json()
    assert Net.from_json(snapshot, backend=given).operations is given


@pytest.mark.parametrize("name", MODULES)
@pytest.mark.parametrize("damage", ["missing", "empty", "cut", "another", "one bit"])
def test_a_damaged_module_is_refused_with_a_reason(tmp_path, name, damage):
    path = tmp_path / name
    if damage != "missing":
        module = (FOLDER / name).read_bytes()
        half = len(module) // 2
        damaged = {
            "empty": b"",
            "cut": module[:half],
            "another": b"<!doctype html>",
            "one bit": module[:half] + bytes([module[half] ^ 1]) + module[half + 1 :],
        }
        path.write_bytes(damaged[damage])
    reason = "missing" if damage == "missing" else "SHA-256"
    with pytest.raises(ImportError, match=rf"^{name} .*{reason}"):
        load_module(path)


def known_to_this_browser(path):
    import js
    from pyodide.ffi import to_js

    return js.WebAssembly.validate(to_js(path.read_bytes()))


@pytest.mark.parametrize("name", MODULES)
def test_each_module_multiplies(guarded, name):
    if not HAS_KERNELS:
        return  # there is nothing to load them with
    if not known_to_this_browser(FOLDER / name):
        assert name != list(MODULES)[-1], "every browser has to know the last one's instructions"
        return
    kernels = load_module(FOLDER / name)
    x, filters, biases, out = guarded(50, 784), guarded(33, 784), guarded(33), guarded(50, 33)
    assert kernels.affine(x, filters, biases, out)
    expected = x.astype(np.float64) @ filters.T.astype(np.float64) + biases
    assert np.linalg.norm(out - expected) <= 1e-5 * np.linalg.norm(expected)


NO_ARRAYS = [None, 5, 1.5, "array", [[1.0]], np.float32(1), object(), np.ndarray, {}]


@pytest.mark.parametrize("name", MODULES)
def test_each_module_declines_what_are_no_arrays(guarded, name):
    if not HAS_KERNELS or not known_to_this_browser(FOLDER / name):
        return
    kernels = load_module(FOLDER / name)
    x, filters, biases, out = guarded(5, 7), guarded(3, 7), guarded(3), guarded(5, 3)
    for other in NO_ARRAYS:
        for place in range(4):
            arrays = [x, filters, biases, out]
            arrays[place] = other
            assert kernels.affine(*arrays) is False
    for count in (0, 3, 5):
        assert kernels.affine(*[x] * count) is False
    with pytest.raises(TypeError):
        kernels.dropout(x, x.copy(), x.copy(), "half")
