"""How many examples a network takes at a stretch, so that frames come on time.

Layers tell what they do, and the rates are a browser's. Counted, not timed, so that a run is the
same wherever it is repeated: only where steps turn out much longer does the session take less.
"""

from __future__ import annotations

from collections.abc import Sequence

from convnet.compute import NumPy
from convnet.layers import Layer

STRETCH_S = 0.03
PASS_S = 1.5e-9
CALL_S = 1.5e-6
"""How long it takes to go through one value, and to call an operation, roughly."""


def examples_at_a_stretch(layers: Sequence[Layer], backend: NumPy) -> int:
    """How many examples can go forward and backward within `STRETCH_S`, roughly; at least one."""
    work = [layer.work for layer in layers]
    overhead = CALL_S * sum(each.calls for each in work)
    of_one = sum(each.products / backend.rate + PASS_S * each.passes for each in work)
    return max(1, int((STRETCH_S - overhead) / of_one))
