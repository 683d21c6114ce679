"""How much memory a network takes with what trains it: counted in bytes, before any is taken.

memory = Memory(net.layers, net.dtype, arrays=4)
memory.check(50)  # raises ConvNetError if a minibatch of 50 examples is too much
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import numpy as np

from convnet.errors import ConvNetError
from convnet.layers.layer import Layer
from convnet.limits import memory_limit

OF_THE_NETWORK = 2
"""Arrays as long as the parameters that a network has: the parameters and their gradients."""


OUT_OF_MEMORY = "There is not enough memory for this: choose a smaller network or batch_size."


@dataclass(frozen=True, slots=True)
class Memory:
    """What a network takes.

    Attributes:
        layers: its layers, which need hold nothing yet.
        dtype: its type.
        arrays: how many arrays as long as its parameters there are, with those of a trainer.
        beside: bytes for other things.
    """

    layers: Sequence[Layer]
    dtype: np.dtype
    arrays: int = OF_THE_NETWORK
    beside: int = 0

    def total(self, n: int, training: bool = True) -> int:
        """Bytes for all, with a minibatch of n examples that goes forward, or back too."""
        return self.beside + sum(size for size, _ in self._needs(n, training))

    def most_examples(self, training: bool = True) -> int:
        """How many examples can be in a minibatch; at least one."""
        parameters = self.total(0, training)
        of_one = self.total(1, training) - parameters
        return max(1, (memory_limit() - parameters) // max(of_one, 1))

    def check(self, n: int, training: bool = True) -> None:
        """Raises ConvNetError where n examples would be too much; it says what takes most."""
        total, limit = self.total(n, training), memory_limit()
        if total > limit:
            size, purpose = max(self._needs(n, training))
            raise ConvNetError(
                f"The network would need {megabytes(total)} of memory, but the limit here is "
                f"{megabytes(limit)}; what takes most, {megabytes(size)}, is {purpose}: choose "
                f"{'smaller layers or a smaller batch_size' if n > 1 else 'smaller layers'}."
            )

    def _needs(self, n: int, training: bool) -> Iterator[tuple[int, str]]:
        """Bytes, and what they are for."""
        for layer in self.layers:
            yield (
                self.arrays * layer.num_parameters * self.dtype.itemsize,
                f"{self.arrays} arrays as long as the parameters of {layer.where}",
            )
            yield (
                layer.memory(n, self.dtype, training),
                f"what {layer.where} keeps of {n:,} example{'s' if n > 1 else ''}",
            )


def megabytes(size: int) -> str:
    """A number of bytes as people read it."""
    return f"{size / 1e6:,.0f} MB"


@contextmanager
def enough_memory(purpose: str) -> Iterator[None]:
    """Turns the end of the memory, within a `with` block, into a sentence."""
    try:
        yield
    except MemoryError:
        raise ConvNetError(f"There is not enough memory for {purpose}.") from None
