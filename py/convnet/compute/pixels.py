"""Minibatches out of stored images, and the noise that corrupts them."""

from __future__ import annotations

import math

import numpy as np

BYTE_SUM = 4 * 255 / 2
"""The mean of the sum of four random bytes."""

BYTE_SUM_DEVIATION = math.sqrt(4 * (256**2 - 1) / 12)
"""Its standard deviation."""


class Pixels:
    """Gathering of minibatches, and their corruption. Seeds are 0 to 2^32 - 1."""

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

    def mask(self, x: np.ndarray, seed: int, least_kept: int) -> None:
        """Blackens the pixels that `gather_and_mask` would.

        Args:
            x: (n, k), overwritten.
            seed: settles which pixels these are.
            least_kept: from 0 to 255; so many of 256 pixels become 0, by chance.
        """
        x *= random_bytes(seed, *x.shape) >= least_kept

    def salt_and_pepper(self, x: np.ndarray, seed: int, least: int) -> None:
        """Blackens some pixels, and whitens as many.

        Args:
            x: any shape, overwritten.
            seed: settles which pixels these are.
            least: from 0 to 2^31; so many of 2^32 pixels become 0, and as many 1, by chance.
        """
        bits = random_words(seed, x.size).reshape(x.shape)
        x[bits < least] = 0
        x[~bits < least] = 1

    def add_normal(self, x: np.ndarray, seed: int, deviation: float) -> None:
        """Adds noise whose mean is 0, and cuts off what is below 0 or above 1 then.

        It is the sum of four random bytes, which is near to a normal distribution, by the central
        limit theorem, and has the same bits everywhere; beyond 3.45 deviations there is nothing.

        Args:
            x: any shape, overwritten.
            seed: settles the noise.
            deviation: its standard deviation.
        """
        scale = x.dtype.type(deviation / BYTE_SUM_DEVIATION)
        sums = random_words(seed, x.size).view(np.uint8).reshape(*x.shape, 4).sum(-1, x.dtype)
        x += (sums - x.dtype.type(BYTE_SUM)) * scale
        np.clip(x, 0, 1, out=x)

    def black_out_squares(self, x: np.ndarray, seed: int, side: int) -> None:
        """Blackens a square in each image, at any place within it.

        Args:
            x: images (n, height, width), contiguous, overwritten.
            seed: settles the places.
            side: of a square, in pixels.
        """
        n, height, width = x.shape
        places = height - side + 1, width - side + 1
        top, left = np.divmod(random_words(seed, n) % np.uint32(places[0] * places[1]), places[1])
        # As np.lib.stride_tricks would make them, which takes longer than all the rest.
        squares = np.ndarray((n, *places, side, side), x.dtype, x, 0, x.strides + x.strides[1:])
        squares[np.arange(n), top, left] = 0


def random_words(seed: int, count: int) -> np.ndarray:
    """Random numbers, uint32 (count,): a counter from the seed on, through a hash function.

    The function is the end of MurmurHash3 (Appleby, SMHasher): each bit of the counter changes
    each bit of the result with a probability of about a half.
    """
    x = np.arange(count, dtype="<u4") + np.uint32(seed)
    x ^= x >> 16
    x *= 0x85EBCA6B
    x ^= x >> 13
    x *= 0xC2B2AE35
    x ^= x >> 16
    return x


def random_bytes(seed: int, n: int, k: int) -> np.ndarray:
    """Random bytes, uint8 (n, k), four of a number; each row begins with another number."""
    words = -(-k // 4)
    return random_words(seed, n * words).view(np.uint8).reshape(n, 4 * words)[:, :k]
