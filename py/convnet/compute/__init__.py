"""The numeric operations that layers call, and the choice of who carries them out.

    operations = compute.operations(np.dtype(np.float32))
    operations.affine(x, filters, biases, out=out)

Every implementation offers the functions of `reference`, which is plain NumPy
and the specification of all of them.
"""

from types import ModuleType

import numpy as np

from convnet.compute import reference


def operations(dtype: np.dtype) -> ModuleType:
    """The fastest implementation there is for numbers of a type (float32 or float64)."""
    return reference
