"""Compiles Python ahead, since compiling it is half of the page's start.

The Pyodide that will run it does it, in Node.js, so the bytecode is its own. It is the same
wherever it is made: of Python's library and NumPy none is used that has not the pinned hash.
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
HOME = "/home/pyodide/"  # where PyScript unpacks the page's packages


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
    try:
        with working_folder(pyodide) as folder:
            run_compiler(pyodide, folder, "", list(archives))
            compiled = {path: folder / path.name for path in archives}
            if not all(is_complete(compiled[path], *pin) for path, pin in archives.items()):
                raise NotCompiledError("what came out is not what it should be")
            for path, replacement in compiled.items():
                copy(replacement, path)
    except OSError as error:
        raise NotCompiledError(f"{error.filename or pyodide}: {error.strerror}") from error


def compile_packages(pyodide: Path, packed: bytes) -> bytes:
    """The page's packages as an archive of bytecode, without docstrings.

    Args:
        pyodide: the folder that Pyodide is in.
        packed: the archive of their sources.

    Raises:
        NotCompiledError: it cannot be done here.
    """
    try:
        with working_folder(pyodide) as folder:
            sources, output = folder / "python.zip", folder / "compiled"
            sources.write_bytes(packed)
            output.mkdir()
            run_compiler(pyodide, output, HOME, [sources])
            return (output / sources.name).read_bytes()
    except OSError as error:
        raise NotCompiledError(f"{error.filename or pyodide}: {error.strerror}") from error


def run_compiler(pyodide: Path, output: Path, home: str, archives: list[Path]) -> None:
    """Write archives of bytecode into a folder, under the same names.

    Args:
        pyodide: the folder that Pyodide is in.
        output: where to write.
        home: see `compile_archive`.
        archives: archives of sources.

    Raises:
        NotCompiledError: it cannot be done here.
        OSError: Node.js does not start.
    """
    node = shutil.which("node")
    if node is None:
        raise NotCompiledError("there is no Node.js here; install it to have them compiled")
    lock = json.dumps({"info": LOCK_INFO, "packages": {}})
    command = [node, PROGRAM, lock, pyodide, output, home, *archives]
    try:
        subprocess.run(
            command, check=True, timeout=PATIENCE, stdin=subprocess.DEVNULL, capture_output=True
        )
    except subprocess.SubprocessError as error:
        raise NotCompiledError("the Node.js that is here cannot do it") from error
