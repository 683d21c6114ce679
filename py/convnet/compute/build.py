"""Compiles kernels.c to kernels.wasm.

    pip install ziglang==0.17.1
    python py/convnet/compute/build.py [OUTPUT]

The compiler is pinned so that everyone gets the same bytes; a test compares them.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
COMPILE = "cc -target wasm32-emscripten -fPIC -Os -msimd128 -ffreestanding -nostdlib"
WARN = "-fvisibility=hidden -std=c17 -Wall -Wextra -Werror"
LINK = "wasm-ld -shared --experimental-pic --no-entry --strip-all"


def build(output: Path = HERE / "kernels.wasm") -> None:
    """Compiles and links, leaving nothing but the output behind.

    Raises:
        subprocess.CalledProcessError: the compiler is missing, or found a fault.
    """
    with tempfile.TemporaryDirectory() as folder:
        caches = {"ZIG_LOCAL_CACHE_DIR": folder, "ZIG_GLOBAL_CACHE_DIR": folder}

        def zig(command: str, *more: str) -> None:
            subprocess.run(
                [sys.executable, "-m", "ziglang", *command.split(), *more],
                cwd=HERE,
                env=os.environ | caches,
                check=True,
            )

        compiled, linked = Path(folder, "kernels.o"), Path(folder, "kernels.wasm")
        zig(COMPILE, *WARN.split(), "-c", "kernels.c", "-o", str(compiled))
        zig(LINK, "-o", str(linked), str(compiled))
        output.write_bytes(linked.read_bytes())


if __name__ == "__main__":
    build(*map(Path, sys.argv[1:2]))
