"""Run every check: `python3 tests [unit] [arguments for pytest]`.

Needs Python 3.11 or newer. Makes `.venv`, installs the test extra into it, prepares the page's
assets, finds or installs the browsers, which pip cannot bring, then runs ruff and pytest. With
`unit` it runs the unit tests alone and looks for no browser.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import venv
from functools import partial
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
    """Install a package on a Debian, if this is root or may be; tell whether that worked."""
    if not shutil.which("apt-get"):
        return False
    root = () if os.geteuid() == 0 else ("sudo", "--non-interactive")
    apt = (*root, "env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "--quiet")
    install = (*apt, "install", "--yes", "--no-install-recommends", name)
    return succeeds(*apt, "update") and succeeds(*install)


def find_tool(variable: str, names: list[str], check: str) -> str | None:
    """Find the program that a variable names, or else one of some; a check is to start it with."""
    named = os.environ.get(variable)
    paths = [path for path in map(shutil.which, [named] if named else names) if path]
    found = next((path for path in paths if not check or succeeds(path, check)), None)
    if named and found is None:
        sys.exit(f"{variable} names {named}, which does not start.")
    return found


def tool(variable: str, names: list[str], package: str, check: str = "--version") -> str:
    """Path of a program, installed if there is none; "" lets the tests that need it fail."""
    found = find_tool(variable, names, check)
    if found is None and install_debian_package(package):
        found = find_tool(variable, names, check)
    return found or ""


def chromium() -> str:
    """Path of a Chromium, Playwright's or the system's, installed if there is none."""
    code = (
        "from playwright.sync_api import sync_playwright as start\n"
        "with start() as playwright: print(playwright.chromium.executable_path)"
    )
    asked = subprocess.run([PYTHON, "-c", code], capture_output=True, text=True, check=True)
    names = [asked.stdout.strip(), "chromium", "chromium-browser", "google-chrome"]
    if find_tool("CHROMIUM", names, "--version") is None:
        succeeds(PYTHON, "-m", "playwright", "install", "chromium")
    found = tool("CHROMIUM", names, "chromium")
    if not found:
        sys.exit("No Chromium was found or could be installed: install one, or set CHROMIUM.")
    return found


BROWSERS = {  # and what drives them, by the variables in which tests find them
    "CHROMIUM": chromium,
    "FIREFOX": partial(tool, "FIREFOX", ["firefox-esr", "firefox"], "firefox-esr"),
    "WEBKIT_DRIVER": partial(
        tool, "WEBKIT_DRIVER", ["WebKitWebDriver"], "webkit2gtk-driver", check=""
    ),
    "XVFB": partial(tool, "XVFB", ["Xvfb"], "xvfb", check=""),
}


def main(arguments: list[str]) -> None:
    """Make everything ready, then run ruff and pytest."""
    make_venv()
    run(PYTHON, "serve.py", "--prepare")
    browsers = {}
    if arguments[:1] == ["unit"]:
        arguments = ["tests/unit", *arguments[1:]]
    else:
        browsers = {variable: find() for variable, find in BROWSERS.items()}
    run(PYTHON, "-m", "ruff", "check")
    run(PYTHON, "-m", "ruff", "format", "--check")
    run(PYTHON, "-m", "pytest", *arguments, **browsers)


if __name__ == "__main__":
    main(sys.argv[1:])
