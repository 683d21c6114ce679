"""NumPy as what computes: the specification of all operations, and what others fall back on.

    operations = NumPy()
    operations.affine(x, filters, biases, out=out)

Arrays that receive results are named `out`, or by what they hold, and are overwritten where nothing
else is said; nothing large is allocated.
"""

from __future__ import annotations

from convnet.compute.elementwise import Elementwise
from convnet.compute.losses import Losses
from convnet.compute.matrix import Affine
from convnet.compute.patches import Patches
from convnet.compute.pixels import Pixels
from convnet.compute.rules import Rules


class NumPy(Elementwise, Affine, Losses, Patches, Pixels, Rules):
    """Every operation in NumPy, in single or double precision.

    Args:
        reason: why it computes.

    Attributes:
        name: what people read.
        reason: why it is this one.
        rate: multiplications with an addition that it does in a second in a browser, roughly.
    """

    name = "NumPy"
    rate = 0.7e9

    def __init__(self, reason: str = "as was asked for") -> None:
        super().__init__()
        self.reason = reason
