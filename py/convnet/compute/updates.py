"""An update of all parameters: the mean gradient of a minibatch, and what a rule makes of it."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from convnet.compute.losses import l1_decay as add_l1_decay
from convnet.compute.losses import l2_decay as add_l2_decay

if TYPE_CHECKING:
    from convnet.updates import UpdateRule


def mean_gradient(
    p: np.ndarray,
    gradients: np.ndarray,
    stops: np.ndarray,
    multipliers: np.ndarray,
    l1_decay: float,
    l2_decay: float,
    n: int,
    out: np.ndarray,
    scratch: np.ndarray,
) -> tuple[float, float, bool]:
    """The mean gradient of a minibatch, with what the decays add to it.

    As in ConvNetJS the decays' gradient is divided by the minibatch's size, their loss is not.

    Args:
        p: (k,) parameters.
        gradients: (k,), summed over the minibatch.
        stops: (parts,) int32, where each part of the parameters ends and the next begins.
        multipliers: (parts, 2) float64, each part's l1_decay_mul and l2_decay_mul.
        l1_decay: the weight of the sum of |p|.
        l2_decay: the weight of half the sum of p².
        n: examples in the minibatch.
        out: (k,), receives the gradient.
        scratch: (k,), overwritten.

    Returns:
        The l1 loss, the l2 loss, and whether every number of the gradient is finite.
    """
    np.multiply(gradients, 1 / n, out=out)
    l1_loss = l2_loss = 0.0
    start = 0
    for stop, (l1_decay_mul, l2_decay_mul) in zip(
        stops.tolist(), multipliers.tolist(), strict=True
    ):
        arrays = p[start:stop], out[start:stop], scratch[start:stop]
        if l1_decay * l1_decay_mul:
            l1_loss += add_l1_decay(*arrays, l1_decay * l1_decay_mul, 1 / n)
        if l2_decay * l2_decay_mul:
            l2_loss += add_l2_decay(*arrays, l2_decay * l2_decay_mul, 1 / n)
        start = stop
    return l1_loss, l2_loss, math.isfinite(float(out.sum()))


def update(rule: UpdateRule, p: np.ndarray, g: np.ndarray) -> None:
    """One update of parameters p by a rule, from their mean gradient g, which is overwritten."""
    rule.update(p, g)
