"""Compiles Python's library and NumPy ahead, since compiling them is half of the page's start.

The Pyodide that will run them does it, in Node.js, so the bytecode is its own. It is the same
wherever it is made, and none is used that has not the pinned hash.
"""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

from hosting.files import copy, is_complete, working_folder
from hosting.releases import LOCK_INFO

PATIENCE = 300  # seconds
PROGRAM = Path(__file__).with_name("bytecode.mjs")


class NotCompiledError(Exception):
    """Why archives stay as they came, in half a sentence."""


def compile_archives(pyodide: Path, archives: dict[Path, tuple[int, str]]) -> None:
    """Replace archives of sources by archives of bytecode, all of them or none.

    Args:
        pyodide: the folder that Pyodide is in.
        archives: their paths, with the size and SHA-256 that each will have.

    Raises:
        NotCompiledError: it cannot be done here.
    """
    node = shutil.which("node")
    if node is None:
        raise NotCompiledError("there is no Node.js here; install it to have them compiled")
    lock = json.dumps({"info": LOCK_INFO, "packages": {}})
    try:
        with working_folder(pyodide) as folder:
            command = [node, PROGRAM, lock, pyodide, folder, *archives]
            subprocess.run(
                command, check=True, timeout=PATIENCE, stdin=subprocess.DEVNULL, capture_output=True
            )
            compiled = {path: folder / path.name for path in archives}
            if not all(is_complete(compiled[path], *pin) for path, pin in archives.items()):
                raise NotCompiledError("what came out is not what it should be")
            for path, replacement in compiled.items():
                copy(replacement, path)
    except subprocess.SubprocessError as error:
        raise NotCompiledError("the Node.js that is here cannot do it") from error
    except OSError as error:
        raise NotCompiledError(f"{error.filename or node}: {error.strerror}") from error
