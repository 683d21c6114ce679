"""Makes an archive of bytecode from one of sources; runs within Pyodide, see bytecode.mjs.

What it writes depends on nothing but the sources and the interpreter, so its hash can be known.
"""

from __future__ import annotations

import io
import zipfile
from importlib._bootstrap_external import _code_to_hash_pyc
from importlib.util import source_hash

LEFT_OUT = (".a", ".c", ".h", ".pxd", ".pyi", ".pyx")
"""What compilers read, and no interpreter."""


def compile_archive(archive: bytes, home: str = "") -> bytes:
    """The same zip archive with each module compiled, where imports look for it beside no source.

    Bytecode that carries its source's hash, unchecked, has no date in it.

    Args:
        archive: of sources.
        home: the folder that it will be unpacked into, which tracebacks name: it is the page's own
            then, and nobody reads its docstrings. Others' packages may.
    """
    optimize = 2 if home else 0
    compiled = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(archive)) as source, zipfile.ZipFile(compiled, "w") as target:
        for name in source.namelist():
            if name.endswith(("/", *LEFT_OUT)):
                continue
            content = source.read(name)
            if name.endswith(".py"):
                code = compile(content, home + name, "exec", dont_inherit=True, optimize=optimize)
                content = bytes(_code_to_hash_pyc(code, source_hash(content), checked=False))
                name += "c"
            target.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED, compresslevel=9)
    return compiled.getvalue()
