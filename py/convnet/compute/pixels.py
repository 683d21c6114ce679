"""Minibatches out of stored images, and the noise that corrupts them."""

from __future__ import annotations

import numpy as np


class Pixels:
    """Gathering of minibatches."""

    def gather_and_mask(
        self,
        images: np.ndarray,
        chosen: np.ndarray,
        seed: int,
        least_kept: int,
        clean: np.ndarray,
        masked: np.ndarray,
    ) -> None:
        """Chosen images with pixels from 0 to 1, and the same with some pixels blacked out.

        Args:
            images: uint8 (images, k).
            chosen: int32 (n,), which of them.
            seed: 0 to 2^32 - 1, settles which pixels are blacked out.
            least_kept: from 0 to 255; so many of 256 pixels become 0, by chance.
            clean: (n, k), receives all pixels.
            masked: (n, k), receives those that are left.
        """
        np.multiply(images[chosen], clean.dtype.type(1 / 255), out=clean)
        np.multiply(clean, random_bytes(seed, *clean.shape) >= least_kept, out=masked)


def random_bytes(seed: int, n: int, k: int) -> np.ndarray:
    """Random bytes, uint8 (n, k): a counter, four bytes a number, through a hash function.

    The function is the end of MurmurHash3 (Appleby, SMHasher): each bit of the counter changes
    each bit of the result with a probability of about a half.
    """
    words = -(-k // 4)
    x = np.arange(n * words, dtype="<u4") + np.uint32(seed)
    x ^= x >> 16
    x *= 0x85EBCA6B
    x ^= x >> 13
    x *= 0xC2B2AE35
    x ^= x >> 16
    return x.view(np.uint8).reshape(n, 4 * words)[:, :k]
