"""PNG files, as visitors have them."""

from __future__ import annotations

import struct
import zlib

import numpy as np


def picture(grey, alpha=None):
    """A PNG of one channel (height, width), or with another for its opacity."""
    height, width = grey.shape
    values = grey[..., None] if alpha is None else np.stack([grey, alpha], axis=-1)
    lines = np.pad(
        values.reshape(height, -1), ((0, 0), (1, 0))
    )  # each begins with its filter: none

    def chunk(name, data):
        check = zlib.crc32(name + data)
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", check)

    header = struct.pack(">IIBBBBB", width, height, 8, 0 if alpha is None else 4, 0, 0, 0)
    parts = [
        chunk(b"IHDR", header),
        chunk(b"IDAT", zlib.compress(lines.astype(np.uint8).tobytes())),
    ]
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts) + chunk(b"IEND", b"")
