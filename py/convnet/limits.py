"""How large a network may be, and how much memory it may take.

Everything here is checked on numbers alone, before any memory is taken.
"""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from pathlib import Path

MAX_LAYERS = 1_000
"""Layers in one network, counted after expansion."""

MAX_SIZE = 100_000
"""Width, height or depth of a volume, and so the number of neurons of a layer."""

MAX_COUNT = 2**53
"""Examples or updates that are counted; a run that gets so far goes on, and its counts stay."""

MAX_COMPARED = 1_000
"""Values that pool or maxout choose from, and neighbours that lrn adds up, one by one."""

ADDRESSES_OF_32_BITS = 2**32

WITH_32_BITS = 1_500_000_000
"""Bytes of the 4 GB that WebAssembly can address: a new network is made beside the one that it
replaces, and the rest is for Python, the digits and a snapshot's text. An array within this limit
has no more bytes than 31 bits can count, which NumPy asks for there."""

SHARE_OF_A_MACHINE = 0.75

UNKNOWN_MACHINE = 4 * 10**9
"""Bytes that a machine is taken to have where it does not say."""

CGROUP_LIMIT = Path("/sys/fs/cgroup/memory.max")
"""Where Linux says what a container may take; a word where that is no number."""


def memory_limit() -> int:
    """Bytes that a network with everything that training needs may take here."""
    if sys.maxsize < ADDRESSES_OF_32_BITS:
        return WITH_32_BITS
    return int(SHARE_OF_A_MACHINE * _memory_of_the_machine())


def _memory_of_the_machine() -> int:
    memory = UNKNOWN_MACHINE
    with suppress(AttributeError, ValueError, OSError):
        memory = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    with suppress(ValueError, OSError):
        memory = min(memory, int(CGROUP_LIMIT.read_text(encoding="ascii")))
    return memory
