"""An update of all parameters: the mean gradient of a minibatch with the decays, then a rule."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from convnet.compute.losses import l1_decay, l2_decay, sum_of_squares

if TYPE_CHECKING:
    from convnet.trainer import TrainerOptions
    from convnet.updates import UpdateRule


def update(
    rule: UpdateRule,
    p: np.ndarray,
    gradients: np.ndarray,
    stops: np.ndarray,
    multipliers: np.ndarray,
    n: int,
) -> tuple[float, float, float]:
    """One update of all parameters by a rule, from their gradients and its options' decays.

    Args:
        rule: the rule, with its options and its scratch arrays.
        p: (k,) parameters, changed in place.
        gradients: (k,), summed over the minibatch.
        stops: (parts,) int32, where each part of the parameters ends and the next begins.
        multipliers: (parts, 2) float64, each part's l1_decay_mul and l2_decay_mul.
        n: examples in the minibatch.

    Returns:
        The l1 and the l2 decay's loss before the update, l1_decay times the sum of |p| and
        l2_decay times half the sum of p²; and the sum of p² after it.
    """
    mean = rule.mean
    l1_loss, l2_loss = _mean_gradient(
        rule.options, p, gradients, stops, multipliers, n, mean, rule.terms
    )
    rule.update(p, mean)
    return l1_loss, l2_loss, sum_of_squares(p)


def decay_losses(
    options: TrainerOptions, p: np.ndarray, stops: np.ndarray, multipliers: np.ndarray
) -> tuple[float, float]:
    """Both decays' losses as `update` returns them, summed in double precision."""
    l1_loss = l2_loss = 0.0
    for part, multiplier in zip(np.split(p, stops[:-1]), multipliers.tolist(), strict=True):
        sizes = np.abs(part, dtype=np.float64)
        l1, l2 = options.l1_decay * multiplier[0], options.l2_decay * multiplier[1]
        if l1:
            l1_loss += l1 * float(sizes.sum())
        if l2:
            l2_loss += l2 / 2 * float(np.vecdot(sizes, sizes))
    return l1_loss, l2_loss


def _mean_gradient(
    options: TrainerOptions,
    p: np.ndarray,
    gradients: np.ndarray,
    stops: np.ndarray,
    multipliers: np.ndarray,
    n: int,
    out: np.ndarray,
    scratch: np.ndarray,
) -> tuple[float, float]:
    """The mean gradient of a minibatch, with what the decays add to it, and the decays' losses.

    As in ConvNetJS the decays' gradient is divided by the minibatch's size, their loss is not.
    """
    np.multiply(gradients, 1 / n, out=out)
    l1_loss = l2_loss = 0.0
    start = 0
    for stop, multiplier in zip(stops.tolist(), multipliers.tolist(), strict=True):
        arrays = p[start:stop], out[start:stop], scratch[start:stop]
        l1, l2 = options.l1_decay * multiplier[0], options.l2_decay * multiplier[1]
        if l1:
            l1_loss += l1_decay(*arrays, l1, 1 / n)
        if l2:
            l2_loss += l2_decay(*arrays, l2, 1 / n)
        start = stop
    return l1_loss, l2_loss
