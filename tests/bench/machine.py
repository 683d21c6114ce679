"""What the numbers were measured on."""

from __future__ import annotations

import importlib.util
import os
import platform
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np


def describe(browser_version: str) -> dict[str, Any]:
    """The machine and its software, as words and numbers for a table's foot and for JSON."""
    blas = np.show_config(mode="dicts")["Build Dependencies"]["blas"]
    description = {
        "processor": processor(),
        "cores": os.cpu_count(),
        "system": system(),
        "browser": f"Chromium {browser_version}",
        "python": f"CPython {platform.python_version()}",
        "numpy": np.__version__,
        "blas": f"{blas['name']} {blas['version']}",
    }
    if importlib.util.find_spec("torch"):
        description["torch"] = version("torch")
    return description


def load() -> float | None:
    """How many programs want a core, averaged over a minute, where the system tells."""
    return round(os.getloadavg()[0], 2) if hasattr(os, "getloadavg") else None


def processor() -> str:
    """The processor's model."""
    cpuinfo = Path("/proc/cpuinfo")
    if cpuinfo.exists():
        for line in cpuinfo.read_text().splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()


def system() -> str:
    """The operating system's name."""
    try:
        return platform.freedesktop_os_release()["PRETTY_NAME"]
    except OSError:
        return platform.platform(terse=True)
