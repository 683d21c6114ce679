"""Run every check: `python3 tests [arguments for pytest]`.

Needs Python 3.11 or newer. Makes `.venv`, installs the test extra into it, prepares the page's
assets, finds or installs the tools that pip cannot bring, then runs ruff and pytest.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


def run(*command: str | Path, **environment: str) -> None:
    """Run a command in the checkout; when it fails, stop with its status."""
    status = subprocess.run(command, cwd=ROOT, env=os.environ | environment).returncode
    if status:
        sys.exit(status)


def succeeds(*command: str | Path) -> bool:
    """Tell whether a command that may well fail did its work; what it prints goes to stderr."""
    try:
        return subprocess.run(command, cwd=ROOT, stdout=sys.stderr).returncode == 0
    except OSError:
        return False


def make_venv() -> None:
    """Make .venv with the test extra, unless the one that is there fits this pyproject.toml."""
    wanted = sys.version + hashlib.sha256((ROOT / "pyproject.toml").read_bytes()).hexdigest()
    stamp = VENV / "made-for"
    if PYTHON.exists() and stamp.exists() and stamp.read_text() == wanted:
        return
    try:
        venv.create(VENV, clear=True, with_pip=True, symlinks=os.name != "nt")
    except subprocess.CalledProcessError:
        sys.exit("This Python cannot make a .venv with pip: on Debian, install python3-venv.")
    run(PYTHON, "-m", "pip", "install", "--quiet", "--editable", ".[test]")
    stamp.write_text(wanted)


def install_debian_package(name: str) -> bool:
    """Install a package if this is root on a Debian; tell whether that worked."""
    if not shutil.which("apt-get") or os.geteuid() != 0:
        return False
    os.environ["DEBIAN_FRONTEND"] = "noninteractive"
    install = ("apt-get", "install", "--quiet", "--yes", "--no-install-recommends", name)
    return succeeds("apt-get", "--quiet", "update") and succeeds(*install)


def find_chromium() -> str | None:
    """Find a Chromium that starts: the one that $CHROMIUM names, Playwright's, or the system's."""
    if "CHROMIUM" in os.environ:
        found = [os.environ["CHROMIUM"]]
    else:
        code = (
            "from playwright.sync_api import sync_playwright as start\n"
            "with start() as playwright: print(playwright.chromium.executable_path)"
        )
        asked = subprocess.run([PYTHON, "-c", code], capture_output=True, text=True, check=True)
        found = [asked.stdout.strip(), "chromium", "chromium-browser", "google-chrome"]
    paths = [path for path in map(shutil.which, found) if path]
    return next((path for path in paths if succeeds(path, "--version")), None)


def chromium() -> str:
    """Path of a Chromium, installed if there is none."""
    path = find_chromium()
    if path is None and "CHROMIUM" in os.environ:
        sys.exit(f"CHROMIUM names {os.environ['CHROMIUM']}, which does not start.")
    if path is None and succeeds(PYTHON, "-m", "playwright", "install", "chromium"):
        path = find_chromium()
    if path is None and install_debian_package("chromium"):
        path = find_chromium()
    if path is None:
        sys.exit("No Chromium was found or could be installed: install one, or set CHROMIUM.")
    return path


TOOLS = {"CHROMIUM": chromium}  # what pip cannot bring, by the variable in which tests find it


def main(arguments: list[str]) -> None:
    """Make everything ready, then run ruff and pytest."""
    make_venv()
    run(PYTHON, "serve.py", "--prepare")
    tools = {variable: find() for variable, find in TOOLS.items()}
    run(PYTHON, "-m", "ruff", "check")
    run(PYTHON, "-m", "ruff", "format", "--check")
    run(PYTHON, "-m", "pytest", *arguments, **tools)


if __name__ == "__main__":
    main(sys.argv[1:])
