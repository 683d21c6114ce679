"""Minibatches out of stored images."""

from __future__ import annotations

import numpy as np


def gather_and_mask(
    images: np.ndarray,
    chosen: np.ndarray,
    chances: np.ndarray,
    least_kept: int,
    clean: np.ndarray,
    masked: np.ndarray,
) -> None:
    """Chosen images with pixels from 0 to 1, and the same with some pixels blacked out.

    Args:
        images: uint8 (images, k).
        chosen: int32 (n,), which of them.
        chances: uint8 (n, k).
        least_kept: where chances are less than this, from 0 to 255, pixels become 0.
        clean: (n, k), receives all pixels.
        masked: (n, k), receives those that are left.
    """
    np.multiply(images[chosen], clean.dtype.type(1 / 255), out=clean)
    np.multiply(clean, chances >= least_kept, out=masked)
