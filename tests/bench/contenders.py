"""Who trains: each gets the same job, and has its own way to it.

with opened_contenders(browser, site) as contenders:
    contenders["ConvNetJS"].measure(job)
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any, Protocol

from playwright.sync_api import Browser, Page
from serve import ROOT
from tests.bench.chromium import opened
from tests.bench.staging import Site

KERNELS = "our engine in Chromium, SIMD kernels"
NUMPY = "our engine in Chromium, NumPy alone"
CONVNETJS = "ConvNetJS 0.3.0 in Chromium"
TENSORFLOW = "TensorFlow.js 4.22.0 in Chromium, WASM SIMD backend"
CPYTHON = "our engine on CPython, OpenBLAS on one thread"
PYTORCH = "PyTorch on one thread"

ONE_THREAD = dict.fromkeys(
    ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS", "VECLIB_MAXIMUM_THREADS"), "1"
)


class Contender(Protocol):
    """Somebody who can train."""

    def measure(self, job: dict[str, Any]) -> dict[str, Any]:
        """One round of training.

        Args:
            job: `layers`, `trainer`, `warm_up` and `seconds`, as `training.timed` takes them.

        Returns:
            What `training.timed` returns, or why this cannot be done: `unsupported`.
        """


class InBrowser:
    """A page with a function `measure`."""

    def __init__(self, page: Page, **settings: Any) -> None:
        self._page = page
        self._settings = settings

    def measure(self, job: dict[str, Any]) -> dict[str, Any]:
        """See `Contender`."""
        return self._page.evaluate("job => measure(job)", job | self._settings)


class OnCPython:
    """A module of this package that is a program, in a process of its own for each round."""

    def __init__(self, module: str, site: Site, **settings: Any) -> None:
        self._command = [sys.executable, "-m", f"tests.bench.{module}", str(site.digits)]
        path = os.pathsep.join([str(site.engine), str(ROOT)])
        self._environment = os.environ | ONE_THREAD | {"PYTHONPATH": path}
        self._settings = settings

    def measure(self, job: dict[str, Any]) -> dict[str, Any]:
        """See `Contender`."""
        job = json.dumps(job | self._settings)
        process = subprocess.run(
            self._command, input=job, stdout=subprocess.PIPE, text=True, env=self._environment
        )
        if process.returncode:
            raise RuntimeError(f"{' '.join(self._command[1:3])} failed; see above")
        return json.loads(process.stdout)


@contextmanager
def opened_contenders(browser: Browser, site: Site) -> Iterator[dict[str, Contender]]:
    """All contenders by name, each browser page just opened."""
    with ExitStack() as stack:

        def page(name: str) -> Page:
            context = stack.enter_context(browser.new_context())
            return stack.enter_context(opened(context, site.page(name), "'measure' in window"))

        yield {
            KERNELS: InBrowser(page("engine"), backend="simd"),
            NUMPY: InBrowser(page("engine"), backend="numpy"),
            CONVNETJS: InBrowser(page("convnetjs")),
            TENSORFLOW: InBrowser(page("tensorflow")),
            CPYTHON: OnCPython("engine", site, backend="numpy"),
            PYTORCH: OnCPython("pytorch", site),
        }
