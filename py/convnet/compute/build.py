"""Compiles the kernels to kernels.wasm, and to kernels_fma.wasm for browsers that can do more.

    pip install .[kernels]
    python py/convnet/compute/build.py [FOLDER]  # prints the hashes that loading.py knows

The compiler is pinned so that everyone gets the same bytes; a test compares them. The second
module multiplies and adds in one instruction, of WebAssembly's relaxed SIMD, which in 2026 not
every browser knows.
"""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
MODULES = {"kernels.wasm": [], "kernels_fma.wasm": ["-mrelaxed-simd"]}
COMPILE = """
    cc -target wasm32-emscripten -fPIC -ffreestanding -nostdlib -fvisibility=hidden
    -std=c17 -Wall -Wextra -Werror -Os -msimd128
    -mllvm -disable-lsr -c kernels/module.c -o
"""  # without loop strength reduction, which undoes addresses with constant offsets
LINK = """
    wasm-ld -shared --experimental-pic --no-entry --strip-all
    --unresolved-symbols=import-dynamic -o
"""  # what is not resolved is Python's


def build(folder: Path = HERE) -> None:
    """Writes both modules into a folder.

    Raises:
        subprocess.CalledProcessError: the compiler is missing, or found a fault.
    """
    with tempfile.TemporaryDirectory() as temporary:
        caches = {"ZIG_LOCAL_CACHE_DIR": temporary, "ZIG_GLOBAL_CACHE_DIR": temporary}
        for name, instructions in MODULES.items():
            compiled, linked = Path(temporary, "kernels.o"), Path(temporary, name)
            for command in (
                [*COMPILE.split(), str(compiled), *instructions],
                [*LINK.split(), str(linked), str(compiled)],
            ):
                zig = [sys.executable, "-m", "ziglang", *command]
                subprocess.run(zig, cwd=HERE, env=os.environ | caches, check=True)
            (folder / name).write_bytes(linked.read_bytes())


if __name__ == "__main__":
    place = Path(sys.argv[1]) if len(sys.argv) > 1 else HERE
    build(place)
    for module in MODULES:
        print(f"{hashlib.sha256((place / module).read_bytes()).hexdigest()}  {module}")
