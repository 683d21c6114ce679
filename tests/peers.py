"""Third-party libraries that only tests and benchmarks load, pinned and never committed.

    peer("convnetjs") / "convnet.js"          # a path below .cache/peers/, fetched when first asked

They are fetched as serve.py fetches what the page runs on: from the CDN, else with `npm pack`.
"""

from __future__ import annotations

from pathlib import Path

from serve import ROOT

from hosting.downloads import Downloads
from hosting.files import is_complete
from hosting.releases import Release, pins

CACHE = ROOT / ".cache/peers"

CONVNETJS = Release(
    client="npm",
    name="convnetjs@0.3.0",
    archive=(30297, "d6575958fa62ea25c9a59e884157aca448b8bd949fa7424f2f208732cddd7552"),
    folder="package/build/",
    cdn="https://cdn.jsdelivr.net/npm/convnetjs@0.3.0/build/",
    into="convnetjs",
    files=pins("""
        f4d8714f3a7fb98dea574f2c7eb99c5b0e3dbd0d246a89432fa4f52f7f4b5fc2  74146 convnet.js
    """),
)
TENSORFLOW = Release(  # the whole: its core alone registers no gradients
    client="npm",
    name="@tensorflow/tfjs@4.22.0",
    archive=(30566337, "56505c191e24116787477b3bb5bb1cc0cf1c2bdce8112b9c402a8a2d31cf2f00"),
    folder="package/dist/",
    cdn="https://cdn.jsdelivr.net/npm/@tensorflow/tfjs@4.22.0/dist/",
    into="tensorflow",
    files=pins("""
        300dfae273d20b4046f46a06d735688f03675a807561e9bcb5f664eb2f3d2831  1469843 tf.min.js
    """),
)
TENSORFLOW_WASM = Release(  # loaded second; call tf.wasm.setWasmPaths(folder) first
    client="npm",
    name="@tensorflow/tfjs-backend-wasm@4.22.0",
    archive=(2460748, "5cd6f5e18657c12fb94f4ec3dcef485c8c1a9ca39f3ef1d261c1cb13c1a231c3"),
    folder="package/dist/",
    cdn="https://cdn.jsdelivr.net/npm/@tensorflow/tfjs-backend-wasm@4.22.0/dist/",
    into="tensorflow",
    files=pins("""
        691bbec0ef8b5a7f17f212e9c5d85832030f90d030b46e99acb4dea1fb16f009  149861 tf-backend-wasm.min.js
        77ebb28a6d34f371dbbf2086b7f2de8994acd8ea5a3cf1fa24d2c26c840cac7b  424594 tfjs-backend-wasm-simd.wasm
    """),  # noqa: E501
)

PEERS = {"convnetjs": [CONVNETJS], "tensorflow": [TENSORFLOW, TENSORFLOW_WASM]}


def peer(name: str) -> Path:
    """Return the folder with a peer's files, each of them the pinned one.

    Args:
        name: "convnetjs" (convnet.js) or "tensorflow" (tf.min.js, tf-backend-wasm.min.js and
            tfjs-backend-wasm-simd.wasm; its WASM backend cannot train convolutions).

    Raises:
        Failure: a file could not be had; the message says what was tried.
    """
    downloads = Downloads(CACHE)
    for release in PEERS[name]:
        folder = CACHE / release.into
        missing = [f for f, pin in release.files.items() if not is_complete(folder / f, *pin)]
        if missing:
            downloads.fetch(release, missing)
    return folder
