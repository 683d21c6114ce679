"""A small project with files that are the site's and files that are not."""

FILES = {
    "index.html": "<p>page",
    "py/main.py": "print()",
    "py/app/__init__.py": "",
    "py/app/page.py": "print(1)",
    "py/app/data/kernels.wasm": "wasm",
    "py/app/data/kernels.c": "secret",
    "py/pyscript.toml": "a = 1",
    "py/__pycache__/main.cpython-311.pyc": "cache",
    "py/app.egg-info/SOURCES.txt": "metadata",
    "py/hosting/__init__.py": "secret",
    "py/hosting/site.py": "secret",
    "py/hosting/bytecode.mjs": "secret",
    "assets/style.css": "p {}",
    "assets/vendor/pyodide/pyodide.mjs": "export {}",
    "assets/vendor/pyodide/pyodide.asm.wasm": "wasm",
    "assets/vendor/pyodide/a.whl": "wheel",
    "assets/vendor/manifest.json": "{}",
    "assets/mnist/train-00.npz": "shard",
    "assets/mnist/.train-01.npz.77.part": "half",
    "assets/mnist/train-images-idx3-ubyte": "data",
    "assets/.hidden/notes.json": "{}",
    "serve.py": "secret",
    "pyproject.toml": "secret",
    ".git/config": "secret",
    ".venv/a.py": "secret",
    "tests/unit/test_a.py": "secret",
}

PUBLIC = [
    "assets/mnist/train-00.npz",
    "assets/style.css",
    "assets/vendor/manifest.json",
    "assets/vendor/pyodide/a.whl",
    "assets/vendor/pyodide/pyodide.asm.wasm",
    "assets/vendor/pyodide/pyodide.mjs",
    "index.html",
    "py/main.py",
    "py/pyscript.toml",
]
"""What a visitor may have as it is."""

PACKED = {
    "app/__init__.py": b"",
    "app/data/kernels.wasm": b"wasm",
    "app/page.py": b"print(1)",
}
"""What a visitor may have in the archive of packages."""

SITE = sorted([".nojekyll", "py/python.zip", *PUBLIC])
"""What is built."""


def written(folder):
    return sorted(p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file())
