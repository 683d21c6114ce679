"""The site that is measured: the page as it is published, and the benchmark's own pages in it.

    with staged() as site:
        site.address + "assets/bench/engine.html"

Everything is copied first, so that whoever edits the checkout meanwhile changes no measurement.
"""

from __future__ import annotations

import base64
import json
import shutil
import tempfile
import threading
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from serve import ROOT
from tests.bench.networks import DIGITS
from tests.peers import peer

from convnet.mnist import read_digits
from hosting.preparation import PYODIDE, place_sources, write_lock
from hosting.publishing import build
from hosting.releases import RUNTIME
from hosting.server import open_servers

BENCH = "assets/bench/"
PROGRAMS = ["engine.py", "training.py"]  # of this folder, those that run in Pyodide


@dataclass(frozen=True)
class Site:
    """The copy, and where it is served.

    Attributes:
        folder: the copy.
        address: the page's address.
    """

    folder: Path
    address: str

    @property
    def digits(self) -> Path:
        """The digits that everybody trains on."""
        return self.folder / BENCH / "digits.json"

    @property
    def engine(self) -> Path:
        """The folder to import the engine from."""
        return self.folder / BENCH / "engine"

    def page(self, name: str) -> str:
        """The address of one of the benchmark's pages."""
        return f"{self.address}{BENCH}{name}.html"


@contextmanager
def staged() -> Iterator[Site]:
    """Copies the site to a temporary folder, and serves it as serve.py does."""
    with tempfile.TemporaryDirectory(prefix="convnet-bench-") as name:
        folder = Path(name).resolve()
        build(ROOT, folder)
        bench = folder / BENCH
        here = Path(__file__).parent
        shutil.copytree(here / "pages", bench)
        for library in ("convnetjs", "tensorflow"):
            shutil.copytree(peer(library), bench / library)
        write_released_pyodide(bench / "pyodide")
        write_digits(folder / "assets/mnist", bench / "digits.json")
        copy_engine(bench / "engine")
        write_engine(bench / "engine", here, bench / "engine.zip")
        (server,) = open_servers(folder, "127.0.0.1", 0)
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield Site(folder, f"http://127.0.0.1:{server.server_address[1]}/")
        finally:
            server.shutdown()
            thread.join()
            server.server_close()


def write_released_pyodide(folder: Path) -> None:
    """Copies Pyodide and NumPy as they are released, while the page has them compiled ahead."""
    assets = ROOT / "assets"
    shutil.copytree(assets / PYODIDE, folder)
    place_sources(assets, RUNTIME, folder)
    write_lock(folder, RUNTIME)


def write_digits(mnist: Path, path: Path) -> None:
    """Writes the first training digits in a form that is quickly read everywhere."""
    images, _ = read_digits(mnist, "train")
    pixels = images[:DIGITS].reshape(DIGITS, -1)
    text = base64.b64encode(pixels.tobytes()).decode()
    path.write_text(json.dumps({"pixels": pixels.shape[1], "images": text}))


def copy_engine(folder: Path) -> None:
    """Copies the engine, to be imported from there."""
    ignored = shutil.ignore_patterns("__pycache__")
    shutil.copytree(ROOT / "py/convnet", folder / "convnet", ignore=ignored)


def write_engine(py: Path, here: Path, path: Path) -> None:
    """Packs the engine, and what drives it, for Pyodide."""
    with zipfile.ZipFile(path, "w") as archive:
        for file in sorted((py / "convnet").rglob("*")):
            archive.write(file, file.relative_to(py))
        for name in PROGRAMS:
            archive.write(here / name, f"tests/bench/{name}")
