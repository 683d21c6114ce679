"""One process at a time in a folder; the others wait.

    with locked(folder):
        ...

The system itself lets go of the lock when its holder ends, however it ends.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

INTERVAL = 0.1  # seconds between two attempts

if os.name == "posix":
    import fcntl

    def open_lock(folder: Path) -> int:
        """What is locked: the folder itself, so that nothing is written, nor left."""
        return os.open(folder, os.O_RDONLY)

    def try_lock(descriptor: int) -> bool:
        """Take the lock, unless another has it. Some network's disks have none: then go on."""
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        except OSError:
            pass
        return True

else:
    import msvcrt

    def open_lock(folder: Path) -> int:
        """What is locked: a file, since Windows locks no folders."""
        return os.open(folder / ".lock", os.O_RDWR | os.O_CREAT)

    def try_lock(descriptor: int) -> bool:
        """Take the lock, unless another has it."""
        try:
            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Hold an existing folder; says that it waits, if it must."""
    descriptor = open_lock(folder)
    try:
        if not try_lock(descriptor):
            print(f"Waiting for another serve.py, which works in {folder}", file=sys.stderr)
            while not try_lock(descriptor):
                time.sleep(INTERVAL)
        yield
    finally:
        os.close(descriptor)
