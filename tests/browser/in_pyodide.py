"""The page that runs the repository's tests inside Pyodide, in whatever browser opens it.

write_page(folder)
...open address_of(host, engine_tests(), "simd"), and wait for window.report...
check(report, engine_tests(), "SIMD kernels")
"""

from __future__ import annotations

import importlib.metadata
import json
import re
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

from serve import ROOT

HERE = Path(__file__).parent / "pyodide"

# What the tests need beside NumPy: taken as it is installed here, which works since it is pure
# Python. (Later Hypotheses are not.)
PACKAGES = (
    "pytest",
    "pluggy",
    "iniconfig",
    "packaging",
    "pygments",
    "hypothesis",
    "sortedcontainers",
)

# What a test file imports that is not about the engine, or needs more than a browser has.
FOREIGN = re.compile(
    r"^(?:import|from) "
    r"(?:autoencoder|convnet\.compute\.build|hosting|serve|sklearn|subprocess|tests)\b",
    re.MULTILINE,
)


def engine_tests() -> list[str]:
    """The test files of the engine, by their paths below the root."""
    return [
        path.relative_to(ROOT).as_posix()
        for path in sorted((ROOT / "tests/unit/convnet").glob("test_*.py"))
        if not FOREIGN.search(path.read_text(encoding="utf-8"))
    ]


def collect(files: list[str]) -> set[str]:
    """The ids of the tests in test files, as pytest finds them on CPython."""
    listed = subprocess.run(
        [sys.executable, "-m", "pytest", "--collect-only", "-q", *files],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    return {line for line in listed.stdout.splitlines() if "::" in line}


def address_of(base: str, files: list[str], compute: str) -> str:
    """Where test files are run, with what the engine is to compute with: "simd" or "numpy"."""
    return f"{base}?files={','.join(files)}&compute={compute}"


def write_page(folder: Path) -> None:
    """Writes the page that runs tests, and everything that it fetches."""
    shutil.copytree(HERE, folder, dirs_exist_ok=True)
    shutil.copytree(ROOT / "assets/vendor/pyodide", folder / "vendor")
    with zipfile.ZipFile(folder / "checkout.zip", "w") as archive:
        archive.write(ROOT / "pyproject.toml", "pyproject.toml")
        for source in ("py", "tests/unit/convnet", "tests/golden"):
            for file in sorted((ROOT / source).rglob("*")):
                if file.is_file() and "__pycache__" not in file.parts:
                    archive.write(file, file.relative_to(ROOT))
        for name in PACKAGES:
            for file in importlib.metadata.files(name):
                if ".." not in file.parts and "__pycache__" not in file.parts:
                    assert file.suffix not in (".so", ".pyd"), f"{name} has to be pure Python"
                    archive.write(file.locate(), f"packages/{file}")


def check(report: str, files: list[str], backend: str) -> None:
    """Fails unless every test that CPython finds ran, passed, and computed with what it should."""
    result = json.loads(report)
    assert "error" not in result, result["error"]
    failures = [f"{test}\n{how}" for test, how in result["outcomes"].items() if how != "passed"]
    assert not failures, f"{len(failures)} failed in Pyodide:\n" + "\n\n".join(failures[:10])
    assert set(result["outcomes"]) == collect(files), result["printed"]
    assert result["backend"] == backend, result["reason"]
